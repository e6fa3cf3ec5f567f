import { everyHostOf } from "./every-host.ts";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { LaunchTarget } from "../../schema/run/hosts/launch-target.ts";
import type { RunResult } from "../../schema/run/outcome/run-result.ts";
import type { RunRecord, RunStore } from "../../store/records/run-store.ts";
import type { RunWorld } from "../launch/targets/run-world.ts";
import { openRecord } from "../read-run/show-run.ts";
import { attachRun } from "./attach-run.ts";
import { reachRun, type Means } from "./reach-run.ts";
import { endAbandoned, notRunning, stopRun } from "./stop-run.ts";

export interface StoppedRun {
  runId: string;
  /** Processes of the job that were running when it was stopped. */
  endedCount: number;
  /** Absent if the record was not closed: its job ended with Pitwall, or a host is missing. */
  result: RunResult | undefined;
  /** Hosts that did not answer, where processes of the job may still run. */
  unreachable: readonly { host: string; reason: string }[];
  /** Why the record was not closed, although no process is left. */
  recordError?: UserError;
}

interface StopWorld extends Means, Pick<RunWorld, "openTarget"> {
  store: RunStore;
}

const lookEveryMs = 100;
/** A program gets 5 s between SIGTERM and SIGKILL, and Slurm another 30 s by default; judging a long run takes some more. */
const patienceMs = 120_000;

/**
 * Stops a run on all of its hosts, through its Pitwall process or without it, and closes its record if possible. What is left of a run that
 * has ended is ended too.
 *
 * @throws UserError `run-not-running`, `run-elsewhere`, `owner-unsure`, `owner-refused`, `stop-slow`
 */
export async function stopEverywhere(record: RunRecord, world: StopWorld): Promise<StoppedRun> {
  const { runId, state } = record;
  if (state.kind === "finished") return endLeftovers(record);
  if (state.kind === "running") {
    const endedCount = await processCountOf(record, world);
    await stopRun(record);
    const closed = await untilClosed(record, world.store);
    // `pitwall attach` leaves the run on SIGINT instead of ending it.
    if (closed.state.kind !== "finished") return stopAbandoned(closed, world);
    return { runId, endedCount, result: closed.result, unreachable: [] };
  }
  return stopAbandoned(record, world);
}

/** A host that came back after it was lost may still run its ranks. */
async function endLeftovers(record: RunRecord): Promise<StoppedRun> {
  if (endsWithPitwall(record.request.launchTarget)) throw notRunning(record.runId);
  return endWithoutRecord(record);
}

/** Whether its jobs cannot be taken over by a later process. */
function endsWithPitwall(target: LaunchTarget): boolean {
  return target.kind === "local";
}

async function stopAbandoned(record: RunRecord, world: StopWorld): Promise<StoppedRun> {
  const { request } = record;
  if (endsWithPitwall(request.launchTarget)) return endWithoutRecord(record);
  let attached: StoppedRun;
  try {
    attached = await stopAttached(record, world);
  } catch (error) {
    if (error instanceof UserError && error.code === "run-attached") throw error;
    // Ending the job needs no record.
    const ended = await endWithoutRecord(record);
    if (!(error instanceof UserError)) throw error;
    return ended.unreachable.length > 0 ? ended : { ...ended, recordError: error };
  }
  const isLost = attached.result?.findings.some(({ rule }) => rule === "host-lost") === true;
  if (!isLost) return attached;
  const { unreachable } = await endAbandoned(everyHostOf(request), record.directory);
  return { ...attached, unreachable };
}

async function endWithoutRecord({ runId, request, directory }: RunRecord): Promise<StoppedRun> {
  const { endedCount, unreachable } = await endAbandoned(everyHostOf(request), directory);
  if (endedCount === 0 && unreachable.length === 0) throw notRunning(runId);
  return { runId, endedCount, result: undefined, unreachable };
}

/** Takes over the record to end the job and to close it. */
async function stopAttached(record: RunRecord, world: StopWorld): Promise<StoppedRun> {
  let endedCount = 0;
  let result: RunResult | undefined;
  for await (const event of attachRun(record, world, { stops: true })) {
    if (event.kind === "attached") endedCount = event.processCount;
    if (event.kind === "finished") ({ result } = event.report);
  }
  return { runId: record.runId, endedCount, result, unreachable: [] };
}

/** 0 if its hosts cannot be asked: the Pitwall process of the run ends the job all the same. */
async function processCountOf(record: RunRecord, world: Means): Promise<number> {
  try {
    const reached = await reachRun(record, world);
    const count = reached.hosts.reduce((sum, { processCount }) => sum + processCount, 0);
    await reached.close();
    return count;
  } catch (error) {
    if (error instanceof UserError) return 0;
    throw error;
  }
}

async function untilClosed({ runId }: RunRecord, store: RunStore): Promise<RunRecord> {
  const untilMs = performance.now() + patienceMs;
  while (performance.now() < untilMs) {
    const record = await openRecord(store, runId);
    if (record.state.kind !== "running") return record;
    await sleep(lookEveryMs);
  }
  throw new UserError("stop-slow", `\`${runId}\` has not ended within ${patienceMs / 1000} s`, {
    hint: "its Pitwall process was sent SIGINT; look at its terminal, or try again",
  });
}
