import type { MeasuredRow, Measure } from "../../schema/atlas/figures.ts";
import type { ResultRow } from "../../schema/atlas/result-row.ts";
import { valueOf } from "./measures.ts";

/** The sort keys of a list. */
export const sortKeys = ["time", "chip", "cost", "energy", "accelerators", "round"] as const;
export type SortKey = (typeof sortKeys)[number];

/** Ascending (rounds: newest first, then fastest); rows without the figure come last, in their order. */
export function sortResults(rows: readonly MeasuredRow[], key: SortKey): MeasuredRow[] {
  const figure = key === "round" ? "time" : key;
  const byFigure = rows
    .map((row) => ({ row, value: figureOf(row, figure) }))
    .toSorted((a, b) => compareValues(a.value, b.value))
    .map(({ row }) => row);
  return key === "round" ? byFigure.toSorted((a, b) => compareRounds(b.row, a.row)) : byFigure;
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

function compareValues(first: number | undefined, second: number | undefined): number {
  if (first === undefined || second === undefined)
    return Number(first === undefined) - Number(second === undefined);
  return first - second;
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
