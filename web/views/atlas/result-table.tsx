import type { JSX } from "preact";
import { resultsCsv } from "../../../src/report/atlas/result-lines.ts";
import {
  acceleratorText,
  energyNote,
  figureText,
  gapNotes,
  measureHeads,
  mixedLabelNotes,
  middleRunNote,
  noFigure,
  priceNotes,
  roundText,
  termsText,
  weakNote,
} from "../../../src/report/atlas/wording.ts";
import { listNotes } from "../../../src/report/atlas/row-notes.ts";
import { labelOf, mixedLabelsOf } from "../../../src/atlas/rows/measures.ts";
import { type SortKey, sortKeyOf } from "../../../src/atlas/rows/sort-results.ts";
import { formatCount } from "../../../src/foundation/numbers/units.ts";
import { countOf } from "../../../src/report/wording.ts";
import { measures, type MeasuredRow } from "../../../src/schema/atlas/answers/figures.ts";
import { saveFile } from "../../charts/save/save-file.ts";
import { Panel } from "../../components/panel.tsx";
import { storeInAddress, place } from "../../router.ts";
import { type AtlasView, commandOf, nextSort, resultsCommand } from "./atlas-view.ts";
import { ResultLink } from "./result-link.tsx";
import { Prose } from "../../components/prose.tsx";

interface Column {
  head: string;
  sort?: SortKey;
  isText?: boolean;
  cell: (measured: MeasuredRow) => string;
}

/** Rows shown before `show all` is pressed, to limit the layout time. */
const initialRowCount = 250;

/** The columns of `pitwall results`, formatted by the same functions. */
const columns: readonly Column[] = [
  ...measures.map((measure) => ({
    head: measureHeads[measure],
    sort: sortKeyOf[measure],
    cell: (measured: MeasuredRow) =>
      labelOf(measured.figures, measure) === "stated"
        ? `${figureText(measured, measure)} (stated)`
        : figureText(measured, measure),
  })),
  {
    head: "chips",
    sort: "accelerators",
    cell: ({ row }) =>
      row.acceleratorCount === undefined ? noFigure : formatCount(row.acceleratorCount),
  },
  { head: "kind", isText: true, cell: ({ row }) => acceleratorText(row) },
  { head: "system", isText: true, cell: ({ row }) => row.system },
  { head: "round", sort: "round", isText: true, cell: ({ row }) => roundText(row) },
  { head: "terms", isText: true, cell: ({ row }) => termsText(row) },
  { head: "runs", cell: ({ row }) => String(row.runCount) },
];

/** The selected results as a table, with the same rows, order, and figures as in the terminal. */
export function ResultTable({
  view,
  rows,
}: {
  view: AtlasView;
  rows: readonly MeasuredRow[];
}): JSX.Element {
  const showsAll = rows.length <= initialRowCount || place.value.query["rows"] === "all";
  const save = (): void =>
    saveFile(`${view.benchmark}.csv`, new Blob([resultsCsv(rows)], { type: "text/csv" }));
  return (
    <Panel
      title={countOf(rows.length, "result")}
      note={<code>{commandOf(view, rows)}</code>}
      state={rows.length === 0 ? noMatch(view.benchmark) : { kind: "ready" }}
      tools={
        <button
          type="button"
          data-kind="quiet"
          aria-label="save these results as CSV"
          onClick={save}
        >
          csv
        </button>
      }
    >
      <div class="scroll-box result-table" tabIndex={0} role="region" aria-label="results">
        <table class="data-table">
          <TableHead view={view} />
          <tbody>
            {rows.slice(0, showsAll ? rows.length : initialRowCount).map((measured) => (
              <ResultLine
                key={measured.row.rowId}
                measured={measured}
                isOpened={measured.row.rowId === view.rowId}
              />
            ))}
          </tbody>
        </table>
      </div>
      {showsAll ? undefined : (
        <button type="button" class="more" onClick={() => storeInAddress({ rows: "all" })}>
          show all {rows.length}
        </button>
      )}
      <ul class="chart-notes">
        {notesOf(rows).map((note) => (
          <li>
            <Prose text={note} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function notesOf(rows: readonly MeasuredRow[]): string[] {
  const energy = energyNote(rows);
  const weak = weakNote(rows);
  const middleRuns = middleRunNote(rows);
  return [
    ...(middleRuns === undefined ? [] : [middleRuns]),
    ...mixedLabelNotes(mixedLabelsOf(rows, measures)),
    ...(weak === undefined ? [] : [weak]),
    ...priceNotes(rows).map((note) => `price ${note}`),
    ...(energy === undefined ? [] : [energy]),
    ...listNotes(rows, true),
    ...measures.flatMap((measure) => (measure === "chip" ? [] : gapNotes(rows, measure))),
  ];
}

function TableHead({ view }: { view: AtlasView }): JSX.Element {
  return (
    <thead>
      <tr>
        <th scope="col" class="left">
          submitter
        </th>
        {columns.map(({ head, sort, isText = false }) => {
          const isSorted = sort !== undefined && sort === view.sort;
          const order = view.isDescending ? "descending" : "ascending";
          return (
            <th
              scope="col"
              class={isText ? "left" : ""}
              {...(isSorted ? { "aria-sort": order } : {})}
            >
              {sort === undefined ? (
                head
              ) : (
                <button
                  type="button"
                  onClick={() => storeInAddress({ sort: nextSort(view, sort) }, { asStep: true })}
                >
                  {head}
                  {isSorted ? (
                    <span aria-hidden="true">{view.isDescending ? " ↓" : " ↑"}</span>
                  ) : undefined}
                </button>
              )}
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

function ResultLine({
  measured,
  isOpened,
}: {
  measured: MeasuredRow;
  isOpened: boolean;
}): JSX.Element {
  const { rowId, submitter } = measured.row;
  return (
    <tr class={isOpened ? "opened" : ""} data-row={rowId}>
      <th scope="row" class="left">
        <ResultLink rowId={rowId} text={submitter} />
      </th>
      {columns.map(({ head, cell, isText = false }) => {
        const text = cell(measured);
        const isLong = head === "system";
        return (
          <td
            class={isText ? `left${isLong ? " wide-text" : ""}` : ""}
            data-column={head}
            {...(isLong ? { title: text } : {})}
          >
            {text}
          </td>
        );
      })}
    </tr>
  );
}

function noMatch(benchmark: string) {
  const text = `No ${benchmark} results match the filters.`;
  return { kind: "empty" as const, text, command: resultsCommand(benchmark) };
}
