import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { errorCode } from "../../../foundation/errors/error-code.ts";
import { parseProcessStat } from "../../../foundation/process-stat.ts";
import type { RunRequest } from "../../../schema/run/request/run-request.ts";

type Owner = RunRequest["owner"];

/** State of the process that writes a record; a process on another host cannot be checked. */
export type OwnerLife = "alive" | "gone" | "elsewhere";

/** This process, in the form that run.json uses for the writer of a record. */
export async function currentOwner(): Promise<Owner> {
  const startedTicks = await startedTicksOf(process.pid);
  return {
    hostname: hostname(),
    pid: process.pid,
    ...(startedTicks === undefined ? {} : { processStartedTicks: startedTicks }),
  };
}

/**
 * Whether the process is still running; the start time distinguishes it from a later process with
 * the same pid.
 */
export async function ownerLife(owner: Owner): Promise<OwnerLife> {
  if (owner.hostname !== hostname()) return "elsewhere";
  if (!processExists(owner.pid)) return "gone";
  if (owner.processStartedTicks === undefined) return "alive";
  const startedTicks = await startedTicksOf(owner.pid);
  return startedTicks === owner.processStartedTicks ? "alive" : "gone";
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: the process exists but belongs to another user. ESRCH: it does not exist.
    return errorCode(error) === "EPERM";
  }
}

/** Undefined if the process has ended, is a zombie, or if there is no /proc. */
async function startedTicksOf(pid: number): Promise<number | undefined> {
  try {
    const stat = parseProcessStat(await readFile(`/proc/${pid}/stat`, "utf8"));
    return stat === undefined || stat.state === "Z" ? undefined : stat.startedTicks;
  } catch {
    // The file disappears with the process; without it the start time is unknown.
    return undefined;
  }
}
