import { AgentJob } from "../agent/agent-job.ts";
import { statusOfJob } from "../agent/reached-job.ts";
import type { LaunchMeans } from "../launch-target-row.ts";
import type { AttachOutcome, LaunchedBefore } from "../launcher.ts";
import { runCommand } from "../run-command.ts";
import { attachSshJob, stopSshJob } from "../ssh/ssh-job.ts";
import type { SshHosts } from "../ssh/ssh-hosts.ts";
import { MpiJob } from "./mpi-job.ts";
import type { MpiHostsTarget } from "./mpi-hosts-target.ts";
import { keeperPlace } from "./mpirun-place.ts";

const graceMs = 5000;
const stopMs = 30_000;

/** Follows a job on hosts that an earlier process launched. */
export async function attachMpiJob(
  target: MpiHostsTarget,
  job: LaunchedBefore,
  { hosts, means }: { hosts: SshHosts; means: LaunchMeans },
): Promise<AttachOutcome> {
  const { nowMs } = means;
  const lostAfterMs = target.hostTimeoutMs;
  const attached = await attachSshJob(job, { hosts, nowMs, lostAfterMs });
  if (attached.kind !== "attached") return attached;
  return { ...attached, job: new MpiJob(attached.job, await mpirunOf(job, means)) };
}

async function mpirunOf(
  { runDirectory, launchedMs }: LaunchedBefore,
  means: LaunchMeans,
): Promise<AgentJob | undefined> {
  const place = keeperPlace(runDirectory, means);
  if ((await statusOfJob(place))?.isKnown !== true) return undefined;
  return new AgentJob({
    places: [place],
    ranks: [],
    launchedMs,
    guard: { kind: "outlives" },
    nowMs: means.nowMs,
    tickMs: 0,
    isAttached: true,
  });
}

/** Ends the ranks of a job on all hosts that can be reached, and mpirun. */
export async function stopMpiJob(hosts: SshHosts, runDirectory: string, means: LaunchMeans) {
  const stopped = await stopSshJob(hosts, runDirectory);
  const { agent, folder } = keeperPlace(runDirectory, means);
  await runCommand([...agent, "stop", folder, String(graceMs)], {
    timeoutMs: stopMs,
    env: means.env,
  });
  return stopped;
}
