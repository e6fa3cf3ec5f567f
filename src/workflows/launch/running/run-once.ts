import { isTerminated } from "../../../foundation/errors/signal-received.ts";
import { noProbe } from "../../../probe/no-probe.ts";
import type { RunEvent, StopReason } from "../../../schema/run/events/run-event.ts";
import type { RunRequest } from "../../../schema/run/request/run-request.ts";
import type { RunReport } from "../../../schema/run/outcome/series-summary.ts";
import type { StopAfter } from "../../../score/series/series-stop.ts";
import type { RunWriter } from "../../../store/records/run-store.ts";
import type { JobRecovery } from "../../recovery/recover-job.ts";
import type { EarlierAttempts } from "../../recovery/earlier-attempts.ts";
import { JobAttempts } from "../../recovery/job-attempts.ts";
import { createRecord, startJob, type Launched, type LaunchParts } from "./launch-run.ts";
import { endUnlaunched, endUnstarted } from "./end-unlaunched.ts";
import type { MetricFiles } from "../metric-files/metric-files.ts";
import { openMetricFiles } from "../metric-files/open-metric-files.ts";
import { prepareRun } from "../prepare/prepare-run.ts";
import { RunInProgress } from "./run-in-progress.ts";
import { stageRun } from "../prepare/stage-run.ts";
import type { RunWorld, TargetWorld } from "../targets/run-world.ts";

const lastLineCount = 10;

interface RunOptions {
  interrupt: AbortSignal;
  /** Times to train of earlier runs of the series. */
  earlierCrossingsMs: readonly number[];
  /** Whether the series stops with this run; its record states why. */
  stopAfter: StopAfter;
}

/**
 * Performs one run: launches it, reads its output, stops it on request, judges it, and closes its record.
 *
 * @throws UserError if the program can't be started; WorldError if the disk fails
 */
export async function* runOnce(
  request: RunRequest,
  { world, target }: { world: RunWorld; target: TargetWorld },
  options: RunOptions,
): AsyncGenerator<RunEvent> {
  const writer = await createRecord(request, world);
  yield { kind: "created", request, directory: writer.directory };
  const { interrupt, stopAfter } = options;
  const staged = yield* stageRun(request, { world, target, writer }, interrupt);
  if (staged.kind !== "ready") {
    yield* endUnlaunched({ request, writer, unlaunched: staged, stopAfter });
    return;
  }
  const { dataMs, hostEnv } = staged;
  const prepared = yield* prepareRun(request, { world, writer, hostEnv }, interrupt);
  if (prepared.kind !== "ready") {
    yield* endUnlaunched({ request, writer, unlaunched: { ...prepared, dataMs }, stopAfter });
    return;
  }
  const launching = { launcher: target.launcher, writer, interrupt, hostEnv };
  const launch = () => startOrClose(request, world, launching);
  const { prepareMs } = prepared;
  const recovery = await recoveryOf(request, world, launching);
  const followed = { request, writer, launch, prepareMs, dataMs, recovery };
  try {
    yield* followJob(followed, { world, target }, options);
  } finally {
    await recovery?.close();
  }
}

/** Starts the job; if that fails, closes the record, which says why. */
async function* startOrClose(
  request: RunRequest,
  world: RunWorld,
  parts: LaunchParts,
): AsyncGenerator<RunEvent, Launched> {
  try {
    return yield* startJob(request, world, parts);
  } catch (error) {
    await endUnstarted(request, { writer: parts.writer, nowMs: () => world.nowMs() }, error);
    throw error;
  }
}

/** Loaded only for a run that is restarted after failures. */
async function recoveryOf(
  request: RunRequest,
  world: RunWorld,
  launching: Omit<LaunchParts, "attempt">,
): Promise<JobRecovery | undefined> {
  const { recovery } = request;
  if (recovery === undefined) return undefined;
  const { JobRecovery: Recovery } = await import("../../recovery/recover-job.ts");
  return new Recovery({ request: { ...request, recovery }, world, launching });
}

interface FollowingWorld {
  world: Pick<RunWorld, "nowMs" | "onCheckpointRequest">;
  target: TargetWorld;
}

interface FollowedRun {
  request: RunRequest;
  writer: RunWriter;
  launch: () => AsyncGenerator<RunEvent, Launched>;
  prepareMs: number | undefined;
  dataMs: number | undefined;
  stopReason?: StopReason | undefined;
  isAttached?: boolean;
  recovery?: JobRecovery | undefined;
  /** Of a run that was restarted before. */
  earlier?: EarlierAttempts | undefined;
  /** Once aborted, the job is no longer followed and continues. */
  leave?: AbortSignal;
}

/**
 * Follows a job to its end, judges the run and closes its record.
 *
 * @param run `launch` starts the job or attaches to it; `stopReason`: why the job is already being stopped
 */
export async function* followJob(
  run: FollowedRun,
  { world, target }: FollowingWorld,
  options: RunOptions,
): AsyncGenerator<RunEvent> {
  const { request, writer, prepareMs, dataMs } = run;
  const files = await openMetricFiles(request, () => world.nowMs());
  const launched = yield* run.launch();
  if (launched.kind === "withdrawn") {
    files?.close();
    const { stopAfter } = options;
    const unlaunched = { ...launched, prepareMs, dataMs: launched.dataMs ?? dataMs };
    yield* endUnlaunched({ request, writer, unlaunched, stopAfter });
    return;
  }
  const waited = { ...launched, dataMs: launched.dataMs ?? dataMs };
  yield* followLaunched({ ...run, ...waited, files }, { world, target }, options);
}

async function* followLaunched(
  run: FollowedRun & Extract<Launched, { kind: "launched" }> & { files: MetricFiles | undefined },
  { world, target }: FollowingWorld,
  { interrupt, earlierCrossingsMs, stopAfter }: RunOptions,
): AsyncGenerator<RunEvent> {
  const { request, writer, prepareMs, dataMs, queuedMs, files, recovery } = run;
  const { earlier } = run;
  const job = new JobAttempts(run.job, earlier);
  const starting =
    request.observe === "none"
      ? Promise.resolve(noProbe())
      : target.startProbe({ job, gpuUuids: request.system.accelerator_uuids });
  const probe = await starting.catch(async (error: unknown) => {
    await job.stop({ graceMs: 0 });
    await writer.close();
    throw error;
  });
  const waits = { prepareMs, dataMs, queuedMs };
  const parts = {
    request,
    probe,
    job,
    recovery,
    writer,
    earlierCrossingsMs,
    stopAfter,
    waits,
    isAttached: run.isAttached,
    earlier,
  };
  const progress = new RunInProgress({ ...parts, files, nowMs: () => world.nowMs() });
  if (!isTimedByArrival(request)) progress.reader.startRules();
  const stopListening = listen(run, { progress, job, interrupt, world });
  let report: FollowedEnd | undefined;
  try {
    yield* progress.follow();
    report = yield* endOf(progress, { job, request, recovery, nowMs: () => world.nowMs() });
  } finally {
    stopListening();
    // The disk failed, or the caller stopped reading these events: leave no process running.
    if (report === undefined) await progress.abandon();
    files?.close();
  }
  if (report === "left") {
    await progress.leave();
    return;
  }
  if (report === "made-way") return;
  await job.release();
  yield { kind: "finished", report, lastLines: progress.reader.lastLines(lastLineCount) };
}

/** Whether a later process can continue the run: jobs of other hosts go on without Pitwall, and a race compares whole runs. */
function canMakeWay({ recovery, launchTarget, race }: RunRequest): boolean {
  return recovery !== undefined && launchTarget.kind === "local" && race === undefined;
}

/** Does what the user asks for: stop, leave, store a checkpoint. @returns ends that */
function listen(
  run: Pick<FollowedRun, "request" | "stopReason" | "leave">,
  {
    progress,
    job,
    interrupt,
    world,
  }: {
    progress: RunInProgress;
    job: JobAttempts;
    interrupt: AbortSignal;
    world: FollowingWorld["world"];
  },
): () => void {
  const makesWay = (): boolean => canMakeWay(run.request) && isTerminated(interrupt);
  const stopByHand = (): void => progress.stop(makesWay() ? "preemption" : "interrupt");
  const stopAsking = world.onCheckpointRequest?.(() => job.askForCheckpoint());
  if (run.stopReason !== undefined) progress.stop(run.stopReason);
  interrupt.addEventListener("abort", stopByHand, { once: true });
  if (interrupt.aborted) stopByHand();
  const leave = (): void => job.detach();
  run.leave?.addEventListener("abort", leave, { once: true });
  if (run.leave?.aborted === true) leave();
  return () => {
    stopAsking?.();
    interrupt.removeEventListener("abort", stopByHand);
  };
}

type FollowedEnd = RunReport | "left" | "made-way";

/** The verdict of a job that has ended; one that made way leaves its record open for a later process that starts it again, unless no restart is left. */
async function* endOf(
  progress: RunInProgress,
  parts: {
    job: JobAttempts;
    request: RunRequest;
    recovery: JobRecovery | undefined;
    nowMs: () => number;
  },
): AsyncGenerator<RunEvent, FollowedEnd> {
  if (!progress.hasEnded) return "left";
  const { job, request, recovery, nowMs } = parts;
  const attempt = progress.hasMadeWay
    ? await recovery?.endedWithPitwall(job.current, { endedMs: nowMs(), pitwall: "told-to-stop" })
    : undefined;
  if (attempt === undefined) return yield* progress.conclude();
  await progress.leave();
  await job.release();
  yield { kind: "made-way", runId: request.runId, attempt };
  return "made-way";
}

/** Whether the clock uses the arrival times of output instead of times that the program logs. */
function isTimedByArrival({ reading }: RunRequest): boolean {
  return reading.metrics.length > 0 || reading.clockStartPattern !== undefined;
}
