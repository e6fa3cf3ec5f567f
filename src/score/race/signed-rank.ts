import { doubledRanks } from "../../foundation/numbers/statistics.ts";
import { normalTail } from "../../foundation/numbers/distributions.ts";
import type { SignedRankTest } from "../../schema/run/race/race-report.ts";

/** With more pairs than this, the normal approximation replaces the exact test. */
const mostExactPairs = 60;

/**
 * Two-sided Wilcoxon signed-rank test of paired differences. Differences of zero are dropped; equal sizes share their
 * mean rank. Infinite differences are allowed: they share the highest rank.
 *
 * The exact p-value counts all assignments of signs to the same ranks, ties included.
 *
 * @see Wilcoxon 1945, Individual comparisons by ranking methods
 */
export function signedRankTest(differences: readonly number[]): SignedRankTest {
  const nonZero = differences.filter((difference) => difference !== 0);
  const pairCount = nonZero.length;
  if (pairCount === 0) return { pValue: 1, leastPossible: 1, pairCount, method: "exact" };
  const ranks = doubledRanks(nonZero.map((difference) => Math.abs(difference)));
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const positive = ranks.reduce(
    (sum, rank, index) => sum + ((nonZero[index] ?? 0) > 0 ? rank : 0),
    0,
  );
  const distance = Math.abs(positive - total / 2);
  const isExact = pairCount <= mostExactPairs;
  return {
    pValue: isExact ? exactShare(ranks, total, distance) : normalShare(ranks, distance),
    // All signs the same: two of 2^n assignments.
    leastPossible: Math.min(1, 2 ** (1 - pairCount)),
    pairCount,
    method: isExact ? "exact" : "normal",
  };
}

/** Share of all sign assignments whose positive ranks sum to at least as far from the middle. */
function exactShare(ranks: readonly number[], total: number, distance: number): number {
  const ways = new Float64Array(total + 1);
  ways[0] = 1;
  for (const rank of ranks) {
    for (let sum = total; sum >= rank; sum--)
      ways[sum] = (ways[sum] ?? 0) + (ways[sum - rank] ?? 0);
  }
  let beyond = 0;
  for (const [sum, count] of ways.entries()) {
    if (Math.abs(sum - total / 2) >= distance - 1e-9) beyond += count;
  }
  return Math.min(1, beyond / 2 ** ranks.length);
}

function normalShare(ranks: readonly number[], distance: number): number {
  const deviation = Math.sqrt(ranks.reduce((sum, rank) => sum + rank * rank, 0)) / 2;
  // Continuity correction: half a step between two sums of doubled ranks.
  const away = Math.max(0, distance - 1) / deviation;
  return Math.min(1, 2 * normalTail(away));
}
