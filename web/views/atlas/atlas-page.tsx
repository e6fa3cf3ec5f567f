import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { Isolated } from "../../components/isolated.tsx";
import { Link } from "../../components/link.tsx";
import { StateMessage } from "../../components/panel.tsx";
import type { Atlas } from "../../live/atlas-documents.ts";
import { storeInAddress, place } from "../../router.ts";
import { AtlasFilters, MeasureChoice } from "./atlas-filters.tsx";
import { AtlasShell } from "./atlas-shell.tsx";
import { AtlasScatter } from "./atlas-scatter.tsx";
import { type AtlasView, chooseRows, readAtlasView, writeIds } from "./atlas-view.ts";
import { GainsPanel } from "./gains-panel.tsx";
import { ResultPanel } from "./result-panel.tsx";
import { ResultTable } from "./result-table.tsx";
import { ScalePanel } from "./scale-panel.tsx";

/** All published and own results of a benchmark against the size of their systems. */
export function AtlasPage(): JSX.Element {
  return <AtlasShell title="Atlas">{(atlas) => <AtlasBody atlas={atlas} />}</AtlasShell>;
}

function AtlasBody({ atlas }: { atlas: Atlas }): JSX.Element {
  const { query } = place.value;
  const text = JSON.stringify(query);
  const view = useMemo(() => readAtlasView(query, atlas.rows), [text, atlas]);
  const filterText = JSON.stringify([view.filter, view.sort, view.isDescending]);
  const chosen = useMemo(() => chooseRows(atlas.rows, view, atlas.groups), [filterText, atlas]);
  const opened = view.rowId === undefined ? undefined : atlas.positions.get(view.rowId);
  return (
    <>
      <AtlasFilters view={view} rows={atlas.rows}>
        <MeasureChoice view={view} />
        {!atlas.referenceBenchmarks.includes(view.benchmark) ? undefined : (
          <Link to={{ path: "/rcp", query: { benchmark: view.benchmark } }}>convergence (RCP)</Link>
        )}
      </AtlasFilters>
      {chosen.kind === "unknown" ? (
        <StateMessage state={{ kind: "failed", message: chosen.message, hint: chosen.hint }} />
      ) : (
        <div class={view.rowId === undefined ? "atlas-main" : "atlas-main with-result"}>
          <AtlasScatter view={view} rows={chosen.rows} />
          {view.rowId === undefined ? undefined : (
            <ResultPanel
              key={view.rowId}
              atlas={atlas}
              measured={opened === undefined ? undefined : atlas.rows[opened]}
              view={view}
            />
          )}
          <div class="atlas-rest">
            <ScalePanel atlas={atlas} view={view} rows={chosen.rows} />
            <GainsPanel atlas={atlas} view={view} />
            <ResultTable view={view} rows={chosen.rows} />
          </div>
        </div>
      )}
      <PickBar view={view} />
    </>
  );
}

/** The results selected for comparison, with a link to the comparison. */
function PickBar({ view }: { view: AtlasView }): JSX.Element | null {
  const { picked } = view;
  if (picked.length === 0) return null;
  return (
    <aside class="pick-bar" aria-label="selected for comparison">
      {picked.map((id) => (
        <span class="chip">
          <Isolated parts={id.split("/").slice(1)} separator="/" />
          <button
            type="button"
            aria-label={`remove ${id} from the comparison`}
            onClick={() =>
              storeInAddress({ compare: writeIds(picked.filter((one) => one !== id)) })
            }
          >
            ×
          </button>
        </span>
      ))}
      <Link to={{ path: "/compare", query: { ids: writeIds(picked) } }} class="button">
        {picked.length < 2 ? "compare with…" : `compare these ${picked.length}`}
      </Link>
    </aside>
  );
}
