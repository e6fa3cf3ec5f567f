import { setTimeout as sleep } from "node:timers/promises";
import type { ProcessTree } from "./process-tree.ts";

/** Interval of checks whether processes have ended, milliseconds. */
export const lookEveryMs = 20;
/** How long to wait for killed processes. Only a process that hangs in the kernel takes longer. */
const killPatienceMs = 10_000;

/**
 * Ends all processes of a tree: SIGTERM first, SIGKILL at `killAtMs` for the remaining ones.
 *
 * @param killAtMs on the clock of `performance.now`; called at each check, because it may become earlier
 */
export async function endProcesses(tree: ProcessTree, killAtMs: () => number): Promise<void> {
  tree.scan();
  tree.signal("SIGTERM");
  // A suspended process does not receive SIGTERM until it continues.
  tree.signal("SIGCONT");
  while (runningCount(tree) > 0 && performance.now() < killAtMs()) await sleep(lookEveryMs);
  const giveUpAtMs = performance.now() + killPatienceMs;
  while (tree.scan().length > 0 && performance.now() < giveUpAtMs) {
    tree.signal("SIGKILL");
    await sleep(lookEveryMs);
  }
}

/** Checks known members first, which is cheap, and all processes of the machine only when these have ended. */
export function runningCount(tree: ProcessTree): number {
  return tree.remaining().length || tree.scan().length;
}
