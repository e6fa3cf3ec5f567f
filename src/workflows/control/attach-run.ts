import { hostname } from "node:os";
import { UserError } from "../../foundation/user-error.ts";
import type { AttachOutcome, LaunchedJob } from "../../launch/launcher.ts";
import type { RunEvent, StopReason } from "../../schema/run/run-event.ts";
import { continueRecord } from "../../store/records/disk-run-store.ts";
import type { LaunchedRank } from "../../schema/run/rank.ts";
import { attemptCountOf } from "../../schema/run/attempts.ts";
import { type JobRanks, jobRanksOf } from "../../schema/run/job-ranks.ts";
import { currentOwner } from "../../store/records/process-owner.ts";
import type { RunRecord } from "../../store/records/run-store.ts";
import type { Launched } from "../launch/launch-run.ts";
import { followJob } from "../launch/run-once.ts";
import type { RunWorld, TargetWorld } from "../launch/run-world.ts";
import { dataMsOf } from "../../schema/run/data-time.ts";

interface AttachOptions {
  /** Once aborted, the job is left running, and another process may attach to it. */
  leave?: AbortSignal;
  /** Whether to end the job instead of following it to its end. */
  stops?: boolean;
}

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
 * @throws UserError `attach-impossible`, `job-unknown`, `run-attached`, and what reaching the hosts throws
 */
export async function* attachRun(
  record: Pick<RunRecord, "runId" | "directory" | "request" | "events">,
  world: Pick<RunWorld, "nowMs" | "openTarget">,
  { leave, stops = false }: AttachOptions,
): AsyncGenerator<AttachEvent> {
  const { request, events, directory, runId } = record;
  refuseRestarted(record);
  const target = world.openTarget(request.launchTarget);
  try {
    const attaching = attach(record, target);
    const attached = await orLeft(attaching, leave);
    if (attached === undefined) {
      // Whatever comes of it later is not followed.
      attaching.then(({ job }) => job.detach?.()).catch(() => undefined);
      return;
    }
    const { job, hasEnded, processCount, missing = [] } = attached;
    yield { kind: "attached", runId, hasEnded, processCount, missing };
    const owner = await currentOwner();
    const { writer, unlock } = await continueOrDetach(record, { owner, job });
    try {
      const body = { kind: "attached", pid: owner.pid, hostname: hostname() } as const;
      await writer.appendEvent(body, world.nowMs());
      const continued = { ...request, owner };
      yield { kind: "created", request: continued, directory };
      yield* followJob(
        {
          request: continued,
          writer,
          isAttached: true,
          launch: () => alreadyLaunched(job, events.events),
          prepareMs: prepareMsOf(events.events),
          dataMs: dataMsOf(events.events),
          stopReason: stopReasonOf(events.events) ?? (stops && !hasEnded ? "interrupt" : undefined),
          ...(leave === undefined ? {} : { leave }),
        },
        { world, target },
        // Ctrl-C leaves the job running. The other runs of a series are not continued.
        {
          interrupt: new AbortController().signal,
          earlierCrossingsMs: [],
          stopAfter: () => undefined,
        },
      );
    } finally {
      await unlock();
    }
  } finally {
    await target.launcher.close?.();
  }
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

/** The hosts have only the output of the last attempt. */
function refuseRestarted({ runId, events }: Pick<RunRecord, "runId" | "events">): void {
  const attemptCount = attemptCountOf(events.events);
  if (attemptCount === 1) return;
  throw new UserError("attach-impossible", `cannot attach to \`${runId}\`, which was restarted`, {
    saw: `its job is in attempt ${attemptCount}`,
    hint: `\`pitwall stop ${runId}\` ends the job and keeps the record so far`,
  });
}

/** A job whose record cannot be continued is not followed. */
async function continueOrDetach(
  record: Parameters<typeof continueRecord>[0],
  { owner, job }: { owner: Parameters<typeof continueRecord>[1]; job: LaunchedJob },
): ReturnType<typeof continueRecord> {
  try {
    return await continueRecord(record, owner);
  } catch (error) {
    job.detach?.();
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
): Promise<Extract<AttachOutcome, { kind: "attached" }>> {
  const launched = events.events.find(({ event }) => event.kind === "launched");
  const launchedMs = launched?.timeMs ?? request.createdMs;
  const ranks = jobRanksOf(events.events).ranks.map(withoutState);
  const before = { runDirectory: directory, ranks, launchedMs, tickMs };
  const outcome = await launcher.attach?.(before);
  if (outcome === undefined) {
    throw new UserError("attach-impossible", `the job of \`${runId}\` ended with its Pitwall`, {
      hint: `only jobs on other hosts or under mpirun outlive it; \`pitwall show ${runId}\` shows how far the run came`,
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

/** A job that was launched before, and how long it was queued then. */
// oxlint-disable-next-line require-yield -- no event precedes the job
async function* alreadyLaunched(job: LaunchedJob, events: Events): AsyncGenerator<never, Launched> {
  const queued = events.find(({ event }) => event.kind === "queued");
  const isPreparing = ({ event, timeMs }: Events[number]): boolean =>
    event.kind === "data" && timeMs >= (queued?.timeMs ?? Infinity);
  const untilMs = events.find(isPreparing)?.timeMs ?? job.launchedMs;
  const queuedMs = queued === undefined ? undefined : Math.max(0, untilMs - queued.timeMs);
  return { kind: "launched", job, queuedMs };
}

function stopReasonOf(events: Events): StopReason | undefined {
  const stopping = events.find(({ event }) => event.kind === "stopping")?.event;
  return stopping?.kind === "stopping" ? stopping.reason : undefined;
}

function prepareMsOf(events: Events): number | undefined {
  const phases = events.filter(({ event }) => event.kind === "prepare");
  const [started, ended] = [phases[0], phases[1]];
  return started === undefined || ended === undefined ? undefined : ended.timeMs - started.timeMs;
}
