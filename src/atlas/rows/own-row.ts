import { meanOf, median } from "../../foundation/numbers/statistics.ts";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import type { ResultRun } from "../../schema/atlas/results/result-run.ts";
import type { RunCurve } from "../../schema/atlas/results/run-curve.ts";
import type { Accelerator } from "../../schema/catalogue.ts";
import type { RunResult } from "../../schema/run/outcome/run-result.ts";
import type { RunReport, SeriesSummary } from "../../schema/run/outcome/series-summary.ts";
import { formatTargets } from "../../schema/run/outcome/target-text.ts";
import { totalEnergy } from "../../schema/run/measured/total-energy.ts";
import { nameAccelerator } from "../names/name-accelerator.ts";

/** The user's own runs as an atlas result. */
export interface OwnResult {
  row: ResultRow;
  runs: ResultRun[];
  curves: RunCurve[];
  /** `accuracy >= 0.99`; absent if the program logs the target itself. */
  target: string | undefined;
}

/**
 * Converts the finished runs of one series to a result that can be compared with published ones. Three or more runs have
 * MLPerf's score; with fewer, the score is the median time, and a note reports this.
 *
 * @param summary of the same runs
 * @param source the record's folder
 * @throws RangeError if there are no runs
 */
export function ownRow(
  reports: readonly RunReport[],
  summary: SeriesSummary,
  { source, accelerators }: { source: string; accelerators: readonly Accelerator[] },
): OwnResult {
  const [first] = reports;
  if (first === undefined) throw new RangeError("a result has at least one run");
  const rowId = `own/${first.request.series.id}`;
  const reached = reports.flatMap(({ result }) =>
    result.outcome.kind === "reached" ? [result] : [],
  );
  return {
    row: {
      rowId,
      ...identityOf(first, accelerators),
      ...withOrigin(timesOf(summary), first),
      runCount: reports.filter(({ result }) => result.outcome.kind !== "interrupted").length,
      convergedRunCount: reached.length,
      samplesToConverge: trimmedMean(reached.flatMap((result) => samplesOf(result) ?? [])),
      samplesUnit: "samples",
      ...energyOf(reached),
      statedCostUsd: costOf(reached),
      source,
    },
    runs: reports.map(({ request, result }) => ({
      rowId,
      run: result.runId,
      ...outcomeOf(result, summary),
      timeToTrainMs: result.outcome.kind === "reached" ? result.outcome.timeToTrainMs : undefined,
      samplesToConverge: samplesOf(result),
      seed: request.seed,
      joules: totalEnergy(result.energy)?.joules,
      initMs: result.clock.initMs,
    })),
    curves: reports.flatMap(({ request, result }) => {
      const metricName = result.target?.metric ?? request.target?.metric ?? "quality";
      return curveOf({ rowId, run: result.runId, metricName }, result);
    }),
    target: formatTargets(summary),
  };
}

function identityOf({ request, result }: RunReport, accelerators: readonly Accelerator[]) {
  const { system, startable } = request;
  // An imported run is named after its folder; a log of MLPerf names its benchmark.
  const named = startable.kind === "imported" ? result.rules?.benchmark : undefined;
  const benchmark = named ?? startable.name;
  const { accelerator_model_name: model, number_of_nodes: nodeCount } = system;
  const acceleratorCount = system.accelerators_per_node * nodeCount;
  const known =
    acceleratorCount === 0 ? undefined : nameAccelerator(model, system.system_name, accelerators);
  return {
    suite: "own" as const,
    round: "own",
    publishedOn: new Date(request.createdMs).toISOString().slice(0, 10),
    submitter: startable.kind === "imported" ? "imported" : "own",
    system: system.system_name,
    benchmark,
    benchmarkAsPublished: benchmark,
    compatibilityGroup: 1,
    scaling: "strong" as const,
    scoreKind: "score" as const,
    scalingFactor: 1,
    nodeCount,
    acceleratorCount: acceleratorCount === 0 ? undefined : acceleratorCount,
    accelerator: known?.name,
    acceleratorFamily: known?.family,
    acceleratorAsPublished: acceleratorCount === 0 ? undefined : model,
    framework: system.framework,
  };
}

/** The times of an imported run are those of its log: Pitwall has not measured them. */
function withOrigin(times: ReturnType<typeof timesOf>, { request: { startable } }: RunReport) {
  if (startable.kind !== "imported") return times;
  const { reliability } = startable.origin.times;
  const origin =
    reliability === "none" ? "the log has no times" : `times from the log, ${reliability}`;
  const further = "note" in times ? `; ${times.note}` : "";
  return { ...times, note: `imported: ${origin}${further}` };
}

function timesOf({ score, timeToTrainMs: times }: SeriesSummary) {
  const spread = { fastestMs: times?.minimum, medianMs: times?.median, slowestMs: times?.maximum };
  switch (score.kind) {
    case "scored":
      return { scoreMs: score.meanMs, unscaledMs: score.meanMs, ...spread };
    case "too-few-runs":
      return {
        scoreMs: times?.median,
        unscaledMs: times?.median,
        ...spread,
        note: `the median time: a score takes ${score.need} runs`,
      };
    case "resumed":
      return {
        ...spread,
        note: `${score.resumed.length} runs resumed from a checkpoint: no score`,
      };
    case "incomplete":
      return { ...spread, note: `${score.have} of ${score.need} requested runs ended: no score` };
    case "too-few-converged":
      return { ...spread, note: `${score.unconverged.length} runs missed the target: no score` };
  }
}

function outcomeOf(
  { runId, outcome }: RunResult,
  { score }: SeriesSummary,
): Pick<ResultRun, "fate" | "failure"> {
  if (outcome.kind === "untimed") return { fate: "not-needed", failure: "no-times" };
  if (outcome.kind === "interrupted") return { fate: "not-needed", failure: "interrupted" };
  if (outcome.kind !== "reached") return { fate: "failed", failure: "not-converged" };
  if (score.kind !== "scored") return { fate: "counted" };
  if (score.droppedFastest.includes(runId)) return { fate: "fastest" };
  return { fate: score.droppedSlowest.includes(runId) ? "slowest" : "counted" };
}

function samplesOf({ outcome }: RunResult): number | undefined {
  return outcome.kind === "reached" ? outcome.samplesCount : undefined;
}

/** The mean without the smallest and largest value if there are at least three, as for published results. */
function trimmedMean(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  if (values.length < 3) return median(values);
  return meanOf(values.toSorted((a, b) => a - b).slice(1, -1));
}

/** The mean per training; undefined if some runs were measured and others estimated. */
function energyOf(reached: readonly RunResult[]) {
  const readings = reached
    .map(({ energy }) => totalEnergy(energy))
    .filter((reading) => reading !== undefined);
  const labels = new Set(readings.map(({ label }) => label));
  const [energyLabel] = labels;
  if (energyLabel === undefined || labels.size > 1 || readings.length < reached.length) return {};
  return { energyJoules: meanOf(readings.map(({ joules }) => joules)), energyLabel };
}

function costOf(reached: readonly RunResult[]): number | undefined {
  const costs = reached.flatMap(({ cost }) =>
    cost.kind === "priced" ? (cost.trainingUsd ?? []) : [],
  );
  return costs.length === 0 || costs.length < reached.length ? undefined : meanOf(costs);
}

function curveOf(
  place: { rowId: string; run: string; metricName: string },
  { evaluations, clock }: RunResult,
): RunCurve[] {
  if (evaluations.length === 0) return [];
  const isByProgram = clock.programClock !== undefined;
  const samples = evaluations.map(({ samplesCount }) => samplesCount);
  const known = samples.filter((count) => count !== undefined);
  return [
    {
      ...place,
      series: "quality",
      // As in the time to train.
      clockMs: evaluations.map(({ clockMs, programMs }) =>
        isByProgram ? (programMs ?? clockMs) : clockMs,
      ),
      value: evaluations.map(({ value }) => value),
      ...(known.length === samples.length ? { samples: known } : {}),
      pointCount: evaluations.length,
    },
  ];
}
