import type { MeasuredRow, Measure } from "../../schema/atlas/figures.ts";
import type { ResultRow } from "../../schema/atlas/result-row.ts";
import { labelOf, valueOf } from "./measures.ts";

/** The sort keys of a list. */
export const sortKeys = ["time", "chip", "cost", "energy", "accelerators", "round"] as const;
export type SortKey = (typeof sortKeys)[number];

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
    .map((row) => ({ row, value: figureOf(row, key), rank: sourceRank(row, key) }))
    .toSorted((a, b) => a.rank - b.rank || compareValues(a.value, b.value, direction))
    .map(({ row }) => row);
}

/** 0 for figures of the source itself, 1 for derived ones, which are ranked after them. */
function sourceRank({ figures }: MeasuredRow, key: Exclude<SortKey, "round">): number {
  if (key !== "cost" && key !== "energy") return 0;
  const label = labelOf(figures, measureOf[key]);
  return Number(label !== "stated" && label !== "measured");
}

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

function compareValues(
  first: number | undefined,
  second: number | undefined,
  direction: number,
): number {
  if (first === undefined || second === undefined)
    return Number(first === undefined) - Number(second === undefined);
  return direction * (first - second);
}

const measureOf: Readonly<Record<Exclude<SortKey, "accelerators" | "round">, Measure>> = {
  time: "system",
  chip: "chip",
  cost: "dollar",
  energy: "kwh",
};

function figureOf(row: MeasuredRow, key: Exclude<SortKey, "round">): number | undefined {
  return key === "accelerators" ? row.row.acceleratorCount : valueOf(row.figures, measureOf[key]);
}
