import type { LaunchTargetOf } from "../../schema/run/hosts/launch-target.ts";
import type { LaunchTargetRow } from "../launch-target-row.ts";

/** Hosts that are reached with the user's own OpenSSH; loaded when a job uses them. */
export const sshTarget: LaunchTargetRow<LaunchTargetOf<"ssh">> = {
  launcher(target, means) {
    const opening = open(target, means);
    return {
      launch: async (command, options) => (await opening).launch(command, options),
      async *stage(data, options) {
        return yield* (await opening).stage(data, options);
      },
      reap: async (isOver) => (await opening).reap?.(isOver) ?? [],
      attach: async (job) => (await opening).attach(job),
      describeHosts: async () => (await opening).describeHosts?.() ?? [],
      close: async () => (await opening).close?.(),
    };
  },
  endAbandoned: async (target, { runDirectory }, means) => {
    const { SshHosts } = await import("./ssh-hosts.ts");
    const { stopSshJob } = await import("./ssh-job.ts");
    return stopSshJob(new SshHosts(target, means), runDirectory);
  },
  reach: async (target, { runDirectory }, means) => {
    const { SshHosts } = await import("./ssh-hosts.ts");
    const { reachSshJob } = await import("./ssh-job.ts");
    return reachSshJob(new SshHosts(target, means), runDirectory);
  },
};

async function open(
  target: LaunchTargetOf<"ssh">,
  means: {
    nowMs: () => number;
    agentFile: string;
    env: Readonly<Record<string, string | undefined>>;
  },
) {
  const { SshHosts } = await import("./ssh-hosts.ts");
  const { sshLauncher } = await import("./ssh-launcher.ts");
  return sshLauncher(target, { hosts: new SshHosts(target, means), nowMs: means.nowMs });
}
