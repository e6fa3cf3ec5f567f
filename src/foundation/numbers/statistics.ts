/** Count, median, minimum, maximum, mean and sample standard deviation of measured values. */
export interface Summary {
  count: number;
  median: number;
  minimum: number;
  maximum: number;
  mean: number;
  /** Sample standard deviation (divisor n - 1); undefined for fewer than two values. */
  standardDeviation: number | undefined;
}

/** @throws RangeError if there are no values */
export function summarise(values: readonly number[]): Summary {
  if (values.length === 0) throw new RangeError("a summary needs at least one value");
  const mean = meanOf(values);
  return {
    count: values.length,
    median: quantile(values, 0.5),
    minimum: Math.min(...values),
    maximum: Math.max(...values),
    mean,
    standardDeviation: values.length < 2 ? undefined : standardDeviation(values, mean),
  };
}

/** @throws RangeError if there are no values */
export function meanOf(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("a mean needs at least one value");
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Quantile by linear interpolation between order statistics (Hyndman and Fan's type 7).
 *
 * @param fraction in 0..1
 * @throws RangeError if there are no values
 */
export function quantile(values: readonly number[], fraction: number): number {
  // Sorts numbers without a call for each comparison.
  const sorted = Float64Array.from(values).toSorted();
  const position = (sorted.length - 1) * fraction;
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  if (below === undefined || above === undefined) {
    throw new RangeError("a quantile needs at least one value and a fraction in 0..1");
  }
  if (below === above) return below;
  const share = position - Math.floor(position);
  const span = above - below;
  // The difference of two very large values of opposite signs overflows.
  return Number.isFinite(span) ? below + span * share : below * (1 - share) + above * share;
}

/** @throws RangeError if there are no values */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

function standardDeviation(values: readonly number[], mean: number): number {
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

/** Twice the mean rank of each value, so that ties stay whole numbers. */
export function doubledRanks(values: readonly number[]): number[] {
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
