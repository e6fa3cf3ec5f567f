import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { WorldError } from "../../../foundation/errors/user-error.ts";
import type { LaunchTargetOf } from "../../../schema/run/hosts/launch-target.ts";
import { agentProgram } from "../../agent/agent-program.ts";
import { statusOfJob, type ReachedHost, type ReachedJob } from "../../agent/reached-job.ts";
import type { LaunchMeans } from "../../launch-target-row.ts";
import type { AttachOutcome, LaunchedBefore } from "../../launcher.ts";
import { ranksOfHosts } from "../../ranks-of-hosts.ts";
import { cpuBindingOf } from "../script/cpu-binding.ts";
import type { DescribedHost } from "../client/labeled-facts.ts";
import { acceptsSteps, phaseOf } from "../client/job-state.ts";
import { ranksPerNodeOf } from "../nodes/ranks-per-node.ts";
import type { RunningJob } from "./job-step.ts";
import { SlurmClient } from "../client/slurm-client.ts";
import { SlurmJob } from "./slurm-job.ts";
import { chosenNodes } from "../nodes/slurm-ranks.ts";
import {
  describeNodes,
  isShared,
  placesOf,
  readFacts,
  rsyncShell,
  sharedFilesOf,
  stepPlaces,
  terminalWords,
} from "../nodes/slurm-nodes.ts";
import { agentWordsIn, inScriptOrder, jobFolderPrefix } from "../script/slurm-script.ts";
import { SlurmTools } from "../client/slurm-tools.ts";

interface EarlierJob extends RunningJob {
  client: SlurmClient;
  isActive: boolean;
  /** Whether its nodes can be reached through job steps. */
  acceptsSteps: boolean;
  restartCount: number;
  spareHosts: readonly string[];
}

type AttachedSlurmJob = Extract<AttachOutcome, { kind: "attached" }> & {
  /** What its nodes are, as far as they say. */
  facts: readonly DescribedHost[];
};

/** Follows a job that an earlier process launched, if Slurm still knows it. */
export async function attachSlurmJob(
  target: LaunchTargetOf<"slurm">,
  { runDirectory, ranks: launched, launchedMs, tickMs = 0 }: LaunchedBefore,
  means: LaunchMeans,
): Promise<AttachedSlurmJob | Extract<AttachOutcome, { kind: "unknown-job" }>> {
  const usedHosts = [...new Set(launched.map(({ host }) => host))];
  const job = await findJob(runDirectory, { means, target, usedHosts });
  if (job === undefined) return { kind: "unknown-job", hosts: ["Slurm"] };
  const { client, hosts, isActive } = job;
  const places = await placesOf(job, { client, agentFile: means.agentFile, nowMs: means.nowMs });
  const unknown = places.filter(({ isShared }) => !isShared && !isActive);
  if (unknown.length > 0)
    return { kind: "unknown-job", hosts: unknown.map(({ access }) => access.host) };
  const statuses = isActive ? await Promise.all(stepPlaces(job).map(statusOfJob)) : [];
  const rankCount = ranksPerNodeOf(target);
  const ordered = await inRankOrder(hosts, runDirectory);
  const ranks = ranksOfHosts(ordered.map((host) => ({ host, rankCount })));
  const parts = {
    places,
    ranks,
    launchedMs,
    nowMs: means.nowMs,
    tickMs,
    isAttached: true,
    spoolDirectory: runDirectory,
  };
  return {
    kind: "attached",
    facts: (await readFacts(places)) ?? (isActive ? await describeNodes(job) : undefined) ?? [],
    hasEnded: !isActive || statuses.every((status) => status?.hasEnded === true),
    processCount: statuses.reduce((sum, status) => sum + (status?.processCount ?? 0), 0),
    job: new SlurmJob(parts, {
      jobId: job.jobId,
      client,
      run: basename(runDirectory),
      home: job.home,
      runDirectory,
      restartCount: job.restartCount,
      spareHosts: job.spareHosts,
      ...(isRestartable(await scriptOf(runDirectory)) ? { isRestartable: true } : {}),
      sharedFolders: places.flatMap(({ isShared, folder }) => (isShared ? [folder] : [])),
    }),
  };
}

/** Reaches the nodes of a job through job steps; none once it has ended, but files that they share with this machine stay. */
export async function reachSlurmJob(
  target: LaunchTargetOf<"slurm">,
  runDirectory: string,
  means: LaunchMeans,
): Promise<ReachedJob> {
  const job = await findJob(runDirectory, { means, target });
  const run = basename(runDirectory);
  const files = sharedFilesOf(job?.home ?? means.env["HOME"] ?? "/", run);
  if (job?.acceptsSteps !== true) return { hosts: [], unreachable: [], close, ...files };
  const rankCount = ranksPerNodeOf(target);
  const ordered = await inRankOrder(job.hosts, runDirectory);
  const ranks = ranksOfHosts(ordered.map((host) => ({ host, rankCount })));
  const hosts = stepPlaces(job).map(async (place): Promise<ReachedHost> => {
    const status = await statusOfJob(place);
    const { access, agent, folder } = place;
    return {
      access,
      runDirectory: `${job.home}/.pitwall/runs/${run}`,
      ranks: ranks.filter(({ host }) => host === access.host).map(({ rank }) => rank),
      processCount: status?.processCount ?? 0,
      enter: (rank, command) => [
        ...agent,
        "enter",
        folder,
        rank === undefined ? "-" : String(rank),
        "--",
        ...command,
      ],
      wrapTerminal: (command) => [...terminalWords(job, access.host), ...command],
      remote: isShared(access.host, job)
        ? undefined
        : { shell: rsyncShell(job, access.host), destination: access.host },
    };
  });
  return { hosts: await Promise.all(hosts), unreachable: [], close, ...files };
}

/** Whether the script of a job waits for the next attempt after a failure. */
function isRestartable(script: string): boolean {
  return script.includes("\n#SBATCH --requeue\n");
}

async function inRankOrder(hosts: readonly string[], runDirectory: string): Promise<string[]> {
  return inScriptOrder(hosts, await scriptOf(runDirectory));
}

/** The record has the script of the job. */
async function scriptOf(runDirectory: string): Promise<string> {
  return readFile(join(runDirectory, "slurm.sh"), "utf8").catch(() => "");
}

/** Scripts of older versions do not state how the agent is started. */
async function olderAgentWords(agentFile: string, home: string): Promise<string[]> {
  const { hash } = await agentProgram(agentFile);
  return ["python3", join(home, ".pitwall/agent", `${hash}.py`)];
}

/** Job steps need no connection. */
async function close(): Promise<void> {}

/** @throws WorldError `slurm-job-queued`, and what Slurm's commands throw */
async function findJob(
  runDirectory: string,
  {
    means: { env, agentFile },
    target,
    usedHosts = [],
  }: { means: LaunchMeans; target: LaunchTargetOf<"slurm">; usedHosts?: readonly string[] },
): Promise<EarlierJob | undefined> {
  const tools = new SlurmTools(env);
  const client = new SlurmClient(tools);
  const run = basename(runDirectory);
  const [jobs, cpuBinding] = await Promise.all([
    client.jobsOf(run, { isEndedToo: true }),
    cpuBindingOf(tools),
  ]);
  const jobId = jobs.at(-1);
  if (jobId === undefined) return undefined;
  const state = await client.state(jobId);
  // The nodes of a job that waits in the queue again have stored what its last attempt printed.
  const isQueuedAgain = state.restartCount > 0 && usedHosts.length > 0;
  if (state.nodeList === undefined && !isQueuedAgain) {
    if (phaseOf(state) === "ended") return undefined;
    throw new WorldError("slurm-job-queued", `the Slurm job ${jobId} of the run still waits`, {
      saw: `its state is ${state.state}${state.reason === undefined ? "" : `, ${state.reason}`}`,
      hint: `attach once it runs, or remove it: \`scancel ${jobId}\``,
    });
  }
  const home = env["HOME"] ?? "/";
  const all = state.nodeList === undefined ? usedHosts : await client.hostnames(state.nodeList);
  const chosen = chosenNodes(all, target);
  const hosts = usedHosts.length > 0 ? usedHosts : chosen.hosts;
  return {
    jobId,
    hosts,
    isPart: hosts.length < all.length,
    spareHosts: chosen.spareHosts.filter((host) => !hosts.includes(host)),
    home,
    prefix: jobFolderPrefix(run),
    tools,
    cpuBinding,
    client,
    restartCount: state.restartCount,
    isActive: phaseOf(state) === "active",
    acceptsSteps: acceptsSteps(state),
    agent:
      agentWordsIn(await scriptOf(runDirectory), home) ?? (await olderAgentWords(agentFile, home)),
  };
}
