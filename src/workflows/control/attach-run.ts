import { hostname } from "node:os";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { AttachOutcome, LaunchedJob } from "../../launch/launcher.ts";
import type { RunEvent, StopReason } from "../../schema/run/events/run-event.ts";
import { continueRecord } from "../../store/records/disk-run-store.ts";
import type { LaunchedRank } from "../../schema/run/hosts/rank.ts";
import { eventsOfLastAttempt, isAttemptPending } from "../../schema/run/outcome/attempts.ts";
import { type JobRanks, jobRanksOf } from "../../schema/run/hosts/job-ranks.ts";
import { currentOwner } from "../../store/records/write/process-owner.ts";
import type { RunRecord, RunWriter } from "../../store/records/run-store.ts";
import { type EarlierAttempts, earlierAttempts } from "../recovery/earlier-attempts.ts";
import { continueKilledRun } from "../recovery/continue-killed-run.ts";
import { JobRecovery, placeOfAttempt } from "../recovery/recover-job.ts";
import { variablesOf } from "../../launch/data/variables-of.ts";
import type { Launched } from "../launch/running/launch-run.ts";
import { followJob } from "../launch/running/run-once.ts";
import type { RunWorld, TargetWorld } from "../launch/targets/run-world.ts";
import { dataMsOf } from "../../schema/run/measured/data-time.ts";

interface AttachOptions {
  /** Once aborted, the job is left running, and another process may attach to it. */
  leave?: AbortSignal;
  /** Whether to end the job instead of following it to its end. */
  stops?: boolean;
  /** Starts the job again after failures, if the run allows it; absent: a failure ends the run. */
  restarts?: RunWorld;
}

type AttachedRecord = Pick<RunRecord, "runId" | "directory" | "request" | "events" | "readLog">;

export type AttachEvent =
  /** The number of processes of the job that are running. */
  | {
      kind: "attached";
      runId: string;
      hasEnded: boolean;
      processCount: number;
      /** Hosts that do not answer now. */
      missing: readonly string[];
    }
  | RunEvent;

/**
 * Takes over the record of a run whose Pitwall process has died: reads the output that it has received and asks its hosts for what
 * followed, judges the run at its end and closes the record.
 *
 * @throws UserError `attach-impossible`, `job-unknown`, `run-attached`, WorldError `start-failed`, and what reaching the hosts throws
 */
export async function* attachRun(
  given: AttachedRecord,
  world: Pick<RunWorld, "nowMs" | "openTarget" | "onCheckpointRequest">,
  options: AttachOptions,
): AsyncGenerator<AttachEvent> {
  const target = world.openTarget(placeOfAttempt(given.request, given.events.events).target);
  try {
    const record = await withNextAttempt(given, target, options);
    const { events, runId } = record;
    // Pitwall was killed between two attempts: the next one has no job yet, or one that is not in the record.
    const isPending = options.restarts !== undefined && isAttemptPending(events.events);
    const attaching = isPending ? undefined : attach(record, target);
    const attached = attaching === undefined ? undefined : await orLeft(attaching, options.leave);
    if (attaching !== undefined && attached === undefined) {
      // Whatever comes of it later is not followed.
      attaching.then(({ job }) => job.detach?.()).catch(() => undefined);
      return;
    }
    const { hasEnded = true, processCount = 0, missing = [] } = attached ?? {};
    yield { kind: "attached", runId, hasEnded, processCount, missing };
    yield* followAttached({ record, target, attached }, world, options);
  } finally {
    await target.launcher.close?.();
  }
}

/** A job of this machine ended with its Pitwall: what is left to follow is its next attempt, if the run allows one. */
async function withNextAttempt(
  record: AttachedRecord,
  { launcher }: TargetWorld,
  { restarts }: AttachOptions,
): Promise<AttachedRecord> {
  const { recovery } = record.request;
  const { events } = record.events;
  const wasLaunched = events.some(({ event }) => event.kind === "launched");
  const hasEnded = launcher.attach === undefined && wasLaunched && !isAttemptPending(events);
  if (!hasEnded || recovery === undefined || restarts === undefined) return record;
  return continueKilledRun(record, recovery, restarts);
}

type Attached = Extract<AttachOutcome, { kind: "attached" }>;

/** @param taken `attached` is undefined if the next attempt has to be started first */
async function* followAttached(
  {
    record,
    target,
    attached,
  }: { record: AttachedRecord; target: TargetWorld; attached: Attached | undefined },
  world: Pick<RunWorld, "nowMs" | "onCheckpointRequest">,
  { leave, stops = false, restarts }: AttachOptions,
): AsyncGenerator<AttachEvent> {
  const { request, directory } = record;
  const { events } = record.events;
  const owner = await currentOwner();
  const { writer, unlock } = await continueOrDetach(record, { owner, job: attached?.job });
  const signals = signalsOf(target, leave);
  const { interrupt } = signals;
  const recovery =
    restarts === undefined ? undefined : recoveryOf(record, { world: restarts, writer, interrupt });
  try {
    const body = { kind: "attached", pid: owner.pid, hostname: hostname() } as const;
    await writer.appendEvent(body, world.nowMs());
    const continued = { ...request, owner };
    yield { kind: "created", request: continued, directory };
    const isStopped = stops && attached?.hasEnded === false;
    const earlier = await earlierAttempts(record);
    yield* followJob(
      {
        request: continued,
        writer,
        isAttached: attached !== undefined,
        launch: () => takeUp(attached?.job, { recovery, events, earlier }),
        prepareMs: prepareMsOf(events),
        dataMs: dataMsOf(events),
        recovery,
        earlier,
        stopReason: stopReasonOf(record, attached) ?? (isStopped ? "interrupt" : undefined),
        ...signals.ofLeaving,
      },
      { world, target },
      // The other runs of a series are not continued.
      {
        interrupt,
        earlierCrossingsMs: [],
        stopAfter: () => undefined,
      },
    );
  } finally {
    await recovery?.close();
    await unlock();
  }
}

/** Ctrl-C leaves a job that goes on without Pitwall, and ends one of this machine. */
function signalsOf(
  { launcher }: TargetWorld,
  leave: AbortSignal | undefined,
): { interrupt: AbortSignal; ofLeaving: { leave?: AbortSignal } } {
  const { signal: never } = new AbortController();
  if (leave === undefined) return { interrupt: never, ofLeaving: {} };
  if (launcher.attach === undefined) return { interrupt: leave, ofLeaving: {} };
  return { interrupt: never, ofLeaving: { leave } };
}

/** Undefined if the user leaves before: hosts that do not answer take a while. */
async function orLeft<Value>(
  waiting: Promise<Value>,
  leave: AbortSignal | undefined,
): Promise<Value | undefined> {
  if (leave === undefined) return waiting;
  const left = new Promise<undefined>((resolve) => {
    leave.addEventListener("abort", () => resolve(undefined), { once: true });
    if (leave.aborted) resolve(undefined);
  });
  return Promise.race([waiting, left]);
}

/** Undefined for a run whose failures end it. */
function recoveryOf(
  { request, events }: AttachedRecord,
  parts: { world: RunWorld; writer: RunWriter; interrupt: AbortSignal },
): JobRecovery | undefined {
  const { recovery } = request;
  if (recovery === undefined) return undefined;
  const staged = events.events.flatMap(({ event }) =>
    event.kind === "data-staged" ? [event] : [],
  );
  const { world, writer, interrupt } = parts;
  const launching = { writer, interrupt, hostEnv: variablesOf(staged) };
  return new JobRecovery({
    request: { ...request, recovery },
    world,
    launching,
    events: events.events,
  });
}

/** A job whose record cannot be continued is not followed. */
async function continueOrDetach(
  record: Parameters<typeof continueRecord>[0],
  { owner, job }: { owner: Parameters<typeof continueRecord>[1]; job: LaunchedJob | undefined },
): ReturnType<typeof continueRecord> {
  try {
    return await continueRecord(record, owner);
  } catch (error) {
    job?.detach?.();
    throw error;
  }
}

async function attach(
  {
    runId,
    request,
    events,
    directory,
  }: Pick<RunRecord, "runId" | "directory" | "request" | "events">,
  { launcher }: TargetWorld,
): Promise<Attached> {
  const last = eventsOfLastAttempt(events.events);
  const launched = last.find(({ event }) => event.kind === "launched");
  const launchedMs = launched?.timeMs ?? request.createdMs;
  const ranks = jobRanksOf(events.events).ranks.map(withoutState);
  const before = { runDirectory: directory, ranks, launchedMs, tickMs };
  const outcome = await launcher.attach?.(before);
  if (outcome === undefined) {
    throw new UserError("attach-impossible", `the job of \`${runId}\` ended with its Pitwall`, {
      hint: `only jobs on other hosts or under mpirun outlive it, and only runs with \`--max-restarts\` are continued on this machine; \`pitwall run again ${runId}\` starts it again, \`pitwall show ${runId}\` shows how far it came`,
    });
  }
  if (outcome.kind === "attached") return outcome;
  throw new UserError("job-unknown", `the job of \`${runId}\` is not known on every host`, {
    saw: `nothing on ${outcome.hosts.join(", ")}`,
    hint: `it was not started there, or its output was removed; \`pitwall stop ${runId}\` ends what is left`,
  });
}

function withoutState({
  host,
  rank,
  localRank,
  pid,
  command,
}: JobRanks["ranks"][number]): LaunchedRank {
  return {
    host,
    rank,
    localRank,
    ...(pid === undefined ? {} : { pid }),
    ...(command === undefined ? {} : { command }),
  };
}

/** Limits are checked at this interval while a program is silent. */
const tickMs = 100;

type Events = RunRecord["events"]["events"];

/** A job that was launched before, or the attempt that is started now, and how long the run was queued at first. */
async function* takeUp(
  job: LaunchedJob | undefined,
  {
    recovery,
    events,
    earlier,
  }: {
    recovery: JobRecovery | undefined;
    events: Events;
    earlier: EarlierAttempts | undefined;
  },
): AsyncGenerator<RunEvent, Launched> {
  const queuedMs = firstQueuedMs(events);
  if (job !== undefined) return { kind: "launched", job, queuedMs };
  if (recovery === undefined) throw new Error("no job and no recovery to start one");
  const started = yield* recovery.startPending();
  if (earlier !== undefined) earlier.requeuedMs += requeuedFor(started, events);
  return { ...started, queuedMs };
}

/** How long an attempt was queued, maybe since before its Pitwall died. */
function requeuedFor(started: Launched, events: Events): number {
  if (started.kind === "withdrawn") return 0;
  const { job, queuedMs = 0, dataMs = 0 } = started;
  const leftMs = job.launchedMs - dataMs;
  const launchedAt = events.findLastIndex(({ event }) => event.kind === "launched");
  const queued = events.slice(launchedAt + 1).find(({ event }) => event.kind === "queued");
  return Math.max(0, queued === undefined ? queuedMs : leftMs - queued.timeMs);
}

function firstQueuedMs(events: Events): number | undefined {
  const queued = events.find(({ event }) => event.kind === "queued");
  if (queued === undefined) return undefined;
  const left = events.find(
    ({ event, timeMs }) =>
      event.kind === "launched" || (event.kind === "data" && timeMs >= queued.timeMs),
  );
  return left === undefined ? undefined : Math.max(0, left.timeMs - queued.timeMs);
}

/** Why the job that is attached to is already being stopped. */
function stopReasonOf(
  { events }: AttachedRecord,
  attached: Attached | undefined,
): StopReason | undefined {
  if (attached === undefined) return undefined;
  const last = eventsOfLastAttempt(events.events);
  const stopping = last.find(({ event }) => event.kind === "stopping")?.event;
  return stopping?.kind === "stopping" ? stopping.reason : undefined;
}

function prepareMsOf(events: Events): number | undefined {
  const phases = events.filter(({ event }) => event.kind === "prepare");
  const [started, ended] = [phases[0], phases[1]];
  return started === undefined || ended === undefined ? undefined : ended.timeMs - started.timeMs;
}
