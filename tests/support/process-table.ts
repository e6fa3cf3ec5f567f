import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** Whether this system says in /proc what runs on it. */
export const hasProc = existsSync("/proc/self/environ");

/** Waits for something that the system does in its own time; the test's time limit is the end of it. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(20);
}

/** Whether a process exists and is not a zombie. */
export function isAlive(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    // No such file: no such process.
    return false;
  }
}

/** Ids of all processes that were started as part of a run. */
export function markedProcesses(runDirectory: string): string[] {
  return processesWith("environ", (entries) => entries.includes(`PITWALL_RUN_DIR=${runDirectory}`));
}

/** Ids of the watchdogs of a run. */
export function watchdogsOf(runDirectory: string): string[] {
  const marker = `PITWALL_RUN_DIR=${runDirectory}`;
  return processesWith(
    "cmdline",
    (words) => words.includes("pitwall-watchdog") && words.includes(marker),
  );
}

function processesWith(
  file: "environ" | "cmdline",
  isWanted: (entries: string[]) => boolean,
): string[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => {
    try {
      return isWanted(readFileSync(`/proc/${pid}/${file}`, "utf8").split("\0"));
    } catch {
      // The process ended while we looked.
      return false;
    }
  });
}
