import { UserError } from "../../foundation/errors/user-error.ts";
import { eventsOfLastAttempt } from "../../schema/run/outcome/attempts.ts";
import { jobRanksOf } from "../../schema/run/hosts/job-ranks.ts";
import type { RecoveryRequest } from "../../schema/run/events/recovery.ts";
import { continueRecord } from "../../store/records/disk-run-store.ts";
import { currentOwner } from "../../store/records/write/process-owner.ts";
import type { RunRecord } from "../../store/records/run-store.ts";
import type { RunWorld } from "../launch/targets/run-world.ts";
import { JobRecovery } from "./recover-job.ts";

/**
 * Decides on the next attempt of a run whose job ended with its Pitwall, so that it is pending on record, as after a preemption.
 *
 * @returns the record with the decision
 * @throws UserError `attach-impossible` if no restart is left
 */
export async function continueKilledRun(
  record: Pick<RunRecord, "runId" | "directory" | "request" | "events">,
  recovery: RecoveryRequest,
  world: RunWorld,
): Promise<RunRecord> {
  const { runId, request, events } = record;
  const { writer, unlock } = await continueRecord(record, await currentOwner());
  const { signal: interrupt } = new AbortController();
  const decider = new JobRecovery({
    request: { ...request, recovery },
    world,
    launching: { writer, interrupt, hostEnv: new Map() },
    events: events.events,
  });
  let attempt: number | undefined;
  try {
    const end = { endedMs: await lastSignMs(record, world), pitwall: "killed" } as const;
    attempt = await decider.endedWithPitwall(jobOf(record), end);
    await writer.close();
  } finally {
    await decider.close();
    await unlock();
  }
  if (attempt === undefined)
    throw new UserError("attach-impossible", `no restart of \`${runId}\` is left`, {
      hint: `\`pitwall run again ${runId}\` starts it from the beginning`,
    });
  const opened = await world.store.open(runId);
  if (opened.kind !== "opened") throw new Error(`the record of ${runId} cannot be opened`);
  return opened.record;
}

/** The last attempt, from its events. */
function jobOf({ events, request }: Pick<RunRecord, "events" | "request">) {
  const last = eventsOfLastAttempt(events.events);
  const launched = last.find(({ event }) => event.kind === "launched");
  const hosts = new Set(jobRanksOf(events.events).ranks.map(({ host }) => host));
  return { launchedMs: launched?.timeMs ?? request.createdMs, hosts: [...hosts] };
}

/** When the killed process last wrote something: it cannot say when it ended. */
async function lastSignMs(
  { runId, events }: Pick<RunRecord, "runId" | "events">,
  { store }: Pick<RunWorld, "store">,
): Promise<number> {
  const opened = await store.open(runId);
  if (opened.kind !== "opened") throw new Error(`the record of ${runId} cannot be opened`);
  const read = await opened.record.readSamples();
  const samples = read.flatMap((each) => each.samples.map(({ timeMs }) => timeMs));
  return [...events.events.map(({ timeMs }) => timeMs), ...samples].reduce(
    (latest, timeMs) => Math.max(latest, timeMs),
    0,
  );
}
