import { doubledRanks } from "../../foundation/numbers/statistics.ts";
import { normalTail } from "../../foundation/numbers/distributions.ts";

/** With more values than this, the normal approximation replaces the exact test. */
const largestExactCount = 120;

export interface RankTest {
  /** Two-sided. */
  pValue: number;
  /** The minimum p-value that these counts and ties can give. */
  leastPossible: number;
  method: "exact" | "normal";
}

/**
 * Two-sided Mann–Whitney U test: the fraction of all assignments of the values to two groups of the same sizes whose rank
 * sums are at least as far from the mean. Tied values get their mean rank, and the permutations include ties, so the
 * p-value is exact. For more than 120 values in total, the normal approximation is used.
 *
 * Infinite values are allowed: they are tied for the last rank.
 *
 * @throws RangeError if a sample is empty
 * @see Mann and Whitney 1947, On a test of whether one of two random variables is stochastically larger than the other
 */
export function mannWhitney(first: readonly number[], second: readonly number[]): RankTest {
  if (first.length === 0 || second.length === 0)
    throw new RangeError("a rank test needs two samples");
  const doubled = doubledRanks([...first, ...second]);
  const sum = doubled.slice(0, first.length).reduce((total, rank) => total + rank, 0);
  return doubled.length <= largestExactCount
    ? exactTest(doubled, first.length, sum)
    : normalTest(doubled, first.length, sum);
}

function exactTest(doubled: readonly number[], size: number, sum: number): RankTest {
  const counts = arrangementsBySum(doubled, size);
  const maximumSum = doubled.reduce((total, rank) => total + rank, 0);
  const middle = (maximumSum * size) / doubled.length;
  const possible = [...counts.entries()].filter(([, count]) => count > 0);
  const all = possible.reduce((total, [, count]) => total + count, 0);
  const shareBeyond = (distance: number): number =>
    possible
      .filter(([total]) => Math.abs(total - middle) >= distance - 1e-9)
      .reduce((total, [, count]) => total + count, 0) / all;
  const farthest = Math.max(...possible.map(([total]) => Math.abs(total - middle)));
  return {
    pValue: shareBeyond(Math.abs(sum - middle)),
    leastPossible: shareBeyond(farthest),
    method: "exact",
  };
}

/**
 * The number of ways to choose `size` of the ranks, by their sum. Counts above 2^53 lose digits that do not affect
 * printed p-values.
 */
function arrangementsBySum(ranks: readonly number[], size: number): Float64Array {
  const maximumSum = ranks.reduce((total, rank) => total + rank, 0);
  // ways[chosen][total]: number of ways for the ranks so far, with `chosen` of them.
  const ways = Array.from({ length: size + 1 }, () => new Float64Array(maximumSum + 1));
  ways[0]?.fill(1, 0, 1);
  for (const rank of ranks) {
    for (let chosen = size; chosen >= 1; chosen--) {
      const [into, from] = [ways[chosen], ways[chosen - 1]];
      if (into === undefined || from === undefined) continue;
      for (let total = maximumSum; total >= rank; total--)
        into[total] = (into[total] ?? 0) + (from[total - rank] ?? 0);
    }
  }
  return ways[size] ?? new Float64Array();
}

function normalTest(doubled: readonly number[], size: number, sum: number): RankTest {
  const count = doubled.length;
  const ranks = doubled.map((rank) => rank / 2);
  const mean = (count + 1) / 2;
  const spread = ranks.reduce((total, rank) => total + (rank - mean) ** 2, 0);
  // The variance of a sum drawn without replacement; `spread` already accounts for ties.
  const deviation = Math.sqrt((size * (count - size) * spread) / (count * (count - 1)));
  if (deviation === 0) return { pValue: 1, leastPossible: 1, method: "normal" };
  const tail = (total: number): number => {
    const away = Math.max(0, Math.abs(total - size * mean) - 0.5) / deviation;
    return Math.min(1, 2 * normalTail(away));
  };
  const sorted = ranks.toSorted((a, b) => a - b);
  const minimumSum = sorted.slice(0, size).reduce((total, rank) => total + rank, 0);
  return { pValue: tail(sum / 2), leastPossible: tail(minimumSum), method: "normal" };
}
