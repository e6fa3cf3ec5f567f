import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { hostFacts } from "../../../schema/run/hosts/host-facts.ts";
import { agentStart } from "../../agent/agent-program.ts";
import type { AgentPlace, FollowedClock, HostAccess } from "../../agent/host-access.ts";
import { phaseOf } from "../client/job-state.ts";
import type { SlurmClient } from "../client/slurm-client.ts";
import { stepWords, type RunningJob } from "../job/job-step.ts";
import { factsIn, type DescribedHost } from "../client/labeled-facts.ts";
import { NodeClocks } from "./node-clocks.ts";
import type { SlurmTools } from "../client/slurm-tools.ts";

/** On a shared home folder, the job's folders usually appear within this time; after it, the nodes are asked. */
const appearMs = 1500;
/** Network file systems and busy nodes may take this long. */
const appearAtMostMs = 60_000;
const lookEveryMs = 20;
const askEveryMs = 500;
const describeMs = 20_000;
/** Longer than `nvidia-smi` takes on a node that has just started its driver. */
const factsMs = 12_000;

export interface SlurmPlace extends AgentPlace {
  /** Whether the job's folder on the node is also on this machine. */
  isShared: boolean;
}

/**
 * How the agents of a job are followed: by their files if the home folder of the node is shared with this machine, otherwise through a
 * job step on the node.
 */
export async function placesOf(
  job: RunningJob,
  { client, agentFile, nowMs }: { client: SlurmClient; agentFile: string; nowMs: () => number },
): Promise<SlurmPlace[]> {
  await waitForFolders(job, client);
  const clocks = new NodeClocks(job, { nowMs });
  return Promise.all(
    job.hosts.map(async (host) => {
      const folder = folderOf(host, job);
      const python = await pythonHere(folder);
      if (python === undefined)
        return { isShared: false, access: stepAccess(host, job), agent: job.agent, folder };
      return {
        isShared: true,
        isReadHere: true,
        access: sharedAccess(host, job.tools),
        agent: [...agentStart(python), agentFile],
        folder,
        followClock: (follower: FollowedClock) => clocks.follow(host, follower),
      };
    }),
  );
}

const agentState = z.object({ python: z.string() });

/** The Python of this machine for a job's folder that it shares: that of the agent, if it is here too. Undefined if the folder is not here. */
async function pythonHere(folder: string): Promise<string | undefined> {
  const path = join(folder, "agent.json");
  if (!existsSync(path)) return undefined;
  const state = agentState.safeParse(JSON.parse(await readFile(path, "utf8")));
  return state.success && existsSync(state.data.python) ? state.data.python : "python3";
}

/** The folder of this machine for what the ranks of a run write, if its nodes share it. */
export function sharedFilesOf(
  home: string,
  run: string,
): { sharedFiles?: { name: string; folder: string } } {
  const folder = join(home, ".pitwall/runs", run);
  return existsSync(folder) ? { sharedFiles: { name: "nodes", folder } } : {};
}

/** Whether the job's folder on a node is also on this machine. */
export function isShared(host: string, job: Pick<RunningJob, "home" | "prefix">): boolean {
  return existsSync(join(folderOf(host, job), "agent.json"));
}

/** How rsync reaches a node; it puts the name of the host before its own command. */
export function rsyncShell(job: Pick<RunningJob, "jobId" | "cpuBinding">, host: string): string[] {
  const step = [...stepWords(job, 1), `--nodelist=${host}`];
  return [...step, "sh", "-c", 'shift; exec "$@"', "sh"];
}

function folderOf(host: string, { home, prefix }: Pick<RunningJob, "home" | "prefix">): string {
  return `${join(home, prefix)}.${host}`;
}

/** Waits until the folders of all nodes that share the home folder are here, or the job has ended. */
async function waitForFolders(job: RunningJob, client: SlurmClient): Promise<void> {
  const startedMs = performance.now();
  let askMs = startedMs + askEveryMs;
  let missing = hostsWithoutFolder(job, job.hosts);
  while (missing.length > 0) {
    const nowMs = performance.now();
    if (nowMs - startedMs > appearAtMostMs) return;
    if (nowMs > askMs) {
      const state = await client.state(job.jobId).catch(() => undefined);
      if (state !== undefined && phaseOf(state) === "ended") return;
      const sharing = nowMs - startedMs > appearMs ? await sharingHosts(job) : undefined;
      if (sharing !== undefined) missing = missing.filter((host) => sharing.includes(host));
      askMs = performance.now() + askEveryMs;
    }
    await sleep(lookEveryMs);
    missing = hostsWithoutFolder(job, missing);
  }
}

function hostsWithoutFolder(job: RunningJob, hosts: readonly string[]): string[] {
  return hosts.filter((host) => !isShared(host, job));
}

/** The nodes whose home folder is the one of this machine; undefined if they could not be asked. */
async function sharingHosts(job: RunningJob): Promise<string[] | undefined> {
  const described = await describeNodes(job);
  if (described === undefined) return undefined;
  // The first node that is asked writes the file.
  const own = await readFile(join(job.home, ".pitwall/home-id"), "utf8").catch(() => undefined);
  return described.filter(({ facts }) => facts.homeId === own).map(({ host }) => host);
}

function sharedAccess(host: string, { env }: SlurmTools): HostAccess {
  return { host, wrap: (words) => words, env };
}

/** Reaches a node through a job step. */
export function stepAccess(host: string, { jobId, cpuBinding, tools }: RunningJob): HostAccess {
  const step = [...stepWords({ jobId, cpuBinding }, 1), `--nodelist=${host}`];
  return { host, wrap: (words) => [...step, ...words], env: tools.env };
}

/** A command of this machine that runs a command on a node with this terminal. */
export function terminalWords(
  job: Pick<RunningJob, "jobId" | "cpuBinding">,
  host: string,
): string[] {
  return [...stepWords(job, 1), "--pty", `--nodelist=${host}`];
}

/** The agents of a running job, reached through job steps. */
export function stepPlaces(job: RunningJob): AgentPlace[] {
  return job.hosts.map((host) => ({
    access: stepAccess(host, job),
    agent: job.agent,
    folder: folderOf(host, job),
  }));
}

/** What the agents have stored about the nodes of a job that share the home folder; undefined if one has stored nothing. */
export async function readFacts(
  places: readonly SlurmPlace[],
): Promise<DescribedHost[] | undefined> {
  const untilMs = performance.now() + factsMs;
  const described: DescribedHost[] = [];
  for (const { access, folder, isShared } of places) {
    if (!isShared) return undefined;
    const path = join(folder, "facts.json");
    while (!existsSync(path) && existsSync(folder) && performance.now() < untilMs)
      await sleep(lookEveryMs);
    const text = await readFile(path, "utf8").catch(() => undefined);
    const parsed = hostFacts.safeParse(text === undefined ? undefined : JSON.parse(text));
    if (!parsed.success) return undefined;
    described.push({ host: access.host, facts: parsed.data });
  }
  return described;
}

/** What the agents say about the nodes of a running job; undefined if they do not answer. */
export async function describeNodes(job: RunningJob): Promise<DescribedHost[] | undefined> {
  const { hosts, tools, agent } = job;
  const words = [...stepWords(job, hosts.length), "--label", ...agent, "describe"];
  try {
    const { stdout } = await tools.run(words, { timeoutMs: describeMs });
    const described = stdout.split("\n").flatMap((line) => factsIn(line, hosts));
    return described.length === hosts.length ? described : undefined;
  } catch {
    // The job may have ended already: then its nodes are described by what Slurm knows.
    return undefined;
  }
}
