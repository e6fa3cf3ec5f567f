import { summarise, type Summary } from "../../foundation/numbers/statistics.ts";
import type { Finding } from "../../schema/run/findings/finding.ts";
import { runName } from "../../schema/run/request/run-name.ts";
import type {
  RunReport,
  SeriesScore,
  SeriesSummary,
  UncountedRuns,
} from "../../schema/run/outcome/series-summary.ts";
import { countedRuns, retriedRuns } from "../../schema/run/outcome/counted-runs.ts";
import { environmentChanges } from "../use/environment-changes.ts";
import { olympicMean } from "./olympic-mean.ts";
import { sumEnergy } from "../parts/sum-energy.ts";
import { remainingSeeds } from "./remaining-seeds.ts";

/**
 * Scores the runs of one series: MLPerf's mean, median and range, and the total cost. Interrupted runs and
 * attempts that were retried are billed but never scored; warm-ups are neither.
 *
 * @param options whether `reports` are all runs of the series (default: yes), because a single one of its
 * runs is not an incomplete series
 * @throws RangeError if there are no runs
 */
export function summariseSeries(
  reports: readonly RunReport[],
  { isWholeSeries = true }: { isWholeSeries?: boolean } = {},
): SeriesSummary {
  const [first] = reports;
  if (first === undefined) throw new RangeError("a series has at least one run");
  const runs = isWholeSeries ? countedRuns(reports) : reports;
  const billed = reports.filter(({ request }) => !isWholeSeries || request.isWarmup !== true);
  const completed = runs.filter(({ result }) => result.outcome.kind !== "interrupted");
  // A log without times says whether the target was reached, but has no time to score.
  const timed = completed.filter(({ result }) => result.outcome.kind !== "untimed");
  const whole = runs.filter((run) => !isResumed(run));
  const reached = whole.flatMap(({ result }) =>
    result.outcome.kind === "reached" ? [result] : [],
  );
  return {
    seriesId: first.request.series.id,
    name: runName(first.request),
    target: first.result.target ?? first.request.target,
    ...furtherConditions(first.request),
    runCount: runs.length,
    completedCount: completed.length,
    reachedCount: reached.length + completed.length - timed.length,
    ...(isWholeSeries ? seriesFacts(reports) : {}),
    score: isWholeSeries ? scoreOf(reports, timed) : meanOf(timed),
    timeToTrainMs: summaryOf(whole.map((run) => scoredRun(run).timeToTrainMs)),
    samplesToTarget: summaryOf(
      reached.map(({ outcome }) => (outcome.kind === "reached" ? outcome.samplesCount : undefined)),
    ),
    samplesPerSecond: summaryOf(runs.map(({ result }) => result.samplesPerSecond)),
    cost: totalCost(billed),
    energy: sumEnergy(billed.flatMap(({ result }) => result.energy)),
    billedMs: totalBilledMs(billed),
    findings: [...seedFinding(completed), ...environmentFinding(runs)],
  };
}

/** The runs that are not counted, and why the series stopped early, if it did. */
function seriesFacts(
  reports: readonly RunReport[],
): Pick<SeriesSummary, "warmup" | "retried" | "stop"> {
  const warmups = reports.filter(({ request }) => request.isWarmup === true);
  const retried = retriedRuns(reports);
  const stop = reports.at(-1)?.result.seriesStop;
  return {
    ...(warmups.length === 0 ? {} : { warmup: uncounted(warmups) }),
    ...(retried.length === 0 ? {} : { retried: uncounted(retried) }),
    ...(stop === undefined ? {} : { stop }),
  };
}

function furtherConditions({ furtherTargets, targetWindow }: RunReport["request"]) {
  return {
    ...(furtherTargets === undefined ? {} : { furtherTargets }),
    ...(targetWindow === undefined ? {} : { targetWindow }),
  };
}

function scoreOf(runs: readonly RunReport[], completed: readonly RunReport[]): SeriesScore {
  const missing = remainingSeeds(runs);
  if (missing.length === 0) return meanOf(completed);
  return {
    kind: "incomplete",
    have: completed.length,
    need: completed.length + missing.length,
    interrupted: countedRuns(runs)
      .filter(({ result }) => result.outcome.kind === "interrupted")
      .map(({ result }) => result.runId),
  };
}

/** A run that continued a training from a checkpoint has no time to train: part of it was in another run. */
function meanOf(completed: readonly RunReport[]): SeriesScore {
  const resumed = completed.filter(isResumed);
  if (resumed.length === 0) return olympicMean(completed.map(scoredRun));
  return { kind: "resumed", resumed: resumed.map(({ result }) => result.runId) };
}

function isResumed({ result }: RunReport): boolean {
  return result.findings.some(({ rule }) => rule === "resumed-from-checkpoint");
}

function uncounted(runs: readonly RunReport[]): UncountedRuns {
  const cost = totalCost(runs);
  return {
    count: runs.length,
    billedMs: totalBilledMs(runs),
    ...(cost === undefined ? {} : { billedUsd: cost.billedUsd }),
  };
}

function totalBilledMs(runs: readonly RunReport[]): number {
  return runs.reduce(
    (sum, { result }) => sum + (result.continues?.billedMs ?? 0) + result.clock.billedMs,
    0,
  );
}

function scoredRun({ result }: RunReport): { runId: string; timeToTrainMs: number | undefined } {
  const { outcome, runId } = result;
  return { runId, timeToTrainMs: outcome.kind === "reached" ? outcome.timeToTrainMs : undefined };
}

function summaryOf(values: readonly (number | undefined)[]): Summary | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : summarise(known);
}

function totalCost(runs: readonly RunReport[]): SeriesSummary["cost"] {
  const costs = runs.flatMap(({ result }) => (result.cost.kind === "priced" ? [result.cost] : []));
  const [first] = costs;
  if (first === undefined) return undefined;
  return {
    billedUsd: costs.reduce((sum, cost) => sum + cost.billedUsd, 0),
    trainingUsd: costs.reduce((sum, cost) => sum + (cost.trainingUsd ?? 0), 0),
    price: first.price,
    unitCount: first.unitCount,
  };
}

/** Finds runs with different seeds and identical curves: the program does not use its seed. */
function seedFinding(runs: readonly RunReport[]): Finding[] {
  // The seeds of an imported log may be unknown.
  const known = runs.filter(
    ({ request: { startable } }) => startable.kind !== "imported" || startable.origin.seedIsKnown,
  );
  const seeds = new Set(known.map(({ request }) => request.seed));
  const curves = runs.map(({ result }) => result.evaluations.map((point) => point.value).join(" "));
  const isSame = new Set(curves).size === 1 && curves[0]?.includes(" ") === true;
  return seeds.size > 1 && isSame ? [{ rule: "seed-has-no-effect", runCount: runs.length }] : [];
}

/** A series that was resumed later may have another machine, commit or version. */
function environmentFinding(runs: readonly RunReport[]): Finding[] {
  const changes = environmentChanges(runs.map(({ request }) => request));
  return changes.length === 0 ? [] : [{ rule: "environment-changed", changes }];
}
