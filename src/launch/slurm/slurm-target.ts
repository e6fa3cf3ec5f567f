import { basename } from "node:path";
import type { LaunchTargetOf } from "../../schema/run/hosts/launch-target.ts";
import type { LaunchMeans, LaunchTargetRow } from "../launch-target-row.ts";
import type { Launcher } from "../launcher.ts";

/** Batch jobs of Slurm; loaded when a job uses them. */
export const slurmTarget: LaunchTargetRow<LaunchTargetOf<"slurm">> = {
  launcher(target, means): Launcher {
    const opening = open(target, means);
    return {
      launch: async (command, options) => (await opening).launch(command, options),
      attach: async (job) => (await opening).attach(job),
      describeHosts: async () => (await opening).describeHosts(),
      preview: async (command, options) => (await opening).preview(command, options),
    };
  },
  endAbandoned: async (_target, { runDirectory }, { env }) => {
    const { endSlurmJobs } = await import("./job/end-slurm-jobs.ts");
    return { endedCount: await endSlurmJobs(basename(runDirectory), env) };
  },
  reach: async (target, { runDirectory }, means) => {
    const { reachSlurmJob } = await import("./job/earlier-job.ts");
    return reachSlurmJob(target, runDirectory, means);
  },
};

async function open(target: LaunchTargetOf<"slurm">, means: LaunchMeans) {
  const { SlurmLauncher } = await import("./slurm-launcher.ts");
  return new SlurmLauncher(target, means);
}
