import { droppedAtEachEnd } from "../../schema/logs/mlperf-round.ts";
import type { ReferenceConvergence } from "../../schema/logs/reference-convergence.ts";
import { oneSidedPValue } from "./student-t.ts";

/** A reference convergence point in figures; interpolated ones have no runs of their own. */
export interface ReferencePoint {
  globalBatchSize: number;
  /** Without the fastest and the slowest (of unet3d: four each). */
  mean: number;
  /** Population standard deviation of all runs. */
  standardDeviation: number;
  /** What the t-test counts: the runs left after dropping. */
  runCount: number;
}

/** The significance that a submission may not fall below. */
export const significance = 0.05;
/** Where the bisection for the smallest acceptable mean ends. */
const meanTolerance = 1e-4;

/** Each record in figures, the smallest batch size first. */
export function referencePoints(records: readonly ReferenceConvergence[]): ReferencePoint[] {
  return records
    .map((record) => knownPoints.get(record) ?? rememberPoint(record))
    .toSorted((a, b) => a.globalBatchSize - b.globalBatchSize);
}

/** A round holds each record against dozens of results; its figures stay the same. */
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

/** Mean without the given number of smallest and of largest values; NaN if no values remain. */
export function trimmedMean(values: readonly number[], dropped: number): number {
  const kept = values.toSorted((a, b) => a - b).slice(dropped, values.length - dropped);
  return pairwiseSum(kept) / kept.length;
}

/**
 * Sum in the order of NumPy, in which the official check compares means that are equal on paper: up to 128 numbers in
 * eight interleaved sums, more in halves.
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

/** Eight sums: of every eighth value, from the first, the second and so on. */
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
 * The points that count: from the batch size that converges fastest upward, without those that converge slower than
 * their neighbors promise. One pass from the smallest batch size on, which is not the lower convex envelope: a
 * neighbor that went is not made up for.
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

/** The point between two others, for a batch size that has none. */
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
  /** How many of a submission's runs the test counts. */
  submissionRunCount: number;
  /** Tolerance below the limit of the test for a mean. Default 0. */
  allowance?: number;
}

/**
 * The smallest mean that a submission may have at this point: where a one-sided two-sample t-test, with the reference's
 * spread on both sides, falls to 5 %. Bisected over 0 … mean to an interval below 1e-4.
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
