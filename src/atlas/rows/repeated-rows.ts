import { groupBy } from "../../foundation/collections/group-by.ts";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import { compareRoundNames } from "./sort-results.ts";

/** Fewer runs than these may have equal times by chance. */
const fewestRuns = 3;

/**
 * Marks the rows of a round whose runs are those of another row, which an earlier round or the same round has. The
 * earliest row is the one that others repeat; within a round it is one with measured energy, then the first by `rowId`.
 *
 * @param others rows of all rounds; later rounds and the round itself are ignored
 */
export function markRepeats(
  rows: readonly ResultRow[],
  others: readonly ResultRow[],
): readonly ResultRow[] {
  const [{ suite, round } = { suite: "own", round: "" }] = rows;
  const earlier = others
    .filter((row) => row.suite === suite && compareRoundNames(row.round, round) < 0)
    .toSorted((a, b) => compareRoundNames(a.round, b.round));
  const firstOf = new Map<string, string>();
  for (const row of [...earlier, ...rows.toSorted(byEnergy)]) {
    const runs = runsOf(row);
    if (runs !== undefined && !firstOf.has(runs)) firstOf.set(runs, row.repeats ?? row.rowId);
  }
  return rows.map((row) => {
    const first = firstOf.get(runsOf(row) ?? "");
    return first === undefined || first === row.rowId ? row : { ...row, repeats: first };
  });
}

/** One row of each group of rows with the same runs: the one that the others repeat if it is there, else the first. */
export function withoutRepeats<Row extends Pick<ResultRow, "rowId" | "repeats">>(
  rows: readonly Row[],
): readonly Row[] {
  if (rows.every(({ repeats }) => repeats === undefined)) return rows;
  const kept = new Set<Row>();
  for (const group of groupBy(rows, ({ rowId, repeats }) => repeats ?? rowId).values()) {
    const row = group.find(({ repeats }) => repeats === undefined) ?? group[0];
    if (row !== undefined) kept.add(row);
  }
  return rows.filter((row) => kept.has(row));
}

/** Times have millisecond precision: the fastest, median and slowest of three or more runs agree only for copies. */
function runsOf(row: ResultRow): string | undefined {
  const { benchmark, runCount, fastestMs, medianMs, slowestMs } = row;
  if (fastestMs === undefined || runCount < fewestRuns) return undefined;
  return [benchmark, runCount, fastestMs, medianMs, slowestMs].join(" ");
}

function byEnergy(a: ResultRow, b: ResultRow): number {
  const byLabel = Number(a.energyJoules === undefined) - Number(b.energyJoules === undefined);
  return byLabel || (a.rowId < b.rowId ? -1 : 1);
}
