/** More arrangements than this many sums are not counted one by one. */
const largestExactCount = 120;

export interface RankTest {
  /** Both sides. */
  pValue: number;
  /** The minimum p-value that these counts and ties can give. */
  leastPossible: number;
  method: "exact" | "normal";
}

/**
 * Mann and Whitney's test of two samples, both sides: the share of all ways to deal the same values into two hands of the
 * same sizes whose rank sums lie at least as far from the middle. Ties share their mean rank and are dealt as they are,
 * so that the share stays exact; above 120 values together the normal approximation is close enough.
 *
 * Infinite values are allowed: they are ties for the last rank.
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

/** Twice the mean rank of each value, so that ties stay whole numbers. */
function doubledRanks(values: readonly number[]): number[] {
  const sorted = values.toSorted((a, b) => (a === b ? 0 : a - b));
  const rankOf = new Map<number, number>();
  let start = 0;
  while (start < sorted.length) {
    const value = sorted[start] ?? 0;
    let end = start;
    while (end < sorted.length && sorted[end] === value) end += 1;
    rankOf.set(value, start + 1 + end);
    start = end;
  }
  return values.map((value) => rankOf.get(value) ?? 0);
}

function exactTest(doubled: readonly number[], size: number, sum: number): RankTest {
  const counts = arrangementsBySum(doubled, size);
  const most = doubled.reduce((total, rank) => total + rank, 0);
  const middle = (most * size) / doubled.length;
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
 * How many ways there are to choose so many of the ranks, by the sum they have. Counts beyond 2^53 lose digits that no
 * p-value shows.
 */
function arrangementsBySum(ranks: readonly number[], size: number): Float64Array {
  const most = ranks.reduce((total, rank) => total + rank, 0);
  // ways[hand][total]: after the ranks so far, with `hand` of them chosen.
  const ways = Array.from({ length: size + 1 }, () => new Float64Array(most + 1));
  ways[0]?.fill(1, 0, 1);
  for (const rank of ranks) {
    for (let hand = size; hand >= 1; hand--) {
      const [into, from] = [ways[hand], ways[hand - 1]];
      if (into === undefined || from === undefined) continue;
      for (let total = most; total >= rank; total--)
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
  // The variance of a sum drawn without putting back; ties are in the spread already.
  const deviation = Math.sqrt((size * (count - size) * spread) / (count * (count - 1)));
  if (deviation === 0) return { pValue: 1, leastPossible: 1, method: "normal" };
  const tail = (total: number): number => {
    const away = Math.max(0, Math.abs(total - size * mean) - 0.5) / deviation;
    return Math.min(1, 2 * normalTail(away));
  };
  const sorted = ranks.toSorted((a, b) => a - b);
  const least = sorted.slice(0, size).reduce((total, rank) => total + rank, 0);
  return { pValue: tail(sum / 2), leastPossible: tail(least), method: "normal" };
}

/** Share of the standard normal above `z` >= 0, to about 1e-7 (Abramowitz and Stegun 26.2.17). */
function normalTail(z: number): number {
  const t = 1 / (1 + 0.231_641_9 * z);
  const series =
    t *
    (0.319_381_53 +
      t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
}
