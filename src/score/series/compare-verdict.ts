import type { LaunchTarget } from "../../schema/run/hosts/launch-target.ts";
import type { TargetStanding } from "../../schema/run/outcome/metric-target.ts";
import type { VerdictDifference } from "../../schema/run/run-page.ts";
import type { RunRequest } from "../../schema/run/request/run-request.ts";
import type { Evaluation, RunResult } from "../../schema/run/outcome/run-result.ts";
import { countsFromBefore } from "../readings/samples-rate.ts";
import { billedTrainingMs } from "../use/cost-of-run.ts";
import { costOfParts } from "../parts/totals-of-parts.ts";
import type { Judgement } from "../judging/judge-run.ts";
import type { ThinnedEvaluations } from "../tracking/thinned-evaluations.ts";
import type { TrackedRun } from "../tracking/tracked-run.ts";

interface JudgedAgain {
  run: Pick<
    TrackedRun,
    "series" | "samplesBeforeClock" | "startedBy" | "mixesClocks" | "isCompound" | "standings"
  >;
  judgement: Judgement;
}

/**
 * Differences between result.json and log and events. Values are compared exactly. So are times, with
 * three exceptions: evaluations that Pitwall logged itself are recorded to the millisecond; records of
 * 0.1.0 have times to the millisecond; and a program that logs `run_start` and prints its metric on
 * lines without a time mixes two clocks, which differ by the delay of the output. If it logs its
 * evaluations and no `run_start`, the times of these are not compared: the record has the logged ones,
 * and its clock is by arrival.
 */
export function compareVerdict(
  request: RunRequest,
  result: RunResult,
  { run, judgement }: JudgedAgain,
): VerdictDifference[] {
  const startsLogged = run.startedBy === "run_start";
  const isDelayed = run.mixesClocks && startsLogged;
  const toleranceMs = isDelayed ? arrivalToleranceMs : result.sealedBy === undefined ? 1 : 0;
  const ofEvaluationsMs =
    run.mixesClocks && !startsLogged ? Number.POSITIVE_INFINITY : Math.max(1, toleranceMs);
  const clockNames = ["launchedMs", "endedMs", "billedMs"] as const;
  return [
    ...outcomeDifferences(result.outcome, judgement.outcome, toleranceMs),
    ...clockNames.flatMap((name) =>
      differenceIn(`clock.${name}`, result.clock[name], judgement.clock[name], toleranceMs),
    ),
    ...(toleranceMs > 0 ? [] : rateDifferences(result, judgement, run)),
    ...costDifferences(request, result, judgement),
    ...evaluationDifferences(result, run.series, ofEvaluationsMs),
    ...targetDifferences(result.targets ?? [], run.isCompound ? run.standings : []),
  ];
}

const rateTolerance = 0.01;
/** The tolerance of the judge for two clocks that agree. */
const arrivalToleranceMs = 1000;

type Fields = Readonly<Record<string, unknown>>;

function outcomeDifferences(
  recorded: Fields,
  recomputed: Fields,
  toleranceMs: number,
): VerdictDifference[] {
  const names = new Set([...Object.keys(recorded), ...Object.keys(recomputed)]);
  return [...names].flatMap((name) =>
    differenceIn(
      `outcome.${name}`,
      recorded[name],
      recomputed[name],
      name === "timeToTrainMs" ? toleranceMs : 0,
    ),
  );
}

/** The throughput from the first evaluation on depends on the time of the first evaluation, which is recorded to the millisecond. */
function rateDifferences(
  { samplesPerSecond = 0 }: RunResult,
  judgement: Judgement,
  { series, samplesBeforeClock }: JudgedAgain["run"],
): VerdictDifference[] {
  if (isOfAllSamples(samplesPerSecond, judgement)) return [];
  const isByEvaluations =
    countsFromBefore({ samplesBeforeClock, evaluations: series.kept }) !== undefined;
  const tolerance = isByEvaluations ? samplesPerSecond * rateTolerance : 0;
  const again = judgement.samplesPerSecond ?? 0;
  return differenceIn("samplesPerSecond", samplesPerSecond, again, tolerance);
}

/** Earlier versions divided all samples by the clock, also those from before it. */
function isOfAllSamples(samplesPerSecond: number, { outcome }: Judgement): boolean {
  if (outcome.kind !== "reached" || outcome.samplesCount === undefined) return false;
  const all = outcome.samplesCount / (outcome.timeToTrainMs / 1000);
  return Math.abs(samplesPerSecond - all) <= all * 1e-9;
}

/** The cost follows from the recorded times, which are compared separately. */
function costDifferences(
  { price, system, launchTarget: recorded, continues }: RunRequest,
  { cost, outcome, dataMs }: RunResult,
  { clock }: Judgement,
): VerdictDifference[] {
  const trainingMs = billedTrainingMs({ outcome, clock, dataMs });
  // Earlier versions did not bill spare nodes.
  const hasSpares = cost.kind === "priced" && cost.spareUsd !== undefined;
  const launchTarget: LaunchTarget = hasSpares ? recorded : { kind: "local" };
  const { billedMs } = clock;
  const again = costOfParts({ billedMs, trainingMs, price, launchTarget, system }, continues);
  if (cost.kind !== "priced" || again.kind !== "priced")
    return differenceIn("cost.kind", cost.kind, again.kind);
  return [
    ...differenceIn("cost.billedUsd", cost.billedUsd, again.billedUsd),
    ...differenceIn("cost.spareUsd", cost.spareUsd, again.spareUsd),
    ...differenceIn("cost.trainingUsd", cost.trainingUsd, again.trainingUsd),
    ...differenceIn("cost.price.usdPerHour", cost.price.usdPerHour, again.price.usdPerHour),
    ...differenceIn("cost.unitCount", cost.unitCount, again.unitCount),
  ];
}

function evaluationDifferences(
  result: RunResult,
  series: ThinnedEvaluations,
  toleranceMs: number,
): VerdictDifference[] {
  const count = result.evaluationCount ?? result.evaluations.length;
  if (count !== series.count) return differenceIn("evaluationCount", count, series.count);
  const recorded = thinnedLike(series, result);
  const recomputed = series.kept;
  if (recorded.length !== recomputed.length)
    return differenceIn("evaluations.length", recorded.length, recomputed.length);
  for (const [index, was] of recorded.entries()) {
    const is = recomputed[index];
    const at = `evaluations[${index}]`;
    const differences = [
      ...differenceIn(`${at}.value`, was.value, is?.value),
      ...differenceIn(`${at}.samplesCount`, was.samplesCount, is?.samplesCount),
      ...differenceIn(`${at}.epochNum`, was.epochNum, is?.epochNum),
      ...differenceIn(`${at}.clockMs`, was.clockMs, is?.clockMs, toleranceMs),
    ];
    // The first difference is enough.
    if (differences.length > 0) return differences;
  }
  return [];
}

/** Records of older versions contain all evaluations. */
function thinnedLike(
  series: ThinnedEvaluations,
  { evaluations, evaluationCount }: RunResult,
): readonly Evaluation[] {
  if (evaluationCount !== undefined || evaluations.length === series.kept.length)
    return evaluations;
  return series.keptAfter(0).flatMap(({ number }) => evaluations[number - 1] ?? []);
}

/** Times are not compared: the log has no time for each value of a further target's metric. */
function targetDifferences(
  recorded: readonly TargetStanding[],
  recomputed: readonly TargetStanding[],
): VerdictDifference[] {
  if (recorded.length !== recomputed.length)
    return differenceIn("targets.length", recorded.length, recomputed.length);
  const names = ["evaluationCount", "best", "isMet", "longestStreak"] as const;
  return recorded.flatMap((was, index) =>
    names.flatMap((name) =>
      differenceIn(`targets[${index}].${name}`, was[name], recomputed[index]?.[name]),
    ),
  );
}

function differenceIn(
  field: string,
  recorded: unknown,
  recomputed: unknown,
  tolerance = 0,
): VerdictDifference[] {
  const areNumbers = typeof recorded === "number" && typeof recomputed === "number";
  const isSame = areNumbers
    ? Math.abs(recorded - recomputed) <= tolerance
    : recorded === recomputed;
  return isSame ? [] : [{ field, recorded: textOf(recorded), recomputed: textOf(recomputed) }];
}

function textOf(value: unknown): string {
  return value === undefined ? "absent" : JSON.stringify(value);
}
