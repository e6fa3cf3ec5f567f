import { setTimeout as sleep } from "node:timers/promises";
import type { ProcessTree } from "./process-tree.ts";

/** How often the end of processes is looked for, milliseconds. */
export const lookEveryMs = 20;
/** How long killed processes are waited for: only one that hangs in the kernel takes longer. */
const killPatienceMs = 10_000;

/**
 * Ends all processes of a tree: SIGTERM first, SIGKILL for what is left at `killAtMs`.
 *
 * @param killAtMs on the clock of `performance.now`; asked again each time, for it may be moved up
 */
export async function endProcesses(tree: ProcessTree, killAtMs: () => number): Promise<void> {
  tree.scan();
  tree.signal("SIGTERM");
  // A stopped process does not see SIGTERM until it continues.
  tree.signal("SIGCONT");
  while (runningCount(tree) > 0 && performance.now() < killAtMs()) await sleep(lookEveryMs);
  const giveUpAtMs = performance.now() + killPatienceMs;
  while (tree.scan().length > 0 && performance.now() < giveUpAtMs) {
    tree.signal("SIGKILL");
    await sleep(lookEveryMs);
  }
}

/** Known members first, which is cheap; the whole machine only when they are gone. */
export function runningCount(tree: ProcessTree): number {
  return tree.remaining().length || tree.scan().length;
}
