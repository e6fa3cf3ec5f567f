import { median } from "../../foundation/statistics.ts";
import type { ResultRow } from "../../schema/atlas/result-row.ts";
import type {
  SamplesFit,
  ScalingPoint,
  ScalingStudy,
  StopsPaying,
  ThroughputFit,
} from "../../schema/atlas/scaling-study.ts";
import { robustLine } from "./robust-line.ts";

/** A doubling with a smaller gain costs at least a third more accelerator time. */
const payingThreshold = 1.5;
/** Two points always fit a line exactly, so a fit needs more. */
const minimumPoints = 3;

export type ScalingOutcome =
  | { kind: "studied"; study: ScalingStudy }
  /** Fewer than two sizes have a time, so they cannot be compared. */
  | { kind: "too-few-sizes"; sizes: readonly number[] };

/**
 * How time decreases with the number of accelerators, by the fastest result of each size, and why it stops decreasing: more samples
 * needed (larger batches), or fewer of them per second and accelerator. Each is fitted separately.
 *
 * @param rows of one benchmark and compatibility group; rows without a score or accelerators are ignored
 */
export function studyScaling(rows: readonly ResultRow[]): ScalingOutcome {
  const usable = rows.filter(isUsable);
  const fastest = fastestOfEachSize(usable);
  const [base] = fastest;
  if (base === undefined || fastest.length < 2)
    return { kind: "too-few-sizes", sizes: fastest.map((row) => row.acceleratorCount) };
  const sampled = fastest.filter(
    (row): row is SampledRow => hasRate(row) && row.samplesUnit === base.samplesUnit,
  );
  const samplesFit = fitSamples(sampled);
  const throughputFit = fitThroughput(sampled);
  const points = fastest.map((row): ScalingPoint => {
    const speedup = base.scoreMs / row.scoreMs;
    return {
      row,
      acceleratorCount: row.acceleratorCount,
      timeMs: row.scoreMs,
      speedup,
      efficiency: (speedup * base.acceleratorCount) / row.acceleratorCount,
      parts: partsOf(base, row),
      ...residualsOf(row, samplesFit, throughputFit),
    };
  });
  return {
    kind: "studied",
    study: {
      benchmark: base.benchmark,
      rounds: distinct(usable.map(({ round }) => round)),
      accelerators: distinct(
        usable.map((row) => row.accelerator ?? row.acceleratorAsPublished ?? "?"),
      ),
      points,
      samplesUnit: base.samplesUnit,
      samplesFit,
      throughputFit,
      stopsPaying: findStop(sampled, samplesFit, throughputFit),
      leftOutCount: usable.length - fastest.length,
    },
  };
}

interface UsableRow extends ResultRow {
  scoreMs: number;
  acceleratorCount: number;
}
interface SampledRow extends UsableRow {
  unscaledMs: number;
  samplesToConverge: number;
}

function isUsable(row: ResultRow): row is UsableRow {
  return (row.scoreMs ?? 0) > 0 && row.acceleratorCount !== undefined && row.scaling === "strong";
}

function hasRate(row: UsableRow): row is SampledRow {
  return (row.unscaledMs ?? 0) > 0 && (row.samplesToConverge ?? 0) > 0;
}

function fastestOfEachSize(rows: readonly UsableRow[]): UsableRow[] {
  const best = new Map<number, UsableRow>();
  for (const row of rows) {
    const sofar = best.get(row.acceleratorCount);
    if (sofar === undefined || row.scoreMs < sofar.scoreMs) best.set(row.acceleratorCount, row);
  }
  return [...best.values()].toSorted((a, b) => a.acceleratorCount - b.acceleratorCount);
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].toSorted();
}

const ratePerSecond = (row: SampledRow): number => row.samplesToConverge / (row.unscaledMs / 1000);

const perAccelerator = (row: SampledRow): number => ratePerSecond(row) / row.acceleratorCount;

function partsOf(base: UsableRow, row: UsableRow): ScalingPoint["parts"] {
  if (!hasRate(base) || !hasRate(row) || base.samplesUnit !== row.samplesUnit) return undefined;
  return {
    samples: base.samplesToConverge / row.samplesToConverge,
    throughput: perAccelerator(row) / perAccelerator(base),
    scalingFactor: base.scoreMs / base.unscaledMs / (row.scoreMs / row.unscaledMs),
  };
}

/**
 * S(B) = base + perBatch x B, as MLPerf's reference runs show it: below the critical batch size, the samples hardly
 * grow; far above it, they grow with the batch size, so larger batches do not reduce the time.
 *
 * @see McCandlish et al. 2018, An empirical model of large-batch training, https://arxiv.org/abs/1812.06162
 */
function fitSamples(rows: readonly SampledRow[]): SamplesFit {
  const points = rows.flatMap((row) =>
    row.globalBatchSize === undefined
      ? []
      : [[row.globalBatchSize, row.samplesToConverge] as const],
  );
  const batchSizeCount = new Set(points.map(([batch]) => batch)).size;
  const line = batchSizeCount < minimumPoints ? undefined : robustLine(points);
  if (line === undefined)
    return { kind: "too-few-points", have: batchSizeCount, need: minimumPoints };
  const { intercept: base, slope: perBatch } = line;
  return {
    kind: "fitted",
    base,
    perBatch,
    criticalBatchSize: base > 0 && perBatch > 0 ? base / perBatch : undefined,
    batchSizeCount,
    medianResidual: median(
      points.map(([batch, samples]) => Math.abs(samples / (base + perBatch * batch) - 1)),
    ),
  };
}

/** R(n) = rate x n^exponent: a line on logarithmic axes. */
function fitThroughput(rows: readonly SampledRow[]): ThroughputFit {
  const points = rows.map(
    (row) => [Math.log(row.acceleratorCount), Math.log(ratePerSecond(row))] as const,
  );
  const line = points.length < minimumPoints ? undefined : robustLine(points);
  if (line === undefined)
    return { kind: "too-few-points", have: points.length, need: minimumPoints };
  return {
    kind: "fitted",
    ratePerSecond: Math.exp(line.intercept),
    exponent: line.slope,
    pointCount: points.length,
    medianResidual: median(
      points.map(([x, y]) => Math.abs(Math.exp(y - line.intercept - line.slope * x) - 1)),
    ),
  };
}

function residualsOf(
  row: UsableRow,
  samplesFit: SamplesFit,
  throughputFit: ThroughputFit,
): Pick<ScalingPoint, "samplesResidual" | "throughputResidual"> {
  const isSampled = hasRate(row);
  return {
    samplesResidual:
      isSampled && samplesFit.kind === "fitted" && row.globalBatchSize !== undefined
        ? row.samplesToConverge / samplesAt(samplesFit, row.globalBatchSize) - 1
        : undefined,
    throughputResidual:
      isSampled && throughputFit.kind === "fitted"
        ? ratePerSecond(row) / rateAt(throughputFit, row.acceleratorCount) - 1
        : undefined,
  };
}

function samplesAt(fit: Extract<SamplesFit, { kind: "fitted" }>, batchSize: number): number {
  return fit.base + fit.perBatch * batchSize;
}

function rateAt(fit: Extract<ThroughputFit, { kind: "fitted" }>, count: number): number {
  return fit.ratePerSecond * count ** fit.exponent;
}

/**
 * Walks from the smallest system to the largest by the fits, in steps of an eighth of a doubling, up to the size where the
 * next doubling gains too little. The batch size follows its own trend over the systems. Without a fit for the samples, or
 * with a single batch size, the samples are assumed constant, which makes the estimate optimistic.
 */
function findStop(
  rows: readonly SampledRow[],
  samplesFit: SamplesFit,
  throughputFit: ThroughputFit,
): StopsPaying {
  const [smallest] = rows;
  const largest = rows.at(-1);
  if (throughputFit.kind !== "fitted" || smallest === undefined || largest === undefined)
    return { kind: "not-known", reason: "too-few-points" };
  const batchAt = batchTrend(rows);
  const timeAt = (count: number): number => {
    const batch = batchAt(count);
    const samples =
      samplesFit.kind === "fitted" && batch !== undefined ? samplesAt(samplesFit, batch) : 1;
    return samples / rateAt(throughputFit, count);
  };
  const doublingAt = (count: number): number => timeAt(count) / timeAt(2 * count);
  const threshold = payingThreshold;
  for (
    let count = smallest.acceleratorCount;
    count <= largest.acceleratorCount;
    count *= 2 ** 0.125
  )
    if (doublingAt(count) < threshold)
      return {
        kind: "at",
        acceleratorCount: Math.round(count),
        threshold,
        doublingSpeedup: doublingAt(count),
      };
  return {
    kind: "pays-throughout",
    largest: largest.acceleratorCount,
    threshold,
    doublingSpeedup: doublingAt(largest.acceleratorCount),
  };
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
