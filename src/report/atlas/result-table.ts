import { markdownTable } from "../../foundation/tables/markdown-table.ts";
import { formatCount } from "../../foundation/numbers/units.ts";
import type {
  Measure,
  MeasuredRow,
  MixedLabels,
  RateName,
} from "../../schema/atlas/answers/figures.ts";
import { countOf } from "../wording.ts";
import { type Paint, plainPaint } from "../paint.ts";
import { type FittedColumn, fitTable } from "../fitted-table.ts";
import { rateHeads, rateNotes, rateText } from "./rate-wording.ts";
import { listNotes } from "./row-notes.ts";
import {
  acceleratorText,
  costLabelText,
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
} from "./wording.ts";

interface Figured {
  /** The figure in the first column. */
  per: Measure;
  /** Additional columns. */
  rates: readonly RateName[];
  /** Measures whose figures are from different sources among all results found. */
  mixedLabels: readonly MixedLabels[];
}

export interface ResultTableLook extends Figured {
  /** The number of results before `--limit` was applied. */
  foundCount: number;
  width: number;
  paint: Paint;
}

/** Results as a table of the screen's width, the sources of the figures, and a next command. */
export function resultTable(rows: readonly MeasuredRow[], look: ResultTableLook): string {
  const { foundCount, width, paint } = look;
  const [head = "", ...lines] = fitTable(resultColumns(rows, look), rows, width);
  return [
    headline(rows, foundCount, paint),
    "",
    paint.faint(head),
    ...lines,
    ...notesOf(rows, look).map((note, index) => `${index === 0 ? "\n" : ""}${paint.faint(note)}`),
    "",
    nextLine(rows, look),
  ].join("\n");
}

/** All columns as a Markdown table. */
export function resultMarkdown(rows: readonly MeasuredRow[], figured: Figured): string {
  return markdownTable(resultColumns(rows, figured), rows);
}

function headline(rows: readonly MeasuredRow[], foundCount: number, paint: Paint): string {
  const benchmarks = new Set(rows.map(({ row }) => row.benchmark));
  const [only = ""] = benchmarks;
  const what = benchmarks.size === 1 ? only : countOf(benchmarks.size, "benchmark");
  const shown =
    rows.length < foundCount
      ? `${formatCount(rows.length)} of ${countOf(foundCount, "result")}; --limit 0 shows all`
      : countOf(rows.length, "result");
  return `${paint.strong(what)}   ${shown}`;
}

function resultColumns(
  rows: readonly MeasuredRow[],
  { per, rates, mixedLabels, paint = plainPaint }: Figured & { paint?: Paint },
): FittedColumn<MeasuredRow>[] {
  const rest: readonly Measure[] = ["system", "dollar", "chip", "kwh"];
  const others = rest.filter((measure) => measure !== per);
  const hasMany = new Set(rows.map(({ row }) => row.benchmark)).size > 1;
  const hasSuites = new Set(rows.map(({ row }) => row.suite)).size > 1;
  return [
    figureColumn(per, { paint: (text) => paint.strong(text) }),
    ...rates.map(rateColumn),
    ...others.map((measure, index) =>
      figureColumn(measure, measure === "system" ? {} : { dropAt: 5 + index }),
    ),
    ...(mixedLabels.some(({ measure }) => measure === "dollar")
      ? [
          {
            ...textColumn("cost", ({ figures }) => costLabelText(figures), 8),
            ...(per === "dollar" ? {} : { dropAt: 5 }),
          },
        ]
      : []),
    ...(hasMany ? [textColumn("benchmark", ({ row }) => row.benchmark, 9)] : []),
    {
      head: "chips",
      align: "right",
      cell: ({ row }) =>
        row.acceleratorCount === undefined ? noFigure : formatCount(row.acceleratorCount),
    },
    textColumn("kind", ({ row }) => acceleratorText(row), 8),
    textColumn("submitter", ({ row }) => row.submitter, 8),
    { ...textColumn("system", ({ row }) => row.system, 12), dropAt: 4 },
    ...(hasSuites ? [{ ...textColumn("suite", ({ row }) => row.suite, 6), dropAt: 3 }] : []),
    textColumn("round", ({ row }) => roundText(row), 9),
    { ...textColumn("terms", ({ row }) => termsText(row), 14), dropAt: 1 },
    {
      head: "runs",
      align: "right",
      cell: ({ row }) => String(row.runCount),
      dropAt: 2,
    },
  ];
}

function figureColumn(
  measure: Measure,
  more: Pick<FittedColumn<MeasuredRow>, "paint" | "dropAt">,
): FittedColumn<MeasuredRow> {
  return {
    head: measureHeads[measure],
    align: "decimal",
    cell: (measured) => figureText(measured, measure),
    ...more,
  };
}

function rateColumn(rate: RateName): FittedColumn<MeasuredRow> {
  return {
    head: rateHeads[rate],
    align: "decimal",
    cell: (measured) => rateText(measured, rate),
  };
}

function textColumn(
  head: string,
  cell: (row: MeasuredRow) => string,
  shrinkTo: number,
): FittedColumn<MeasuredRow> {
  return { head, align: "left", cell, shrinkTo };
}

/** Notes on the figures shown. At a narrow width only the chosen figure is always shown. */
function notesOf(
  rows: readonly MeasuredRow[],
  { per, rates, width, mixedLabels }: ResultTableLook,
): string[] {
  const isWide = width >= 100;
  const prices = per === "dollar" || isWide ? priceNotes(rows) : [];
  const energy = per === "kwh" || isWide ? energyNote(rows) : undefined;
  const withGaps: readonly Measure[] = isWide ? ["system", "dollar", "kwh"] : [per];
  const gaps = withGaps.flatMap((measure) => gapNotes(rows, measure));
  const shown = prices.slice(0, 6);
  const middleRuns = middleRunNote(rows);
  const more = prices.length - shown.length;
  const weak = weakNote(rows);
  const isShown = ({ measure }: MixedLabels): boolean => isWide || measure === per;
  return [
    ...mixedLabelNotes(mixedLabels.filter(isShown)),
    ...(middleRuns === undefined ? [] : [middleRuns]),
    ...shown.map((note) => `price ${note}`),
    ...(more > 0 ? [`${more} more prices: run \`pitwall prices\``] : []),
    ...(energy === undefined ? [] : [energy]),
    ...(weak === undefined ? [] : [weak]),
    ...rateNotes(rows, rates),
    ...listNotes(rows, per === "kwh" || isWide),
    ...gaps,
  ];
}

function nextLine(rows: readonly MeasuredRow[], { paint, per }: ResultTableLook): string {
  const [first] = rows;
  const second = rows.find(
    ({ row }) =>
      row !== first?.row &&
      row.benchmark === first?.row.benchmark &&
      row.scoreMs !== first.row.scoreMs &&
      row.compatibilityGroup === first.row.compatibilityGroup,
  );
  if (first === undefined) return "";
  const command =
    second === undefined || first.row.suite === "own"
      ? `pitwall pareto --benchmark ${first.row.benchmark}`
      : `pitwall compare ${shortId(first)} ${shortId(second)}`;
  const does = second === undefined || per !== "system" ? "" : "   shows what differs";
  return `next: ${paint.name(command)}${command.startsWith("pitwall compare") ? does : ""}`;
}

/** The id without its suite, which is enough to identify the result. */
function shortId({ row }: MeasuredRow): string {
  return row.rowId.split("/").slice(1).join("/");
}
