import type { Finding } from "../../schema/run/findings/finding.ts";
import type { LogTimes } from "../../schema/run/events/log-origin.ts";
import type { RunRequest } from "../../schema/run/request/run-request.ts";
import type { Outcome } from "../../schema/run/outcome/outcome.ts";
import type { RunClock } from "../../schema/run/outcome/run-result.ts";
import { checkTimedPart } from "./check-timed-part.ts";
import type { CpuHistory } from "./cpu-history.ts";
import { samplesPerSecond } from "../readings/samples-rate.ts";
import { elapsedMs } from "../tracking/seen-evaluation.ts";
import type { TrackedRun } from "../tracking/tracked-run.ts";

/** How the processes of a run ended. */
export type RunEnd =
  | { kind: "exited"; exitCode: number | undefined; signal: string | undefined }
  | {
      kind: "stopped";
      reason:
        | "target"
        | "max-time"
        | "max-cost"
        | "max-samples"
        | "not-a-number"
        | "interrupt"
        | "preemption";
    };

export interface Judgement {
  outcome: Outcome;
  clock: RunClock;
  samplesPerSecond: number | undefined;
  findings: Finding[];
}

interface RunTimes {
  launchedMs: number;
  /** How long data was put on the hosts before the launch; billed, not timed. */
  dataMs?: number | undefined;
  /** How long later attempts waited in the queue of a scheduler; timed, not billed. */
  requeuedMs?: number | undefined;
  endedMs: number;
  cpu?: CpuHistory;
  /** Where the times are from, if the run was imported; then no output arrived, and there is no launch. */
  ofLog?: LogTimes | undefined;
}

/** The times of a run are those of its log, if it was imported. */
export function logTimesOf({ startable }: Pick<RunRequest, "startable">): LogTimes | undefined {
  return startable.kind === "imported" ? startable.origin.times : undefined;
}

/** Two clocks that differ by less than this agree, because output is delayed. */
const clockToleranceMs = 1000;
const clockToleranceFraction = 0.01;

/** The verdict on a run: reached, missed, failed or interrupted, and its time by MLPerf's clock. */
export function judgeRun(run: TrackedRun, end: RunEnd, times: RunTimes): Judgement {
  const findings = [...run.findings, ...neverRead(run), ...metApart(run)];
  const { ofLog } = times;
  if (ofLog?.source === "none") return withoutTimes(run, end, { times, findings });
  const timed = timedPart(run, findings, times.launchedMs);
  if (ofLog === undefined) findings.push(...timedPartFindings(run, timed, times));
  else if (timed.source === "arrival") timed.source = "log";
  const outcome = outcomeOf(run, end, wholeMs(run, timed.durationMs));
  if (
    outcome.kind === "reached" &&
    end.kind === "exited" &&
    (end.signal !== undefined || (end.exitCode !== undefined && end.exitCode !== 0))
  ) {
    findings.push({ rule: "exited-after-target", ...exitOf(end) });
  }
  const samplesCount = finishOf(run)?.samplesCount ?? run.samplesCount;
  return {
    outcome,
    clock: clockOf(run, timed, times),
    samplesPerSecond: samplesPerSecond(run, samplesCount, wholeMs(run, timed.durationMs)),
    findings,
  };
}

/** With the timed part of the runs that this one continues. */
function wholeMs({ earlierMs }: TrackedRun, durationMs: number | undefined): number | undefined {
  return durationMs === undefined ? undefined : earlierMs + durationMs;
}

/** Findings that compare the timed part of a run that Pitwall launched with its CPU time. */
function timedPartFindings(
  { start }: TrackedRun,
  { durationMs, source }: TimedPart,
  { launchedMs, cpu }: RunTimes,
): Finding[] {
  if (start === undefined || durationMs === undefined || source === "program") return [];
  return checkTimedPart({ launchedMs, startMs: start.arrivalMs, durationMs }, cpu);
}

/** A log without times has evaluations, but no time to train. */
function withoutTimes(
  run: TrackedRun,
  end: RunEnd,
  { times, findings }: { times: RunTimes; findings: Finding[] },
): Judgement {
  const outcome: Outcome = finishOf(run) === undefined ? unreached(run, end) : { kind: "untimed" };
  if (run.best !== undefined) outcome.bestQuality = run.best;
  const clock = clockOf(run, { durationMs: undefined, source: "log" }, times);
  return { outcome, clock, samplesPerSecond: undefined, findings };
}

/** A run that ended without a target or a `run_stop` to judge it by. */
function neverRead(run: TrackedRun): Finding[] {
  const { targets, evaluations, stop, latest } = run;
  const isAnswered = evaluations.length > 0 || stop !== undefined;
  if (isAnswered && targets.length < 2) return [];
  const metricsSeen = [...latest.keys()];
  if (targets.length === 0) return [{ rule: "quality-never-read", metricsSeen }];
  const unread = run.standings.filter(
    ({ target, evaluationCount }) => evaluationCount === 0 && !latest.has(target.metric),
  );
  return [...new Set(unread.map(({ target }) => target.metric))].map((metric) => ({
    rule: "quality-never-read",
    metric,
    metricsSeen,
  }));
}

/** Each of several targets was met, but never all of them by the newest evaluations. */
function metApart({ standings, reached }: TrackedRun): Finding[] {
  const isApart =
    reached === undefined && standings.every(({ firstMetMs }) => firstMetMs !== undefined);
  return isApart && standings.length > 1
    ? [{ rule: "targets-met-apart", targetCount: standings.length }]
    : [];
}

interface TimedPart {
  /** From run_start to the end of the timed part; absent if the target was not reached. */
  durationMs: number | undefined;
  source: RunClock["source"];
}

function timedPart(run: TrackedRun, findings: Finding[], launchedMs: number): TimedPart {
  const byProgram = programTime(run, launchedMs);
  if (byProgram?.kind === "time") return { durationMs: byProgram.timeMs, source: "program" };
  if (byProgram?.kind === "unusable") findings.push(byProgram.finding);
  return loggedOrArrived(run, findings);
}

/** What the program's own clock showed at the target; undefined where it is not read or the target was not met. */
function programTime(
  { programClock, reached }: TrackedRun,
  launchedMs: number,
): { kind: "time"; timeMs: number } | { kind: "unusable"; finding: Finding } | undefined {
  if (programClock === undefined || reached === undefined) return undefined;
  const { name: clock, wentBack } = programClock;
  const common = { rule: "program-clock-unusable" as const, clock };
  const { programMs } = reached;
  if (programMs === undefined || programMs < 0)
    return { kind: "unusable", finding: { ...common, problem: "missing" } };
  if (wentBack !== undefined) {
    const { fromMs: otherMs, toMs: shownMs } = wentBack;
    return { kind: "unusable", finding: { ...common, problem: "backwards", shownMs, otherMs } };
  }
  const otherMs = reached.arrivalMs - launchedMs;
  if (programMs > otherMs + Math.max(clockToleranceMs, clockToleranceFraction * otherMs)) {
    const shown = { shownMs: programMs, otherMs };
    return { kind: "unusable", finding: { ...common, problem: "ahead", ...shown } };
  }
  return { kind: "time", timeMs: programMs };
}

function loggedOrArrived(run: TrackedRun, findings: Finding[]): TimedPart {
  const finish = finishOf(run);
  if (run.start === undefined || finish === undefined) {
    return {
      durationMs: undefined,
      source: run.start?.loggedMs === undefined ? "arrival" : "mllog",
    };
  }
  const arrivedMs = finish.arrivalMs - run.start.arrivalMs;
  if (run.start.loggedMs === undefined || finish.loggedMs === undefined) {
    return { durationMs: Math.max(0, arrivedMs), source: "arrival" };
  }
  const loggedMs = elapsedMs(run.start, finish);
  if (!Number.isFinite(loggedMs) || loggedMs < 0) {
    const reason = `the logged times run from ${run.start.loggedMs} to ${finish.loggedMs}`;
    findings.push({ rule: "logged-clock-unusable", reason });
    // A run_start that arrived after run_stop leaves no timed part.
    return { durationMs: arrivedMs < 0 ? undefined : arrivedMs, source: "arrival" };
  }
  const differenceMs = loggedMs - arrivedMs;
  const toleranceMs = Math.max(clockToleranceMs, clockToleranceFraction * arrivedMs);
  if (differenceMs > toleranceMs) findings.push({ rule: "clock-stepped", steppedMs: differenceMs });
  if (differenceMs < -toleranceMs)
    findings.push({ rule: "logged-clock-disagrees", loggedMs, arrivedMs });
  return { durationMs: loggedMs, source: "mllog" };
}

/**
 * The end of the timed part: a run_stop with status success, else the first evaluation after which all targets were met.
 * A program does not know further targets or means, so its run_stop does not end the timed part of such a run.
 */
function finishOf(run: TrackedRun): TrackedRun["reached"] | TrackedRun["stop"] {
  const isSuccess = run.stop?.status === "success";
  if (run.target === undefined) return isSuccess ? run.stop : undefined;
  if (run.reached === undefined) return undefined;
  return isSuccess && !run.isCompound ? run.stop : run.reached;
}

function outcomeOf(run: TrackedRun, end: RunEnd, durationMs: number | undefined): Outcome {
  const finish = finishOf(run);
  if (finish !== undefined && durationMs !== undefined) {
    const reached: Outcome = { kind: "reached", timeToTrainMs: durationMs };
    const quality = run.reached?.value ?? run.best;
    const samplesCount = run.reached?.samplesCount ?? finish.samplesCount;
    if (quality !== undefined) reached.quality = quality;
    if (samplesCount !== undefined) reached.samplesCount = samplesCount;
    return reached;
  }
  const missed = unreached(run, end);
  return run.best === undefined ? missed : { ...missed, bestQuality: run.best };
}

function unreached(run: TrackedRun, end: RunEnd): Exclude<Outcome, { kind: "reached" }> {
  if (end.kind === "stopped") {
    if (end.reason === "interrupt" || end.reason === "preemption") return { kind: "interrupted" };
    return { kind: "missed", reason: end.reason === "target" ? "ended" : end.reason };
  }
  // Training ends at run_stop; exit code 1 after it only means that the target was missed.
  const isAnswered = run.stop !== undefined && end.exitCode === 1;
  const isClean = end.signal === undefined && (end.exitCode === 0 || isAnswered);
  return isClean ? { kind: "missed", reason: "ended" } : { kind: "died", ...exitOf(end) };
}

function clockOf(
  run: TrackedRun,
  timed: TimedPart,
  times: Pick<RunTimes, "launchedMs" | "endedMs" | "dataMs" | "requeuedMs">,
): RunClock {
  const { dataMs = 0, requeuedMs = 0 } = times;
  const clock: RunClock = {
    launchedMs: times.launchedMs,
    endedMs: times.endedMs,
    billedMs: Math.max(0, times.endedMs - times.launchedMs - requeuedMs) + dataMs,
    source: timed.source,
  };
  if (run.start === undefined) return clock;
  clock.runStartMs = run.start.arrivalMs;
  clock.initMs = Math.max(0, run.start.arrivalMs - times.launchedMs);
  if (timed.durationMs === undefined) return clock;
  const { programClock, reached } = run;
  if (timed.source !== "program" || programClock === undefined || reached === undefined) {
    clock.runStopMs = run.start.arrivalMs + timed.durationMs;
    return clock;
  }
  clock.runStopMs = reached.arrivalMs;
  clock.programClock = {
    name: programClock.name,
    timeMs: timed.durationMs,
    fromLaunchMs: reached.arrivalMs - times.launchedMs,
  };
  return clock;
}

function exitOf(end: { exitCode: number | undefined; signal: string | undefined }): {
  exitCode?: number;
  signal?: string;
} {
  if (end.signal !== undefined) return { signal: end.signal };
  return end.exitCode === undefined ? {} : { exitCode: end.exitCode };
}
