import type { LaunchTargetOf } from "../../schema/run/hosts/launch-target.ts";
import { AgentJob } from "../agent/agent-job.ts";
import type { Launcher } from "../launcher.ts";
import { reapJobs } from "./reap-jobs.ts";
import { attachSshJob } from "./ssh-job.ts";
import type { SshHosts } from "./ssh-hosts.ts";
import { stageOverSsh } from "./stage-over-ssh.ts";
import { startOnHosts } from "./start-on-hosts.ts";

/** Starts jobs on hosts that ssh reaches. A job continues if this process ends. */
export function sshLauncher(
  target: LaunchTargetOf<"ssh">,
  { hosts, nowMs }: { hosts: SshHosts; nowMs: () => number },
): Launcher & Pick<Required<Launcher>, "attach" | "stage"> {
  return {
    async launch(command, options) {
      const { starter } = target.ranks;
      const agents = await startOnHosts(command, { target, options, hosts, starter, nowMs });
      const guard = { kind: "outlives" } as const;
      const { tickMs = 0 } = options;
      return { kind: "launched", job: new AgentJob({ ...agents, guard, nowMs, tickMs }) };
    },
    stage: (data, options) => stageOverSsh(data, options, { hosts, nowMs }),
    reap: async (isOver) => reapJobs(await hosts.open(), isOver),
    attach: (job) => attachSshJob(job, { hosts, nowMs, lostAfterMs: target.hostTimeoutMs }),
    describeHosts: () => hosts.describe(),
    close: () => hosts.close(),
  };
}
