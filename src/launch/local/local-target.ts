import type { DataRequest, StagedData } from "../../schema/run/request/data-set.ts";
import type { LaunchTarget, RankPlan } from "../../schema/run/hosts/launch-target.ts";
import { launchingHost } from "../../schema/run/hosts/launching-host.ts";
import type { LaunchedRun, ReachedHost, ReachedJob } from "../agent/reached-job.ts";
import type { LaunchMeans, LaunchTargetRow } from "../launch-target-row.ts";
import type { Launcher, StageOptions, StagingEvent } from "../launcher.ts";
import { stagingScript } from "../staging-script.ts";
import { endProcesses } from "./end-processes.ts";
import { localLauncher } from "./local-launcher.ts";
import { ProcessTree } from "./process-tree.ts";

/** Time between SIGTERM and SIGKILL for the processes of an abandoned run, milliseconds. */
const graceMs = 5000;

/** Puts data on this machine, or uses it where it is. */
export async function* stageHere(
  data: readonly DataRequest[],
  options: StageOptions,
  { agentFile, nowMs }: LaunchMeans,
): AsyncGenerator<StagingEvent, StagedData[]> {
  const { stageData } = await import("../data/stage-data.ts");
  const access = { host: launchingHost, wrap: (words: readonly string[]) => words };
  const parts = {
    hosts: async () => [{ access, python: "python3", remote: undefined }],
    shell: async () => ["ssh", "-o", "BatchMode=yes"],
    scriptFile: stagingScript(agentFile),
    usesInPlace: true,
    nowMs,
  };
  return yield* stageData(data, parts, options);
}

/** Commands beside a job of this machine: in the program's folder, with its variables. */
export function reachThisMachine(run: LaunchedRun, { env }: LaunchMeans): ReachedJob {
  return {
    hosts: [reachThisHost(run, env)],
    unreachable: [],
    close: () => Promise.resolve(),
  };
}

function reachThisHost(run: LaunchedRun, env: LaunchMeans["env"]): ReachedHost {
  const { runDirectory, cwd, seed } = run;
  const set = { ...run.env, PITWALL_RUN_DIR: runDirectory, PITWALL_SEED: String(seed) };
  return {
    access: { host: launchingHost, wrap: (words) => words },
    runDirectory,
    ranks: [],
    processCount: ProcessTree.ofRun(runDirectory).scan().length,
    enter: (rank, command) => [
      "sh",
      "-c",
      'cd "$1" && shift && exec env "$@"',
      "sh",
      cwd,
      ...Object.entries({ ...set, ...(rank === undefined ? {} : { RANK: String(rank) }) }).map(
        ([name, value]) => `${name}=${value}`,
      ),
      ...(command.length === 0 ? [env["SHELL"] ?? "sh", "-i"] : command),
    ],
    wrapTerminal: (words) => words,
    remote: undefined,
  };
}

/** The agent's side is loaded only for a job of several ranks. */
function lazyAgentLauncher(plan: RankPlan, means: LaunchMeans): Launcher {
  return {
    launch: async (command, options) => {
      const { localAgentLauncher } = await import("../agent/start-local-agent.ts");
      return localAgentLauncher(plan, means).launch(command, options);
    },
  };
}

/** The host that Pitwall runs on. */
export const localTarget: LaunchTargetRow<LaunchTarget & { kind: "local" }> = {
  launcher: ({ ranks }, means) => ({
    ...(ranks === undefined ? localLauncher(means) : lazyAgentLauncher(ranks, means)),
    stage: (data, options) => stageHere(data, options, means),
  }),
  endAbandoned: async (_target, { runDirectory }) => {
    const tree = ProcessTree.ofRun(runDirectory);
    const endedCount = tree.scan().length;
    const killAtMs = performance.now() + graceMs;
    if (endedCount > 0) await endProcesses(tree, () => killAtMs);
    return { endedCount };
  },
  reach: async (_target, run, means) => reachThisMachine(run, means),
};
