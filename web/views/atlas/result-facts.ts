import { groupBy } from "../../../src/foundation/collections/group-by.ts";
import type { AtlasRowDocument } from "../../../src/schema/dashboard/atlas-document.ts";
import {
  formatCount,
  formatJoules,
  formatMinutes,
  formatSignificant,
  formatUsd,
} from "../../../src/foundation/numbers/units.ts";
import { rowNotes } from "../../../src/report/atlas/row-notes.ts";
import { gapText, numberText, priceNotes, termsText } from "../../../src/report/atlas/wording.ts";
import type { Figure, MeasuredRow } from "../../../src/schema/atlas/answers/figures.ts";
import type { ResultRow } from "../../../src/schema/atlas/results/result-row.ts";
import type { ResultRun } from "../../../src/schema/atlas/results/result-run.ts";
import type { CurveSeries, RunCurve } from "../../../src/schema/atlas/results/run-curve.ts";
import type { ChartSpec, Mark } from "../../charts/run/chart-spec.ts";
import { writtenTargetLevel } from "../../charts/run/target-level.ts";
import { sizeText } from "./view-model.ts";

/** The facts of a result as text; omits missing values. */
export function resultFacts(measured: MeasuredRow): [label: string, text: string][] {
  const { row, figures } = measured;
  const facts: [string, string | undefined][] = [
    ["terms", termsText(row)],
    ["published", row.publishedOn],
    ["size", `${sizeText(row)}${nodesText(row)}`],
    ["accelerator", row.acceleratorAsPublished],
    ["framework", row.framework],
    [
      "batch size",
      row.globalBatchSize === undefined ? undefined : formatCount(row.globalBatchSize),
    ],
    ["precision", row.precision],
    ["layout", layoutText(row)],
    ["to converge", samplesText(row)],
    ["reference", rcpText(row)],
    ["runs", `${row.convergedRunCount} of ${row.runCount} converged`],
    ["spread", spreadText(row)],
    ["chip-minutes", figureFact(figures.chip, (value) => numberText(value / 60_000))],
    ["cost", figureFact(figures.dollar, formatUsd)],
    ["price", priceNotes([measured])[0]],
    ["energy", figureFact(figures.kwh, formatJoules)],
    [
      "scaling factor",
      row.scalingFactor === 1 ? undefined : formatSignificant(row.scalingFactor, 5),
    ],
    ["trainings", row.modelCount === undefined ? undefined : `${row.modelCount} in parallel`],
    [
      "trainings a minute",
      row.modelsPerMinute === undefined ? undefined : numberText(row.modelsPerMinute),
    ],
    ["processors", row.processorCount === undefined ? undefined : formatCount(row.processorCount)],
    ...rowNotes(row).map((note): [string, string] => ["note", note]),
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== undefined && fact[1] !== "");
}

/** `28.41 min`, `28.41 min (middle run)` if that is not a score, or the reason why there is no time. */
export function leadText({ row, figures }: MeasuredRow): string {
  const { system } = figures;
  if (system.kind === "unknown") return gapText(system.reason);
  return `${formatMinutes(system.value)}${row.scoreKind === "middle-run" ? " (middle run)" : ""}`;
}

function nodesText({ nodeCount, acceleratorCount }: ResultRow): string {
  if (nodeCount === undefined || acceleratorCount === undefined) return "";
  return ` on ${formatCount(nodeCount)} ${nodeCount === 1 ? "node" : "nodes"}`;
}

function layoutText(row: ResultRow): string | undefined {
  const parts = [
    ["tp", row.tensorParallel],
    ["pp", row.pipelineParallel],
    ["cp", row.contextParallel],
    ["ep", row.expertParallel],
  ].flatMap(([name, count]) => (count === undefined ? [] : [`${name} ${count}`]));
  if (parts.length === 0) return undefined;
  return `${parts.join(", ")}${row.layoutSource === "configuration" ? " (from its configuration)" : ""}`;
}

function samplesText({ samplesToConverge, samplesUnit }: ResultRow): string | undefined {
  if (samplesToConverge === undefined) return undefined;
  return `${numberText(samplesToConverge)} ${samplesUnit ?? "samples"}`;
}

const rcpWords: Readonly<Record<NonNullable<ResultRow["rcpOutcome"]>, string>> = {
  found: "converged like the reference",
  interpolated: "converged like the reference, interpolated between two batch sizes",
  "smaller-batch": "batch smaller than all reference batch sizes",
  missing: "no reference at this batch size",
  "too-fast": "converged faster than the reference",
  insufficient: "too few runs to decide",
  "not-checked": "not checked",
};

function rcpText({ rcpOutcome }: ResultRow): string | undefined {
  return rcpOutcome === undefined ? undefined : rcpWords[rcpOutcome];
}

function spreadText({ fastestMs, medianMs, slowestMs }: ResultRow): string | undefined {
  if (fastestMs === undefined || slowestMs === undefined || medianMs === undefined)
    return undefined;
  return `${formatMinutes(fastestMs)} … ${formatMinutes(slowestMs)}, median ${formatMinutes(medianMs)}`;
}

function figureFact(figure: Figure, format: (value: number) => string): string | undefined {
  if (figure.kind === "unknown")
    return figure.reason === "no-score" ? undefined : `- (${gapText(figure.reason)})`;
  const isPlain = figure.label === "computed";
  return `${format(figure.value)}${isPlain ? "" : ` (${figure.label})`}`;
}

const runOutcomeWords: Readonly<Record<ResultRun["fate"], string>> = {
  counted: "counted",
  fastest: "dropped, fastest",
  slowest: "dropped, slowest",
  failed: "failed",
  "not-needed": "not needed",
};

/** @param unit what the result counts: samples, epochs or tokens */
export function runHeads(unit = "samples"): string[] {
  return ["run", "minutes", "outcome", `${unit} to converge`, "seed"];
}

/** Runs as rows of a table. */
export function runLines(runs: readonly ResultRun[]): string[][] {
  return runs.map(({ run, fate, failure, timeToTrainMs, samplesToConverge, seed }) => [
    run,
    timeToTrainMs === undefined ? "-" : formatMinutes(timeToTrainMs).replace(" min", ""),
    failure === undefined ? runOutcomeWords[fate] : `${runOutcomeWords[fate]}: ${failure}`,
    samplesToConverge === undefined ? "-" : countText(samplesToConverge),
    seed === undefined ? "-" : String(seed),
  ]);
}

function countText(count: number): string {
  return Number.isInteger(count) ? formatCount(count) : formatSignificant(count, 4);
}

const seriesUnits = {
  quality: "",
  loss: "",
  stepMs: "milliseconds",
  samplesPerSecond: "samples per second",
} as const satisfies Record<CurveSeries, string>;

/** One chart per series with one line per run; highlights the run with the median time. Ignores curves of one point. */
export function curveCharts(
  runs: readonly ResultRun[],
  all: readonly RunCurve[],
  quality?: AtlasRowDocument["quality"],
): ChartSpec[] {
  const curves = all.filter(({ value }) => value.length > 1);
  const middle = medianRun(runs);
  const charts = groupBy(curves, ({ series, metricName }) => `${series} ${metricName}`);
  // MLPerf's logs call the metric of every benchmark `eval_accuracy`, also a loss.
  const isOneMetric = [...charts.keys()].filter((name) => name.startsWith("quality ")).length === 1;
  return [...charts.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    return chartOf(first, {
      marks: own
        .toSorted((a, b) => Number(a.run === middle) - Number(b.run === middle))
        .map((curve) => markOf(curve, middle)),
      quality: isOneMetric && first.series === "quality" ? quality : undefined,
    });
  });
}

function chartOf(
  { series, metricName }: RunCurve,
  { marks, quality }: { marks: readonly Mark[]; quality: AtlasRowDocument["quality"] },
): ChartSpec {
  return {
    name: `${series}-curves`,
    title: quality?.metric ?? metricName.replaceAll("_", " "),
    x: { label: "clock", unit: "milliseconds" },
    y: { label: quality?.metric ?? metricName, unit: seriesUnits[series] },
    marks: [...marks, ...writtenTargetLevel(quality?.target)],
  };
}

function markOf({ run, series, clockMs, value }: RunCurve, middle: string | undefined): Mark {
  const isMiddle = run === middle;
  return {
    kind: "line",
    label: isMiddle ? `${run}, median` : run,
    tone: isMiddle ? 1 : 5,
    stroke: "solid",
    x: clockMs,
    y: value,
    withPoints: isMiddle && series === "quality",
  };
}

function medianRun(runs: readonly ResultRun[]): string | undefined {
  const timed = runs
    .filter(({ fate, timeToTrainMs }) => fate !== "failed" && timeToTrainMs !== undefined)
    .toSorted((a, b) => (a.timeToTrainMs ?? 0) - (b.timeToTrainMs ?? 0));
  return timed[Math.floor((timed.length - 1) / 2)]?.run;
}
