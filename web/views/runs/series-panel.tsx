import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import {
  seriesListDocument,
  type ListedRow,
  type SeriesListDocument,
} from "../../../src/schema/dashboard/series.ts";
import { Link } from "../../components/link.tsx";
import { Panel } from "../../components/panel.tsx";
import { followDocument, followedState } from "../../live/followed-document.ts";
import { place } from "../../router.ts";
import { writeIds } from "../atlas/atlas-view.ts";
import { textsOf } from "../series/view-model.ts";

const shownCount = 10;
const heads = ["MLPerf mean", "median", "range", "reached", "target", "cost"];

/** The series with several runs, led by MLPerf's mean; absent if there are none. */
export function SeriesPanel(): JSX.Element | null {
  const state = useMemo(() => followedState<SeriesListDocument>(), []);
  useEffect(() => {
    const unmount = new AbortController();
    const source = { path: "api/series/stream", event: "series", schema: seriesListDocument };
    void followDocument(state, source, unmount.signal);
    return () => unmount.abort();
  }, [state]);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [showsAll, setShowsAll] = useState(false);
  const rows = (state.value.document?.series ?? []).filter(isListed);
  if (rows.length === 0) return null;
  const shown = showsAll ? rows : rows.slice(0, shownCount);
  const toggle = (seriesId: string): void =>
    setChosen((before) =>
      before.includes(seriesId)
        ? before.filter((each) => each !== seriesId)
        : [...before, seriesId],
    );
  return (
    <div class="series-panel">
      <Panel
        title="Series"
        state={{ kind: "ready" }}
        note="MLPerf mean: the fastest and the slowest run dropped, the rest averaged"
        tools={<Tools rows={rows} chosen={chosen} />}
      >
        <div class="scroll-box" tabIndex={0} role="region" aria-label="table of series">
          <table class="data-table series-table">
            <thead>
              <tr>
                <th scope="col" class="left">
                  series
                </th>
                {heads.map((head) => (
                  <th scope="col">{head}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map((row) => (
                <SeriesLine
                  key={row.seriesId}
                  row={row}
                  isChosen={chosen.includes(row.seriesId)}
                  toggle={toggle}
                />
              ))}
            </tbody>
          </table>
        </div>
        {rows.length > shownCount ? (
          <button type="button" data-kind="quiet" onClick={() => setShowsAll(!showsAll)}>
            {showsAll ? `the newest ${shownCount}` : `all ${rows.length} series`}
          </button>
        ) : undefined}
      </Panel>
    </div>
  );
}

/** A single run is in the list below. */
function isListed({ runIds, isArchived }: ListedRow): boolean {
  return runIds.length > 1 && (isArchived !== true || place.value.query["archived"] === "show");
}

function SeriesLine({
  row,
  isChosen,
  toggle,
}: {
  row: ListedRow;
  isChosen: boolean;
  toggle: (seriesId: string) => void;
}): JSX.Element {
  const { mean, median, range, reached, target, cost, tags } = textsOf(row);
  return (
    <tr>
      <th scope="row" class="left">
        <input
          type="checkbox"
          aria-label={`select ${row.seriesId}`}
          checked={isChosen}
          onChange={() => toggle(row.seriesId)}
        />
        <span>
          <Link to={{ path: `/series/${encodeURIComponent(row.seriesId)}`, query: {} }}>
            <bdi>{row.name}</bdi>
          </Link>
          <small>{[row.seriesId, tags].filter((text) => text !== "").join(", ")}</small>
        </span>
      </th>
      <td class="series-mean">{mean}</td>
      {[median, range, reached, target, cost].map((text) => (
        <td>{text}</td>
      ))}
    </tr>
  );
}

/** Links for the selected series; without a selection, what selecting is for. */
function Tools({
  rows,
  chosen,
}: {
  rows: readonly ListedRow[];
  chosen: readonly string[];
}): JSX.Element {
  if (chosen.length === 0) return <span class="note">select series to compare them</span>;
  const runIds = rows
    .filter(({ seriesId }) => chosen.includes(seriesId))
    .flatMap((row) => row.runIds);
  const ids = writeIds(chosen.map((seriesId) => `own/${seriesId}`));
  return (
    <>
      <Link class="button" to={{ path: "/overlay", query: { runs: writeIds(runIds) } }}>
        overlay
      </Link>
      <Link class="button" to={{ path: "/compare", query: { ids } }}>
        compare
      </Link>
    </>
  );
}
