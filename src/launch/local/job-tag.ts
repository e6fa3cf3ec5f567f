import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { errorMessage } from "../../foundation/errors/error-code.ts";

const execute = promisify(execFile);

/**
 * A number that marks the processes of one run as their soft limit on file locks.
 *
 * Linux hands resource limits down to every descendant, and `setsid`, a second fork, an emptied
 * environment and a new parent do not change them; this limit itself has no effect since Linux
 * 2.4.25. So it finds processes that no other trace connects to the run.
 *
 * @see setrlimit(2): RLIMIT_LOCKS
 */
export function jobTag(runDirectory: string): number {
  return createHash("sha256").update(runDirectory).digest().readUIntBE(0, 6);
}

export type Tagging = { kind: "tagged" } | { kind: "untagged"; reason: string };

/** Tags this process, so that the next process it starts is tagged from its first instruction on. */
export function tagThisProcess(tag: number): Promise<Tagging> {
  return setOwnLimit(String(tag));
}

/** Removes the tag from this process; those that were started with it keep it. */
export function untagThisProcess(): Promise<Tagging> {
  return setOwnLimit("unlimited");
}

/** Whether a process or one of its ancestors was started with the tag. */
export function hasTag(pid: number, tag: number): boolean {
  try {
    const limits = readFileSync(`/proc/${pid}/limits`, "latin1");
    return new RegExp(`^Max file locks +${tag} `, "mu").test(limits);
  } catch {
    // The process has ended, or there is no /proc.
    return false;
  }
}

async function setOwnLimit(softLimit: string): Promise<Tagging> {
  if (process.platform !== "linux") return { kind: "untagged", reason: "only Linux has tags" };
  try {
    await execute("prlimit", [`--pid=${process.pid}`, `--locks=${softLimit}:`]);
    return { kind: "tagged" };
  } catch (error) {
    return { kind: "untagged", reason: errorMessage(error) };
  }
}
