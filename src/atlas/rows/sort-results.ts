import {
  type MeasuredRow,
  type Measure,
  rateFields,
  rateNames,
} from "../../schema/atlas/answers/figures.ts";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import { labelOf, valueOf } from "./measures.ts";

/** The sort keys of a list. */
export const sortKeys = [
  "time",
  "chip",
  "cost",
  "energy",
  ...rateNames,
  "accelerators",
  "round",
] as const;
export type SortKey = (typeof sortKeys)[number];

/** The key that sorts by a measure. */
export const sortKeyOf = {
  system: "time",
  chip: "chip",
  dollar: "cost",
  kwh: "energy",
} as const satisfies Record<Measure, SortKey>;

/**
 * Smallest first, or largest first; within a round, the fastest first. Stated and computed costs, and measured and estimated
 * energy, are never ranked against each other: those of the source come first. Rows without the figure come last, in their order.
 */
export function sortResults(
  rows: readonly MeasuredRow[],
  key: SortKey,
  { isReversed = false }: { isReversed?: boolean } = {},
): MeasuredRow[] {
  const direction = isReversed ? -1 : 1;
  if (key === "round")
    return sortResults(rows, "time").toSorted((a, b) => direction * compareRounds(a.row, b.row));
  return rows
    .map((row) => {
      const value = figureOf(row, key);
      // Computed once per row, because a start sorts all published rows.
      const order = value === undefined ? Infinity : direction * value;
      return { row, order, rank: sourceRank(row, key) };
    })
    .toSorted((a, b) => a.rank - b.rank || (a.order < b.order ? -1 : Number(a.order > b.order)))
    .map(({ row }) => row);
}

/** 0 for figures of the source itself, 1 for derived ones, which are ranked after them. */
function sourceRank({ figures }: MeasuredRow, key: Exclude<SortKey, "round">): number {
  const measure = labeledMeasure[key];
  if (measure === undefined) return 0;
  const label = labelOf(figures, measure);
  return Number(label !== "stated" && label !== "measured");
}

/** The measure whose source decides whether values of a key can be ranked against each other. */
const labeledMeasure: Readonly<Partial<Record<SortKey, Measure>>> = {
  cost: "dollar",
  energy: "kwh",
  "joules-per-sample": "kwh",
};

/** The order of publication as rounds are numbered: within a suite v0.5, v1.0, … v10.0. */
export function compareRounds(a: ResultRow, b: ResultRow): number {
  return compareRoundNames(a.round, b.round) || compareTexts(a.suite, b.suite);
}

/** `v1.1` after `v1.0`; names without a number come first, in alphabetical order. */
export function compareRoundNames(a: string, b: string): number {
  const [first, second] = [roundNumber(a), roundNumber(b)];
  return first - second || compareTexts(a, b);
}

/** Compares code units, because `localeCompare` takes about 30 ms to load locale data. */
function compareTexts(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function roundNumber(round: string): number {
  const [, major, minor] = /^v(\d+)\.(\d+)$/u.exec(round) ?? [];
  return major === undefined ? -1 : Number(major) * 1000 + Number(minor);
}

function figureOf(row: MeasuredRow, key: Exclude<SortKey, "round">): number | undefined {
  switch (key) {
    case "time":
      return valueOf(row.figures, "system");
    case "chip":
      return valueOf(row.figures, "chip");
    case "cost":
      return valueOf(row.figures, "dollar");
    case "energy":
      return valueOf(row.figures, "kwh");
    case "accelerators":
      return row.row.acceleratorCount;
    case "spread":
    case "samples-per-second":
    case "joules-per-sample":
    case "models-per-minute":
      return row.rates[rateFields[key]];
  }
}
