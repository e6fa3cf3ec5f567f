import { droppedAtEachEnd } from "../../schema/logs/mlperf-round.ts";
import type { ReferenceConvergence } from "../../schema/logs/reference-convergence.ts";
import { oneSidedPValue } from "./student-t.ts";

/** Statistics of a reference convergence point. Interpolated points have no runs. */
export interface ReferencePoint {
  globalBatchSize: number;
  /** Mean without the fastest and slowest run (unet3d: without four of each). */
  mean: number;
  /** Population standard deviation of all runs. */
  standardDeviation: number;
  /** The number of runs after dropping, which the t-test uses. */
  runCount: number;
}

/** The minimum p-value for a submission. */
export const significance = 0.05;
/** Interval width at which the bisection for the smallest acceptable mean stops. */
const meanTolerance = 1e-4;

/** Calculates the statistics of each record, sorted by batch size. */
export function referencePoints(records: readonly ReferenceConvergence[]): ReferencePoint[] {
  return records
    .map((record) => knownPoints.get(record) ?? rememberPoint(record))
    .toSorted((a, b) => a.globalBatchSize - b.globalBatchSize);
}

/** Cached, because a round compares each record with dozens of results and its statistics do not change. */
const knownPoints = new WeakMap<ReferenceConvergence, ReferencePoint>();

function rememberPoint(record: ReferenceConvergence): ReferencePoint {
  const { benchmark, globalBatchSize, convergence } = record;
  const dropped = droppedAtEachEnd(benchmark);
  const point: ReferencePoint = {
    globalBatchSize,
    mean: trimmedMean(convergence, dropped),
    standardDeviation: populationDeviation(convergence),
    runCount: convergence.length - 2 * dropped,
  };
  knownPoints.set(record, point);
  return point;
}

/** Returns the mean without the given number of smallest and largest values; NaN if no values remain. */
export function trimmedMean(values: readonly number[], dropped: number): number {
  const kept = values.toSorted((a, b) => a - b).slice(dropped, values.length - dropped);
  return pairwiseSum(kept) / kept.length;
}

/**
 * Sums in the same order as NumPy, because the official check compares means that are equal in exact arithmetic. Up to
 * 128 numbers are added in eight interleaved sums; longer lists are split in half.
 */
function pairwiseSum(values: readonly number[]): number {
  const { length } = values;
  if (length < 8) return values.reduce((sum, value) => sum + value, 0);
  if (length > 128) {
    const half = Math.floor(length / 2);
    const middle = half - (half % 8);
    return pairwiseSum(values.slice(0, middle)) + pairwiseSum(values.slice(middle));
  }
  const whole = length - (length % 8);
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = laneSums(values.slice(0, whole));
  const sum = a + b + (c + d) + (e + f + (g + h));
  return values.slice(whole).reduce((total, value) => total + value, sum);
}

/** Returns eight sums. Sum `n` adds every eighth value, starting at index `n`. */
function laneSums(values: readonly number[]): number[] {
  const lanes = values.slice(0, 8);
  for (let index = 8; index < values.length; index++) {
    lanes[index % 8] = (lanes[index % 8] ?? 0) + (values[index] ?? 0);
  }
  return lanes;
}

function populationDeviation(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const mean = pairwiseSum(sorted) / sorted.length;
  return Math.sqrt(pairwiseSum(sorted.map((value) => (value - mean) ** 2)) / sorted.length);
}

/**
 * Returns the points that the check uses. Drops batch sizes below the one that converges fastest, then drops points
 * that converge slower than the interpolation of their neighbors. This is a single pass from the smallest batch size.
 * It does not recheck earlier points after a drop, so the result may differ from the lower convex envelope.
 */
export function prunePoints(points: readonly ReferencePoint[]): ReferencePoint[] {
  const fastest = points.reduce<ReferencePoint | undefined>(
    (best, point) => (best === undefined || point.mean < best.mean ? point : best),
    undefined,
  );
  const kept = points.filter((point) => point.globalBatchSize >= (fastest?.globalBatchSize ?? 0));
  let index = 1;
  while (index < kept.length - 1) {
    const [below, middle, above] = kept.slice(index - 1, index + 2);
    if (below === undefined || middle === undefined || above === undefined) break;
    const promised = interpolate(middle.globalBatchSize, below.mean, above.mean, {
      from: below.globalBatchSize,
      to: above.globalBatchSize,
    });
    if (middle.mean > promised) kept.splice(index, 1);
    else index++;
  }
  return kept;
}

/** Interpolates a point between two others, for a batch size without a reference. */
export function interpolatePoint(
  globalBatchSize: number,
  [below, above]: readonly [ReferencePoint, ReferencePoint],
  runCount: number,
): ReferencePoint {
  const span = { from: below.globalBatchSize, to: above.globalBatchSize };
  return {
    globalBatchSize,
    mean: interpolate(globalBatchSize, below.mean, above.mean, span),
    standardDeviation: interpolate(
      globalBatchSize,
      below.standardDeviation,
      above.standardDeviation,
      span,
    ),
    runCount,
  };
}

function interpolate(
  at: number,
  low: number,
  high: number,
  { from, to }: { from: number; to: number },
): number {
  const slope = (high - low) / (to - from);
  return slope * (at - from) + low;
}

export interface AcceptanceOptions {
  /** The number of submission runs that the test uses. */
  submissionRunCount: number;
  /** How far a mean may be below the limit of the test. Default: 0. */
  allowance?: number;
}

/**
 * Returns the smallest acceptable mean of a submission at this point: the mean at which the p-value of a one-sided
 * two-sample t-test falls to 5%. The test uses the reference's standard deviation for both samples. The bisection
 * searches 0 … mean and stops at an interval below 1e-4.
 */
export function smallestAcceptableMean(
  point: ReferencePoint,
  { submissionRunCount, allowance = 0 }: AcceptanceOptions,
): number {
  const { mean, standardDeviation, runCount } = point;
  if (standardDeviation === 0) return mean - allowance;
  let lowest = 0;
  let highest = mean;
  let middle = (lowest + highest) / 2;
  while (highest - lowest > meanTolerance) {
    const p = oneSidedPValue({
      meanDifference: middle - mean,
      standardDeviation,
      counts: [runCount, submissionRunCount],
    });
    if (p > significance) highest = middle;
    else lowest = middle;
    middle = (lowest + highest) / 2;
  }
  return middle - allowance;
}
