import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { Isolated } from "../../components/isolated.tsx";
import { Link } from "../../components/link.tsx";
import { StateMessage } from "../../components/panel.tsx";
import { type Atlas, atlasState, followAtlas } from "../../live/atlas-documents.ts";
import { everySecondMs } from "../../live/server-clock.ts";
import { isStaticSite, storeInAddress, place } from "../../router.ts";
import { AtlasFilters } from "./atlas-filters.tsx";
import { AtlasScatter } from "./atlas-scatter.tsx";
import { type AtlasView, chooseRows, readAtlasView, writeIds } from "./atlas-view.ts";
import { GainsPanel } from "./gains-panel.tsx";
import { ResultPanel } from "./result-panel.tsx";
import { ResultTable } from "./result-table.tsx";
import { ScalePanel } from "./scale-panel.tsx";

/** Data older than this is marked as outdated. */
const staleAfterMs = 10 * 60_000;

/** All published and own results of a benchmark against the size of their systems. */
export function AtlasPage(): JSX.Element {
  useEffect(() => {
    const unmount = new AbortController();
    followAtlas(unmount.signal);
    return () => unmount.abort();
  }, []);
  const { atlas, failure } = atlasState.value;
  return (
    <>
      <div class="page-head">
        <h1>Atlas</h1>
        <Age />
      </div>
      {atlas === undefined ? (
        <StateMessage
          state={
            failure === undefined
              ? { kind: "loading" }
              : { kind: "failed", message: failure.message, hint: failure.hint }
          }
        />
      ) : atlas.rows.length === 0 ? (
        <StateMessage
          state={{
            kind: "empty",
            text: "No results. Import a published round with:",
            command: "pitwall results import <folder or archive>",
          }}
        />
      ) : (
        <AtlasBody atlas={atlas} />
      )}
    </>
  );
}

/** The age of outdated data. */
function Age(): JSX.Element | null {
  const { receivedMs, failure } = atlasState.value;
  if (receivedMs === undefined || isStaticSite) return null;
  const ageMs = everySecondMs.value - receivedMs;
  if (failure === undefined && ageMs < staleAfterMs) return null;
  const minutes = Math.max(1, Math.round(ageMs / 60_000));
  return (
    <span class="panel-stale" role="status">
      as of {minutes} min ago{failure === undefined ? "" : `: ${failure.message}`}
    </span>
  );
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
      {atlas.problems.map(({ message, hint }) => (
        <div class="notice warn" role="status">
          <span>{message}</span>
          {hint === undefined ? undefined : <span class="muted">{hint}</span>}
        </div>
      ))}
      <AtlasFilters view={view} rows={atlas.rows} />
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
