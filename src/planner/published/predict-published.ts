import type { Accelerator } from "../../schema/catalogue.ts";
import type { PublishedModel } from "../../schema/plan/published-model.ts";
import type { PublishedRow } from "../../schema/plan/published-row.ts";
import { cholesky, solveLower, solveUpper } from "./cholesky.ts";
import {
  covariance,
  featuresOf,
  yearOf,
  type FeatureContext,
  type Features,
  type SystemAtDate,
  type TimedRow,
} from "./published-features.ts";

/** A time to train, from published results of the same benchmark. */
export interface PublishedPrediction {
  timeMs: number;
  /** Standard deviation of the natural logarithm of the time of one more published result. */
  logSpread: number;
  nearest: NearestResult;
}

/** The published result that is most like the system. */
export interface NearestResult {
  row: TimedRow;
  /** 0: the same accelerator and count at the same date. */
  distance: number;
  sameAccelerator: boolean;
}

/** Predicts times to train of one benchmark. */
export interface PublishedPredictor {
  rows: readonly TimedRow[];
  /** Counts with a published result, by accelerator, smallest and largest. */
  countRanges: ReadonlyMap<string, { smallest: number; largest: number }>;
  /** Undefined for an accelerator without a known peak. */
  predict(system: SystemAtDate): PublishedPrediction | undefined;
}

export interface PublishedSources {
  /** Of any benchmark; unusable ones are ignored. */
  rows: readonly PublishedRow[];
  accelerators: ReadonlyMap<string, Accelerator>;
  model: PublishedModel;
}

export interface PublishedQuestion {
  benchmark: string;
  compatibilityGroup: number;
  /** Only results published before this year, such as 2026.4, are used; default: all. */
  beforeYear?: number | undefined;
}

/** Fewer results of a benchmark do not determine a scaling curve. */
const minimumRows = 3;

/**
 * Fits the published results of a benchmark: a Gaussian process over the logarithm of the time. The number of
 * accelerators, their peak and bandwidth, and the date of the software give the mean; results of the same accelerator,
 * of its generation, of similar size and date correct it. Undefined with fewer than three results.
 *
 * @see Rasmussen and Williams 2006, Gaussian Processes for Machine Learning, algorithm 2.1
 */
export function publishedPredictor(
  { rows, accelerators, model }: PublishedSources,
  { benchmark, compatibilityGroup, beforeYear = Number.POSITIVE_INFINITY }: PublishedQuestion,
): PublishedPredictor | undefined {
  const timed = rows.filter(isTimed).filter((row) => yearOf(row.publishedOn) < beforeYear);
  const context = { model, accelerators, firstYears: firstYearsOf(timed) };
  const ofBenchmark = timed.filter(
    (row) => row.benchmark === benchmark && row.compatibilityGroup === compatibilityGroup,
  );
  const newest = Math.max(...ofBenchmark.map(({ publishedOn }) => yearOf(publishedOn)));
  const used = ofBenchmark.flatMap((row) => {
    const year = yearOf(row.publishedOn);
    const features =
      newest - year > model.windowYears ? undefined : featuresOf({ ...row, year }, context);
    return features === undefined ? [] : [{ row, features }];
  });
  if (used.length < minimumRows) return undefined;
  return predictorOf(used, context);
}

interface UsedRow {
  row: TimedRow;
  features: Features;
}

function predictorOf(used: readonly UsedRow[], context: FeatureContext): PublishedPredictor {
  const { model } = context;
  const size = used.length;
  const matrix = new Float64Array(size * size);
  for (const [at, { features }] of used.entries())
    for (const [other, { features: against }] of used.entries())
      if (other <= at)
        matrix[at * size + other] =
          covariance(features, against, model) + (at === other ? model.deviations.noise ** 2 : 0);
  const lower = cholesky(matrix, size);
  const gaps = used.map(({ row, features }) => Math.log2(row.scoreMs) - features.mean);
  const base = gaps.reduce((sum, gap) => sum + gap, 0) / size;
  const weights = solveUpper(
    lower,
    solveLower(
      lower,
      Float64Array.from(gaps, (gap) => gap - base),
    ),
  );
  return {
    rows: used.map(({ row }) => row),
    countRanges: countRangesOf(used),
    predict(system) {
      const features = featuresOf(system, context);
      if (features === undefined) return undefined;
      const to = Float64Array.from(used, (one) => covariance(features, one.features, model));
      const correction = to.reduce((sum, value, at) => sum + value * (weights[at] ?? 0), 0);
      const explained = solveLower(lower, to).reduce((sum, value) => sum + value * value, 0);
      const own = covariance(features, features, model) + model.deviations.noise ** 2;
      const deviation = Math.sqrt(Math.max(own - explained, model.deviations.noise ** 2));
      return {
        timeMs: 2 ** (features.mean + base + correction),
        logSpread: deviation * Math.LN2 * model.intervalFactor,
        nearest: nearestOf(features, used),
      };
    },
  };
}

/** Sum of doublings between the counts, years between the dates, and 1 or 2 for another accelerator or generation. */
function nearestOf(features: Features, used: readonly UsedRow[]): NearestResult {
  let best: { row: TimedRow; distance: number } | undefined;
  for (const { row, features: other } of used) {
    const isSame = other.accelerator === features.accelerator;
    const kind = isSame ? 0 : other.generation === features.generation ? 1 : 2;
    const distance =
      Math.abs(other.doublings - features.doublings) + Math.abs(other.year - features.year) + kind;
    if (best === undefined || distance < best.distance) best = { row, distance };
  }
  if (best === undefined) throw new RangeError("a predictor has at least one result");
  return { ...best, sameAccelerator: best.row.accelerator === features.accelerator };
}

function countRangesOf(
  used: readonly UsedRow[],
): ReadonlyMap<string, { smallest: number; largest: number }> {
  const ranges = new Map<string, { smallest: number; largest: number }>();
  for (const { row } of used) {
    const { accelerator, acceleratorCount: count } = row;
    const known = ranges.get(accelerator) ?? { smallest: count, largest: count };
    ranges.set(accelerator, {
      smallest: Math.min(known.smallest, count),
      largest: Math.max(known.largest, count),
    });
  }
  return ranges;
}

/** Closed division, strong scaling, counted once, with a score and a known accelerator. */
function isTimed(row: PublishedRow): row is TimedRow {
  return (
    row.division === "closed" &&
    row.scaling === "strong" &&
    row.repeats === undefined &&
    (row.scoreMs ?? 0) > 0 &&
    row.acceleratorCount !== undefined &&
    row.accelerator !== undefined &&
    row.publishedOn !== undefined
  );
}

function firstYearsOf(rows: readonly TimedRow[]): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  for (const { accelerator, publishedOn } of rows) {
    const year = yearOf(publishedOn);
    first.set(accelerator, Math.min(year, first.get(accelerator) ?? year));
  }
  return first;
}
