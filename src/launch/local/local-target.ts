import type { LaunchTarget } from "../../schema/run/launch-target.ts";
import type { LaunchTargetRow } from "../launch-target-row.ts";
import { endProcesses } from "./end-processes.ts";
import { localLauncher } from "./local-launcher.ts";
import { ProcessTree } from "./process-tree.ts";

/** Time between SIGTERM and SIGKILL for the processes of an abandoned run, milliseconds. */
const graceMs = 5000;

/** The host that Pitwall runs on. */
export const localTarget: LaunchTargetRow<LaunchTarget & { kind: "local" }> = {
  launcher: (_target, clock) => localLauncher(clock),
  endAbandoned: async (_target, { runDirectory }) => {
    const tree = ProcessTree.ofRun(runDirectory);
    const endedCount = tree.scan().length;
    const killAtMs = performance.now() + graceMs;
    if (endedCount > 0) await endProcesses(tree, () => killAtMs);
    return { endedCount };
  },
};
