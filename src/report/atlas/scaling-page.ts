import { formatCount, formatSignificant } from "../../foundation/units.ts";
import type { ScalingPoint, ScalingStudy } from "../../schema/atlas/scaling-study.ts";
import type { Paint } from "../paint.ts";
import { countOf } from "../wording.ts";
import { type FittedColumn, fitTable } from "../fitted-table.ts";
import { noFigure, numberText } from "./wording.ts";

/** Time by number of accelerators, and the cause of lost efficiency: samples needed or throughput. */
export function scalingPage(
  study: ScalingStudy,
  { width, paint }: { width: number; paint: Paint },
): string {
  const { points, leftOutCount, benchmark } = study;
  const [head = "", ...lines] = fitTable(columns, points, width);
  const leftOut =
    leftOutCount === 0
      ? ""
      : `; ${countOf(leftOutCount, "slower result")} of the same sizes excluded`;
  return [
    `${paint.strong(benchmark)} on ${study.accelerators.join(", ")}   ${study.rounds.join(", ")}, fastest result of each size${leftOut}`,
    stopText(study, paint),
    "",
    paint.faint(head),
    ...lines,
    "",
    "efficiency = samples x rate, relative to the smallest system",
    "samples: samples to converge (larger batches need more); rate: samples/s per accelerator",
    samplesText(study),
    throughputText(study),
    "",
    `next: ${paint.name(`pitwall pareto --benchmark ${benchmark}`)}   time against cost`,
  ].join("\n");
}

const columns: readonly FittedColumn<ScalingPoint>[] = [
  { head: "chips", align: "right", cell: ({ acceleratorCount }) => formatCount(acceleratorCount) },
  { head: "minutes", align: "decimal", cell: ({ timeMs }) => numberText(timeMs / 60_000) },
  {
    head: "speed-up",
    align: "decimal",
    dropAt: 1,
    cell: ({ speedup }) => `${formatSignificant(speedup, 3)}x`,
  },
  { head: "efficiency", align: "decimal", cell: ({ efficiency }) => percent(efficiency) },
  { head: "samples", align: "decimal", cell: ({ parts }) => percent(parts?.samples) },
  { head: "rate", align: "decimal", cell: ({ parts }) => percent(parts?.throughput) },
  {
    head: "batch",
    align: "right",
    dropAt: 1,
    cell: ({ row }) =>
      row.globalBatchSize === undefined ? noFigure : formatCount(row.globalBatchSize),
  },
  {
    head: "off fit: S",
    align: "decimal",
    cell: ({ samplesResidual }) => signed(samplesResidual),
    dropAt: 4,
  },
  {
    head: "R",
    align: "decimal",
    cell: ({ throughputResidual }) => signed(throughputResidual),
    dropAt: 4,
  },
  { head: "round", align: "left", cell: ({ row }) => row.round, dropAt: 2 },
  { head: "submitter", align: "left", cell: ({ row }) => row.submitter, shrinkTo: 6, dropAt: 3 },
];

function percent(fraction: number | undefined): string {
  return fraction === undefined ? noFigure : `${(fraction * 100).toFixed(1)}%`;
}

function signed(fraction: number | undefined): string {
  if (fraction === undefined) return noFigure;
  return `${fraction < 0 ? "-" : "+"}${(Math.abs(fraction) * 100).toFixed(1)}%`;
}

function stopText({ stopsPaying }: ScalingStudy, paint: Paint): string {
  switch (stopsPaying.kind) {
    case "at":
      return `${paint.warn(`diminishing returns from ${formatCount(stopsPaying.acceleratorCount)}`)}: doubling the accelerators from there gives less than ${stopsPaying.threshold}x the speed`;
    case "pays-throughout":
      return `${paint.good("scales throughout")}: according to the fits, doubling from ${formatCount(stopsPaying.largest)} would still give ${formatSignificant(stopsPaying.doublingSpeedup, 3)}x the speed`;
    case "not-known":
      return "too few sizes to find the point of diminishing returns: three are required";
  }
}

function samplesText({ samplesFit: fit, samplesUnit = "samples" }: ScalingStudy): string {
  if (fit.kind === "too-few-points")
    return `S: ${countOf(fit.have, "batch size")}, too few to fit samples against batch size (${fit.need} required)`;
  const grows =
    fit.criticalBatchSize === undefined
      ? "; no growth with batch size here"
      : `; double the base value at batch size ${formatCount(fit.criticalBatchSize)}`;
  return `S: ${samplesUnit} needed = ${numberText(fit.base)} ${fit.perBatch < 0 ? "-" : "+"} ${numberText(Math.abs(fit.perBatch))} x batch${grows}; median residual ${(fit.medianResidual * 100).toFixed(1)}%`;
}

function throughputText({ throughputFit: fit, samplesUnit = "samples" }: ScalingStudy): string {
  if (fit.kind === "too-few-points")
    return `R: ${countOf(fit.have, "size")}, too few to fit throughput (${fit.need} required)`;
  return `R: ${samplesUnit} per second = ${numberText(fit.ratePerSecond)} x chips^${formatSignificant(fit.exponent, 3)} (an exponent of 1 is perfect); median residual ${(fit.medianResidual * 100).toFixed(1)}%`;
}
