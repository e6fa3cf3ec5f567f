import { basename } from "node:path";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { LaunchTargetOf } from "../../schema/run/hosts/launch-target.ts";
import type { LaunchedRun, ReachedHost, ReachedJob } from "../agent/reached-job.ts";
import type { LaunchMeans } from "../launch-target-row.ts";
import { ranksOfHosts } from "../ranks-of-hosts.ts";
import { reachNodes } from "./on-node.ts";
import { RayClient } from "./ray-client.ts";
import { readRayLog } from "./ray-log.ts";
import { lastRayJobId } from "./ray-launcher.ts";

/**
 * Reaches the nodes of a job through Ray jobs of their own; none if it has not been placed.
 *
 * @throws UserError `ray-job-unknown`; what `RayClient` throws
 */
export async function reachRayJob(
  { address, ranks }: LaunchTargetOf<"ray">,
  { runDirectory }: LaunchedRun,
  means: LaunchMeans,
): Promise<ReachedJob> {
  const client = new RayClient(address, means.env);
  const jobId = await lastRayJobId(runDirectory, client);
  const info = await client.job(jobId);
  const { placed, endedHosts } = readRayLog(info === undefined ? "" : await client.log(jobId));
  const nodes = (placed?.hosts ?? []).flatMap(({ host, nodeId, folder, facts }) =>
    nodeId === undefined || folder === undefined ? [] : [{ host, nodeId, folder, facts }],
  );
  if (nodes.length === 0) {
    throw new UserError("ray-job-unknown", `Ray does not know where the job ${jobId} runs`, {
      hint: "it waits for nodes, or the cluster was started again since",
    });
  }
  const placedRanks = ranksOfHosts(nodes.map(({ host }) => ({ host, rankCount: ranks.perHost })));
  const accesses = await reachNodes(nodes, { client, means });
  const hosts = accesses.map((access, index): ReachedHost => {
    const { host, remote } = access;
    const node = nodes[index];
    const ofHost = placedRanks.filter((each) => each.host === host).map(({ rank }) => rank);
    const isRunning = info?.status === "RUNNING" && !endedHosts.has(host);
    return {
      access,
      runDirectory: `${node?.facts.home ?? ""}/.pitwall/runs/${basename(runDirectory)}`,
      ranks: ofHost,
      processCount: isRunning ? ofHost.length : 0,
      enter: (rank, command) => {
        const which = rank === undefined ? "-" : String(rank);
        const words = ["{agentPython}", "{agent}", "enter", node?.folder ?? "", which];
        return [...words, "--", ...command];
      },
      wrapTerminal: (words) => access.wrapTerminal(words),
      remote,
    };
  });
  return { hosts, unreachable: [], close: () => Promise.resolve() };
}
