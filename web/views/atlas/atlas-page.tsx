import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { Link } from "../../components/link.tsx";
import { OtherState } from "../../components/panel.tsx";
import { type Atlas, atlasState, followAtlas } from "../../live/atlas-documents.ts";
import { everySecondMs } from "../../live/server-clock.ts";
import { isStaticSite, keepInAddress, place } from "../../router.ts";
import { AtlasFilters } from "./atlas-filters.tsx";
import { AtlasScatter } from "./atlas-scatter.tsx";
import { type AtlasView, chooseRows, readAtlasView, writeIds } from "./atlas-view.ts";
import { GainsPanel } from "./gains-panel.tsx";
import { ResultPanel } from "./result-panel.tsx";
import { ResultTable } from "./result-table.tsx";

/** Older than this, and not renewed: the reader is told. */
const staleAfterMs = 10 * 60_000;

/** Every published result of a benchmark and one's own, drawn against the size of the system. */
export function AtlasPage(): JSX.Element {
  useEffect(() => {
    const leave = new AbortController();
    followAtlas(leave.signal);
    return () => leave.abort();
  }, []);
  const { atlas, failure } = atlasState.value;
  return (
    <>
      <div class="page-head">
        <h1>Atlas</h1>
        <Age />
      </div>
      {atlas === undefined ? (
        <OtherState
          state={
            failure === undefined
              ? { kind: "loading" }
              : { kind: "failed", message: failure.message, hint: failure.hint }
          }
        />
      ) : atlas.rows.length === 0 ? (
        <OtherState
          state={{
            kind: "empty",
            text: "No result is on record. This reads a published round:",
            command: "pitwall results import <folder or archive>",
          }}
        />
      ) : (
        <AtlasBody atlas={atlas} />
      )}
    </>
  );
}

/** How old what is shown is, where it could not be renewed. */
function Age(): JSX.Element | null {
  const { heardMs, failure } = atlasState.value;
  if (heardMs === undefined || isStaticSite) return null;
  const ageMs = everySecondMs.value - heardMs;
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
  const opened = view.rowId === undefined ? undefined : atlas.places.get(view.rowId);
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
        <OtherState state={{ kind: "failed", message: chosen.message, hint: chosen.hint }} />
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
            <GainsPanel atlas={atlas} view={view} />
            <ResultTable view={view} rows={chosen.rows} />
          </div>
        </div>
      )}
      <PickBar view={view} />
    </>
  );
}

/** What was picked to be compared, and the way there. */
function PickBar({ view }: { view: AtlasView }): JSX.Element | null {
  const { picked } = view;
  if (picked.length === 0) return null;
  return (
    <aside class="pick-bar" aria-label="selected for comparison">
      {picked.map((id) => (
        <span class="chip">
          {id.split("/").slice(1).join("/")}
          <button
            type="button"
            aria-label={`do not compare ${id}`}
            onClick={() => keepInAddress({ compare: writeIds(picked.filter((one) => one !== id)) })}
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
