import type { LaunchMeans, LaunchTargetRow } from "../launch-target-row.ts";
import type { Launcher } from "../launcher.ts";
import { reachThisMachine, stageHere } from "../local/local-target.ts";
import type { MpiHostsTarget, MpiTarget } from "./mpi-hosts-target.ts";

/** Ranks that mpirun starts, on this machine or on hosts that ssh reaches; loaded when a job uses them. */
export const mpiTarget: LaunchTargetRow<MpiTarget> = {
  launcher: (target, means) =>
    hasHosts(target) ? launcherOnHosts(target, means) : launcherHere(target, means),
  endAbandoned: async (target, run, means) => {
    if (!hasHosts(target)) {
      const { endLocalMpiJob } = await import("./local-mpi-launcher.ts");
      return endLocalMpiJob(run, means);
    }
    const { SshHosts } = await import("../ssh/ssh-hosts.ts");
    const { stopMpiJob } = await import("./earlier-mpi-job.ts");
    return stopMpiJob(new SshHosts(target, means), run.runDirectory, means);
  },
  reach: async (target, run, means) => {
    if (!hasHosts(target)) return reachThisMachine(run, means);
    const { SshHosts } = await import("../ssh/ssh-hosts.ts");
    const { reachSshJob } = await import("../ssh/ssh-job.ts");
    return reachSshJob(new SshHosts(target, means), run.runDirectory);
  },
};

function hasHosts(target: MpiTarget): target is MpiHostsTarget {
  return target.hosts !== undefined;
}

function launcherOnHosts(target: MpiHostsTarget, means: LaunchMeans): Launcher {
  const opening = open(target, means);
  return {
    launch: async (command, options) => (await opening).launch(command, options),
    async *stage(data, options) {
      return yield* (await opening).stage(data, options);
    },
    reap: async (isOver) => (await opening).reap?.(isOver) ?? [],
    attach: async (job) => (await opening).attach(job),
    describeHosts: async () => (await opening).describeHosts?.() ?? [],
    preview: async (command, options) => (await opening).preview(command, options),
    close: async () => (await opening).close?.(),
  };
}

async function open(target: MpiHostsTarget, means: LaunchMeans) {
  const { SshHosts } = await import("../ssh/ssh-hosts.ts");
  const { mpiLauncher } = await import("./mpi-launcher.ts");
  return mpiLauncher(target, { hosts: new SshHosts(target, means), means });
}

function launcherHere(target: MpiTarget, means: LaunchMeans): Launcher {
  const opening = import("./local-mpi-launcher.ts");
  return {
    stage: (data, options) => stageHere(data, options, means),
    launch: async (command, options) =>
      (await opening).localMpiLauncher(target, means).launch(command, options),
    attach: async (job) => (await opening).localMpiLauncher(target, means).attach(job),
    preview: async (command, options) =>
      (await opening).localMpiLauncher(target, means).preview(command, options),
  };
}
