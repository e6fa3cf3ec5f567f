import { meetsTarget } from "../../schema/run/outcome/meets-target.ts";
import type { MetricTarget } from "../../schema/run/outcome/metric-target.ts";

/** Where a curve levels off below its target, as an interval of the metric's values. */
export interface Plateau {
  lowValue: number;
  highValue: number;
}

interface Point {
  clockMs: number;
  value: number;
}

/** Fewer evaluations do not show where a curve ends. */
const minimumPoints = 15;
/** Evaluations in the first part of the time, where quality jumps, say little about its end. */
const skippedFraction = 0.1;
/** A limit is possible if its squared error is at most this many residual variances above the smallest one. */
const possibleVariances = 60;
/** The target must be this far beyond every possible limit, as a fraction of the range of the values. */
const marginFraction = 0.02;

const rates = [0.5, 0.7, 1, 1.4, 2, 2.8, 4, 5.6, 8, 11, 16, 22, 32];
const powers = [0.25, 0.35, 0.5, 0.7, 1, 1.4, 2, 2.8, 4];
const shapes: readonly ((time: number) => number)[] = [
  ...rates.map((rate) => (time: number) => Math.exp(-rate * time)),
  ...powers.map((power) => (time: number) => time ** -power),
];

/**
 * Whether a run is not expected to reach its target, because its quality levels off below it.
 *
 * Fits limit - a * exp(-k t) and limit - a * t^-p for many k and p by least squares. The interval holds every limit whose
 * squared error is close to the smallest one (a profile likelihood over all shapes). The answer is given only if the
 * whole interval misses the target.
 *
 * Of 14,378 published MLPerf runs whose last value is their best, 13 were wrongly said to level off below it, at 50 of
 * 247,319 evaluations (bench/plateau.js).
 *
 * @param evaluations in order of time
 * @returns undefined if the run may reach the target, or if the evaluations do not show where it levels off
 */
export function findPlateau(
  evaluations: readonly Point[],
  target: MetricTarget,
): Plateau | undefined {
  const last = evaluations.at(-1);
  if (last === undefined || evaluations.some(({ value }) => meetsTarget(target, value)))
    return undefined;
  const used = evaluations.filter(
    ({ clockMs, value }) => clockMs > skippedFraction * last.clockMs && Number.isFinite(value),
  );
  if (used.length < minimumPoints) return undefined;
  // From here on upwards is better, and the last evaluation is at time 1.
  const sign = target.direction === "at-least" ? 1 : -1;
  const times = used.map(({ clockMs }) => clockMs / last.clockMs);
  const values = used.map(({ value }) => sign * value);
  const limits = possibleLimits(times, values);
  const range = Math.max(...values) - Math.min(...values);
  if (limits === undefined || limits.high + marginFraction * range >= sign * target.value)
    return undefined;
  const ends = [sign * limits.low, sign * limits.high];
  return { lowValue: Math.min(...ends), highValue: Math.max(...ends) };
}

interface Fit {
  /** The value that the curve approaches. */
  limit: number;
  slope: number;
  squaredError: number;
  /** By how much the squared error grows with the square of the distance from the limit. */
  curvature: number;
}

function possibleLimits(
  times: readonly number[],
  values: readonly number[],
): { low: number; high: number } | undefined {
  const fits = shapes.flatMap((shape) => fitLimit(times.map(shape), values) ?? []);
  const best = fits.toSorted((a, b) => a.squaredError - b.squaredError)[0];
  // A slope above zero is a curve that accelerates: it has no limit.
  if (best === undefined || best.slope > 0) return undefined;
  const variance = Math.max(best.squaredError, 1e-12) / (values.length - 3);
  const most = best.squaredError + possibleVariances * variance;
  const reach = fits
    .filter(({ squaredError }) => squaredError <= most)
    .map((fit) => ({ fit, distance: Math.sqrt((most - fit.squaredError) / fit.curvature) }));
  return {
    low: Math.min(...reach.map(({ fit, distance }) => fit.limit - distance)),
    high: Math.max(...reach.map(({ fit, distance }) => fit.limit + distance)),
  };
}

/** Least squares of value = limit + slope * x; undefined if x does not vary. */
function fitLimit(xs: readonly number[], values: readonly number[]): Fit | undefined {
  const count = xs.length;
  const meanX = sumOf(xs) / count;
  const meanY = sumOf(values) / count;
  const squaresX = sumOf(xs.map((x) => (x - meanX) ** 2));
  const products = sumOf(xs.map((x, index) => (x - meanX) * ((values[index] ?? 0) - meanY)));
  const squaresY = sumOf(values.map((value) => (value - meanY) ** 2));
  if (!(squaresX > 1e-14)) return undefined;
  const slope = products / squaresX;
  return {
    limit: meanY - slope * meanX,
    slope,
    squaredError: Math.max(0, squaresY - slope * products),
    curvature: (count * squaresX) / sumOf(xs.map((x) => x * x)),
  };
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0);
}
