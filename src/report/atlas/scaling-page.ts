import { formatCount, formatSignificant } from "../../foundation/numbers/units.ts";
import type {
  ScalingPoint,
  ScalingReport,
  ScalingStudy,
} from "../../schema/atlas/answers/scaling-study.ts";
import type { Paint } from "../paint.ts";
import { countOf } from "../wording.ts";
import { type FittedColumn, fitTable } from "../fitted-table.ts";
import { middleRunMark, middleRunNote, noFigure, numberText } from "./wording.ts";

interface Look {
  width: number;
  paint: Paint;
}

/**
 * Time by number of accelerators, and the cause of lost efficiency: samples needed, throughput, or the RCP factor. One table per
 * accelerator and submitter.
 */
export function scalingPage(report: ScalingReport, look: Look): string {
  const curves = [report, ...report.otherCurves];
  const intro =
    curves.length === 1
      ? []
      : [
          `${countOf(curves.length, "curve")}, one per accelerator and submitter; select with \`--accelerator\` and \`--submitter\``,
          "",
        ];
  return [
    ...intro,
    ...curves.flatMap((curve) => curveLines(curve, look)),
    ...scalingTerms(curves),
    ...coverageLines(report),
    "",
    `next: ${look.paint.name(`pitwall pareto --benchmark ${report.benchmark}`)}   time against cost`,
  ].join("\n");
}

/** What the columns mean. */
export function scalingTerms(curves: readonly ScalingStudy[]): string[] {
  const isFactored = curves.some(({ points }) => hasFactor(points));
  return [
    `efficiency = samples x rate${isFactored ? " x factor" : ""}, relative to the smallest system of the same curve`,
    "samples: samples to converge (larger batches need more); rate: samples/s per accelerator",
    ...(isFactored
      ? [
          "factor: the RCP scaling factor, by which MLPerf lengthens the time of runs that converge too fast",
        ]
      : []),
  ];
}

function curveLines(study: ScalingStudy, { width, paint }: Look): string[] {
  const { points, leftOutCount, benchmark, accelerator, submitters, rounds } = study;
  const [head = "", ...lines] = fitTable(scalingColumns(points), points, width);
  const leftOut =
    leftOutCount === 0
      ? ""
      : `; ${countOf(leftOutCount, "slower result")} of the same sizes excluded`;
  return [
    `${paint.strong(`${benchmark} on ${accelerator}`)} by ${submitters.join(", ")}   ${rounds.join(", ")}, fastest result of each size${leftOut}`,
    ...scalingVerdict(study, paint),
    "",
    paint.faint(head),
    ...lines,
    "",
    ...scalingNotes(study, paint),
    "",
  ];
}

/** From which size on more accelerators are of little use. */
export function scalingVerdict(study: ScalingStudy, paint: Paint): string[] {
  return [
    stopText(study, paint),
    ...(study.rounds.length > 1
      ? ["several rounds: changes of software are part of this curve"]
      : []),
  ];
}

/** What is implausible, and the fits. */
export function scalingNotes(study: ScalingStudy, paint: Paint): string[] {
  const middleRuns = middleRunNote(study.points);
  return [
    ...(middleRuns === undefined ? [] : [middleRuns]),
    ...study.points.flatMap((point) => implausibleLines(point, paint)),
    ...fitTexts(study),
  ];
}

const figureWords = {
  efficiency: "an efficiency",
  samples: "a samples share",
  throughput: "a rate share",
} as const;

function implausibleLines({ implausible, acceleratorCount, row }: ScalingPoint, paint: Paint) {
  return implausible.map(
    ({ figure, value }) =>
      `${paint.warn("implausible")}: ${formatCount(acceleratorCount)} accelerators give ${figureWords[figure]} of ${percent(value)}, so it is not used; check ${row.rowId}`,
  );
}

const shownSizes = 6;

/** Results without a curve. */
export function coverageLines({ singleSizes, weakCount }: ScalingReport): string[] {
  const shown = singleSizes
    .slice(0, shownSizes)
    .map((one) => `${formatCount(one.acceleratorCount)} ${one.accelerator} (${one.submitter})`);
  const more = singleSizes.length - shown.length;
  return [
    ...(shown.length === 0
      ? []
      : [
          `no curve, a single size only: ${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`,
        ]),
    ...(weakCount === 0
      ? []
      : [
          `${countOf(weakCount, "result")} of weak scaling excluded: many models are trained at once`,
        ]),
  ];
}

/** Without an RCP factor anywhere, its column would be 100 % throughout. */
export function scalingColumns(points: readonly ScalingPoint[]): FittedColumn<ScalingPoint>[] {
  return columns.filter(({ head }) => head !== factorHead || hasFactor(points));
}

const factorHead = "factor";

function hasFactor(points: readonly ScalingPoint[]): boolean {
  return points.some(
    ({ parts }) => parts !== undefined && Math.abs(parts.scalingFactor - 1) > 5e-4,
  );
}

const columns: readonly FittedColumn<ScalingPoint>[] = [
  { head: "chips", align: "right", cell: ({ acceleratorCount }) => formatCount(acceleratorCount) },
  {
    head: "minutes",
    align: "decimal",
    cell: ({ timeMs, row }) =>
      `${row.scoreKind === "middle-run" ? middleRunMark : ""}${numberText(timeMs / 60_000)}`,
  },
  {
    head: "speed-up",
    align: "decimal",
    dropAt: 1,
    cell: ({ speedup }) => `${formatSignificant(speedup, 3)}x`,
  },
  { head: "efficiency", align: "decimal", cell: ({ efficiency }) => percent(efficiency) },
  { head: "samples", align: "decimal", cell: ({ parts }) => percent(parts?.samples) },
  { head: "rate", align: "decimal", cell: ({ parts }) => percent(parts?.throughput) },
  { head: factorHead, align: "decimal", cell: ({ parts }) => percent(parts?.scalingFactor) },
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
  const size = (Math.abs(fraction) * 100).toFixed(1);
  if (Number(size) === 0) return `${size}%`;
  return `${fraction < 0 ? "-" : "+"}${size}%`;
}

function stopText({ stopsPaying, points }: ScalingStudy, paint: Paint): string {
  switch (stopsPaying.kind) {
    case "at":
      return `${paint.warn(`diminishing returns from ${formatCount(stopsPaying.acceleratorCount)}`)}: doubling the accelerators from there gives less than ${stopsPaying.threshold}x the speed${assumption(stopsPaying)}`;
    case "pays-throughout":
      return `${paint.good("scales throughout")}: according to the fits, doubling from ${formatCount(stopsPaying.largest)} would still give ${formatSignificant(stopsPaying.doublingSpeedup, 3)}x the speed${assumption(stopsPaying)}`;
    case "not-known":
      if (stopsPaying.reason !== "too-few-points")
        return "no point of diminishing returns: a fit is implausible, see below";
      return points.length < fewestSizes
        ? "too few sizes to find the point of diminishing returns: three are required"
        : "no point of diminishing returns: sample counts of too few sizes are on record, three are required";
  }
}

const fewestSizes = 3;

/** Neither fit without sample counts. */
function fitTexts(study: ScalingStudy): string[] {
  const { samplesFit, throughputFit } = study;
  const hasCounts = study.points.some(({ parts }) => parts !== undefined);
  const areFew = samplesFit.kind === "too-few-points" && throughputFit.kind === "too-few-points";
  if (!hasCounts && areFew)
    return ["no fits: the sample counts of these results are not on record"];
  return [samplesText(study), throughputText(study)];
}

function assumption({ samples }: { samples: "fitted" | "assumed-constant" }): string {
  return samples === "fitted" ? "" : " (if larger batches need no more samples)";
}

function samplesText({ samplesFit: fit, samplesUnit = "samples" }: ScalingStudy): string {
  switch (fit.kind) {
    case "too-few-points":
      return `S: ${countOf(fit.have, "batch size")}, too few to fit samples against batch size (${fit.need} required)`;
    case "implausible":
      return fit.reason === "falling"
        ? `S: no fit; the ${samplesUnit} needed fall with the batch size over ${fit.batchSizeCount} batch sizes, which is implausible`
        : `S: no fit; the ${samplesUnit} needed grow faster than the batch size over ${fit.batchSizeCount} batch sizes, which is implausible`;
    case "fitted":
      return fit.criticalBatchSize === undefined
        ? `S: ${samplesUnit} needed = ${numberText(fit.base)}, no growth with batch size here; ${residualText(fit.batchSizeCount, "batch sizes", fit.medianResidual)}`
        : `S: ${samplesUnit} needed = ${numberText(fit.base)} + ${numberText(fit.perBatch)} x batch; double the base value at batch size ${formatCount(fit.criticalBatchSize)}; ${residualText(fit.batchSizeCount, "batch sizes", fit.medianResidual)}`;
  }
}

function throughputText({ throughputFit: fit, samplesUnit = "samples" }: ScalingStudy): string {
  switch (fit.kind) {
    case "too-few-points":
      return `R: ${countOf(fit.have, "size")}, too few to fit throughput (${fit.need} required)`;
    case "implausible":
      return `R: no fit; an exponent of ${formatSignificant(fit.exponent, 3)} over ${fit.pointCount} sizes is implausible: the systems differ in more than their size`;
    case "fitted":
      return `R: ${samplesUnit} per second = ${numberText(fit.ratePerSecond)} x chips^${formatSignificant(fit.exponent, 3)} (an exponent of 1 is perfect); ${residualText(fit.pointCount, "sizes", fit.medianResidual)}`;
  }
}

/** A line follows three or four points closely whatever they are, so its residual says nothing. */
const fewestForResidual = 5;

function residualText(count: number, what: string, medianResidual: number): string {
  return count < fewestForResidual
    ? `${count} ${what} only: a description, not a law`
    : `median residual ${(medianResidual * 100).toFixed(1)}%`;
}
