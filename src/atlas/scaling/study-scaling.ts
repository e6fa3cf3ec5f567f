import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import type {
  ImplausibleFigure,
  ScalingParts,
  ScalingPoint,
  ScalingStudy,
} from "../../schema/atlas/answers/scaling-study.ts";
import {
  findStop,
  fitSamples,
  fitThroughput,
  hasRate,
  rateAt,
  ratePerSecond,
  samplesAt,
  type SampledRow,
  type UsableRow,
} from "./fit-scaling.ts";

/** A share above this cannot be explained by scaling; the logs or the counts differ in meaning. */
const highestShare = 1.5;

export type ScalingOutcome =
  | { kind: "studied"; study: ScalingStudy }
  /** Fewer than two sizes have a time, so they cannot be compared. */
  | { kind: "too-few-sizes"; sizes: readonly number[] };

/**
 * How time decreases with the number of accelerators, by the fastest result of each size, and why it stops decreasing: more samples
 * needed (larger batches), or fewer of them per second and accelerator. Each is fitted separately.
 *
 * @param rows of one benchmark, compatibility group, accelerator and submitter family; rows without a score or accelerators are ignored
 */
export function studyScaling(rows: readonly ResultRow[]): ScalingOutcome {
  const usable = rows.filter(isUsable);
  const fastest = fastestOfEachSize(usable);
  const [base] = fastest;
  if (base === undefined || fastest.length < 2)
    return { kind: "too-few-sizes", sizes: fastest.map((row) => row.acceleratorCount) };
  const measured = fastest.map((row) => ({ row, ...measureAgainst(base, row) }));
  const sampled = measured.flatMap(({ row, parts }) =>
    parts !== undefined && hasRate(row) ? [row] : [],
  );
  const fits = { samples: fitSamples(sampled), throughput: fitThroughput(sampled) };
  const points = measured.map(({ row, parts, ...figures }): ScalingPoint => {
    const hasParts = parts !== undefined && hasRate(row);
    return Object.assign(figures, {
      row,
      acceleratorCount: row.acceleratorCount,
      timeMs: row.scoreMs,
      parts,
      samplesResidual: hasParts ? samplesResidual(row, fits.samples) : undefined,
      throughputResidual: hasParts ? throughputResidual(row, fits.throughput) : undefined,
    });
  });
  return {
    kind: "studied",
    study: {
      benchmark: base.benchmark,
      rounds: distinct(fastest.map(({ round }) => round)),
      accelerator: base.accelerator ?? base.acceleratorAsPublished ?? "?",
      submitters: distinct(fastest.map(({ submitter }) => submitter)),
      points,
      samplesUnit: base.samplesUnit,
      samplesFit: fits.samples,
      throughputFit: fits.throughput,
      stopsPaying: findStop(sampled, fits.samples, fits.throughput),
      leftOutCount: usable.length - fastest.length,
    },
  };
}

/** Whether a row can be a point of a curve. */
export function isUsable(row: ResultRow): row is UsableRow {
  return (row.scoreMs ?? 0) > 0 && row.acceleratorCount !== undefined && row.scaling === "strong";
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

function measureAgainst(
  base: UsableRow,
  row: UsableRow,
): Pick<ScalingPoint, "speedup" | "efficiency" | "parts" | "implausible"> {
  const speedup = base.scoreMs / row.scoreMs;
  const efficiency = (speedup * base.acceleratorCount) / row.acceleratorCount;
  const parts = partsOf(base, row);
  const figures: ImplausibleFigure[] = [
    { figure: "efficiency", value: efficiency },
    ...(parts === undefined
      ? []
      : [
          { figure: "samples" as const, value: parts.samples },
          { figure: "throughput" as const, value: parts.throughput },
        ]),
  ];
  const implausible = figures.filter(({ value }) => !(value > 0 && value <= highestShare));
  return {
    speedup,
    efficiency: implausible.some(({ figure }) => figure === "efficiency") ? undefined : efficiency,
    parts: implausible.length > 0 ? undefined : parts,
    implausible,
  };
}

function partsOf(base: UsableRow, row: UsableRow): ScalingParts | undefined {
  if (!hasRate(base) || !hasRate(row) || base.samplesUnit !== row.samplesUnit) return undefined;
  return {
    samples: base.samplesToConverge / row.samplesToConverge,
    throughput: perAccelerator(row) / perAccelerator(base),
    scalingFactor: base.scoreMs / base.unscaledMs / (row.scoreMs / row.unscaledMs),
  };
}

const perAccelerator = (row: SampledRow): number => ratePerSecond(row) / row.acceleratorCount;

function samplesResidual(row: SampledRow, fit: ScalingStudy["samplesFit"]): number | undefined {
  if (fit.kind !== "fitted" || row.globalBatchSize === undefined) return undefined;
  return row.samplesToConverge / samplesAt(fit, row.globalBatchSize) - 1;
}

function throughputResidual(
  row: SampledRow,
  fit: ScalingStudy["throughputFit"],
): number | undefined {
  if (fit.kind !== "fitted") return undefined;
  return ratePerSecond(row) / rateAt(fit, row.acceleratorCount) - 1;
}
