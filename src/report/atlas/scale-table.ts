import { type CsvCell, type CsvOptions, csvText } from "../../foundation/tables/csv.ts";
import { formatCount } from "../../foundation/numbers/units.ts";
import type { BestAtScale, ScaledResult } from "../../schema/atlas/answers/best-at-scale.ts";
import type { Measure } from "../../schema/atlas/answers/figures.ts";
import { type FittedColumn, fitTable } from "../fitted-table.ts";
import type { Paint } from "../paint.ts";
import { resultFields, resultLine } from "./result-lines.ts";
import {
  acceleratorText,
  bestWords,
  energyNote,
  figureText,
  gapNotes,
  measureHeads,
  middleRunNote,
  priceNotes,
} from "./wording.ts";

/** The vendors near a scale and at their largest, in one table, with the sources of the figures. */
export function scaleTable(
  { scale, nearFactor, near, largest }: BestAtScale,
  { benchmark, width, paint }: { benchmark: string; width: number; paint: Paint },
): string {
  const lines = [
    ...near.map((result) => ({ ...result, place: `near ${formatCount(scale)}` })),
    ...largest.map((result) => ({ ...result, place: "largest" })),
  ];
  const [head = "", ...body] = fitTable(columns, lines, width);
  const range = rangeText(scale, nearFactor);
  return [
    `${paint.strong(benchmark)}   the fastest result of each accelerator vendor at each size from ${range} accelerators, and at its largest size`,
    "",
    paint.faint(head),
    ...body,
    "",
    ...scaleNotes({ scale, nearFactor, near, largest }).map((note) => paint.faint(note)),
  ].join("\n");
}

/** The sources of the figures, and why some are missing. */
export function scaleNotes({ scale, nearFactor, near, largest }: BestAtScale): string[] {
  const rows = [...new Set([...near, ...largest].map(({ measured }) => measured))];
  const notes = [middleRunNote(rows), energyNote(rows)].filter((note) => note !== undefined);
  return [
    ...(near.length === 0 ? [`no result with ${rangeText(scale, nearFactor)} accelerators`] : []),
    ...gapNotes(rows, "dollar"),
    ...priceNotes(rows).map((note) => `price ${note}`),
    ...notes,
  ];
}

function rangeText(scale: number, nearFactor: number): string {
  return `${formatCount(Math.ceil(scale / nearFactor))} to ${formatCount(scale * nearFactor)}`;
}

/** One line per result, with the fields of `results --format csv`. */
export function scaleCsv({ near, largest }: BestAtScale, options: CsvOptions = {}): string {
  const head = ["place", "vendor", "bestIn", ...resultFields];
  const lines = [
    ...near.map((result) => csvLine("near", result)),
    ...largest.map((result) => csvLine("largest", result)),
  ];
  return csvText([head, ...lines], options);
}

function csvLine(place: string, { vendor, measured, bestIn }: ScaledResult): CsvCell[] {
  const line = resultLine(measured);
  const cells: CsvCell[] = resultFields.map((field) => line[field] ?? "");
  return [place, vendor, bestIn.join("; "), ...cells];
}

type Line = ScaledResult & { place: string };

const columns: readonly FittedColumn<Line>[] = [
  { head: "scale", align: "left", cell: ({ place }) => place },
  { head: "vendor", align: "left", cell: ({ vendor }) => vendor, shrinkTo: 10 },
  {
    head: "chips",
    align: "right",
    cell: ({ measured }) => formatCount(measured.row.acceleratorCount ?? 0),
  },
  figureColumn("system"),
  figureColumn("chip"),
  figureColumn("dollar"),
  figureColumn("kwh"),
  {
    head: "best in",
    align: "left",
    cell: ({ bestIn }) => bestIn.map((measure) => bestWords[measure]).join(", "),
    shrinkTo: 10,
  },
  { head: "kind", align: "left", cell: ({ measured }) => acceleratorText(measured.row), dropAt: 3 },
  {
    head: "submitter",
    align: "left",
    cell: ({ measured }) => measured.row.submitter,
    shrinkTo: 8,
    dropAt: 2,
  },
  { head: "round", align: "left", cell: ({ measured }) => measured.row.round, dropAt: 1 },
];

function figureColumn(measure: Measure): FittedColumn<Line> {
  return {
    head: measureHeads[measure],
    align: "decimal",
    cell: ({ measured }) => figureText(measured, measure),
  };
}
