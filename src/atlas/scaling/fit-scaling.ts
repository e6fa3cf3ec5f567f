import { median } from "../../foundation/numbers/statistics.ts";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import type {
  SamplesFit,
  StopsPaying,
  ThroughputFit,
} from "../../schema/atlas/answers/scaling-study.ts";
import { robustLine } from "./robust-line.ts";

/** A doubling with a smaller gain costs at least a third more accelerator time. */
const payingThreshold = 1.5;
/** Two points always fit a line exactly, so a fit needs more. */
const minimumPoints = 3;
/** Samples to converge vary by this fraction between systems of one batch size, so a smaller drop is noise. */
const samplesNoise = 0.1;
/** Caches explain an exponent slightly above 1; more means that the systems differ in something else. */
const highestExponent = 1.1;

export interface UsableRow extends ResultRow {
  scoreMs: number;
  acceleratorCount: number;
}
export interface SampledRow extends UsableRow {
  unscaledMs: number;
  samplesToConverge: number;
}

export function hasRate(row: UsableRow): row is SampledRow {
  return (row.unscaledMs ?? 0) > 0 && (row.samplesToConverge ?? 0) > 0;
}

export function ratePerSecond(row: SampledRow): number {
  return row.samplesToConverge / (row.unscaledMs / 1000);
}

/**
 * S(B) = base + perBatch x B, as MLPerf's reference runs show it: below the critical batch size, the samples hardly
 * grow; far above it, they grow with the batch size, so larger batches do not reduce the time. A drop within the noise counts as
 * no growth; a larger one, and a negative base, are implausible.
 *
 * @see McCandlish et al. 2018, An empirical model of large-batch training, https://arxiv.org/abs/1812.06162
 */
export function fitSamples(rows: readonly SampledRow[]): SamplesFit {
  const points = rows.flatMap((row) =>
    row.globalBatchSize === undefined
      ? []
      : [[row.globalBatchSize, row.samplesToConverge] as const],
  );
  const batches = points.map(([batch]) => batch);
  const batchSizeCount = new Set(batches).size;
  const line = batchSizeCount < minimumPoints ? undefined : robustLine(points);
  if (line === undefined)
    return { kind: "too-few-points", have: batchSizeCount, need: minimumPoints };
  const at = (batch: number): number => line.intercept + line.slope * batch;
  const [least, most] = [at(Math.min(...batches)), at(Math.max(...batches))];
  if (most < least * (1 - samplesNoise))
    return { kind: "implausible", reason: "falling", batchSizeCount };
  if (line.intercept <= 0) return { kind: "implausible", reason: "negative-base", batchSizeCount };
  const isFlat = line.slope <= 0;
  const base = isFlat ? median(points.map(([, samples]) => samples)) : line.intercept;
  const perBatch = isFlat ? 0 : line.slope;
  return {
    kind: "fitted",
    base,
    perBatch,
    criticalBatchSize: isFlat ? undefined : base / perBatch,
    batchSizeCount,
    medianResidual: median(
      points.map(([batch, samples]) => Math.abs(samples / (base + perBatch * batch) - 1)),
    ),
  };
}

/** R(n) = rate x n^exponent: a line on logarithmic axes. */
export function fitThroughput(rows: readonly SampledRow[]): ThroughputFit {
  const points = rows.map(
    (row) => [Math.log(row.acceleratorCount), Math.log(ratePerSecond(row))] as const,
  );
  const line = points.length < minimumPoints ? undefined : robustLine(points);
  if (line === undefined)
    return { kind: "too-few-points", have: points.length, need: minimumPoints };
  const { slope: exponent, intercept } = line;
  const pointCount = points.length;
  if (exponent <= 0 || exponent > highestExponent)
    return {
      kind: "implausible",
      reason: exponent <= 0 ? "falling" : "superlinear",
      exponent,
      pointCount,
    };
  return {
    kind: "fitted",
    ratePerSecond: Math.exp(intercept),
    exponent,
    pointCount,
    medianResidual: median(
      points.map(([x, y]) => Math.abs(Math.exp(y - intercept - exponent * x) - 1)),
    ),
  };
}

export function samplesAt(fit: Extract<SamplesFit, { kind: "fitted" }>, batchSize: number): number {
  return fit.base + fit.perBatch * batchSize;
}

export function rateAt(fit: Extract<ThroughputFit, { kind: "fitted" }>, count: number): number {
  return fit.ratePerSecond * count ** fit.exponent;
}

/**
 * Walks from the smallest system to the largest by the fits, in steps of an eighth of a doubling, up to the size where the
 * next doubling gains too little. The batch size follows its own trend over the systems. With too few batch sizes for a fit of
 * the samples, they are assumed constant, which makes the estimate optimistic. There is no estimate from an implausible fit.
 */
export function findStop(
  rows: readonly SampledRow[],
  samplesFit: SamplesFit,
  throughputFit: ThroughputFit,
): StopsPaying {
  const [smallest] = rows;
  const largest = rows.at(-1)?.acceleratorCount;
  if (samplesFit.kind === "implausible" || throughputFit.kind === "implausible")
    return { kind: "not-known", reason: "implausible-fit" };
  if (throughputFit.kind !== "fitted" || smallest === undefined || largest === undefined)
    return { kind: "not-known", reason: "too-few-points" };
  const batchAt = batchTrend(rows);
  const samplesOf = (batch: number | undefined): number =>
    samplesFit.kind === "fitted" && batch !== undefined ? samplesAt(samplesFit, batch) : 1;
  const timeAt = (count: number): number =>
    samplesOf(batchAt(count)) / rateAt(throughputFit, count);
  const doublingAt = (count: number): number => timeAt(count) / timeAt(2 * count);
  const samples = samplesFit.kind === "fitted" ? "fitted" : "assumed-constant";
  const threshold = payingThreshold;
  for (let count = smallest.acceleratorCount; count <= largest; count *= 2 ** 0.125) {
    const doublingSpeedup = doublingAt(count);
    if (doublingSpeedup < threshold)
      return {
        kind: "at",
        acceleratorCount: Math.round(count),
        threshold,
        doublingSpeedup,
        samples,
      };
  }
  const doublingSpeedup = doublingAt(largest);
  return { kind: "pays-throughout", largest, threshold, doublingSpeedup, samples };
}

/** How the batch size follows the number of accelerators: a power law, because systems usually grow by doubling. */
function batchTrend(rows: readonly SampledRow[]): (count: number) => number | undefined {
  const points = rows.flatMap((row) =>
    row.globalBatchSize === undefined
      ? []
      : [[Math.log(row.acceleratorCount), Math.log(row.globalBatchSize)] as const],
  );
  const line = robustLine(points);
  if (line === undefined) return () => undefined;
  return (count) => Math.exp(line.intercept + line.slope * Math.log(count));
}
