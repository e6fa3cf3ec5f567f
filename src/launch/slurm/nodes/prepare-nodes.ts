import type { StagedData } from "../../../schema/run/request/data-set.ts";
import { stagedCodeName } from "../../../schema/run/request/staged-code-name.ts";
import type { HostFacts } from "../../../schema/run/hosts/host-facts.ts";
import type { HostAccess } from "../../agent/host-access.ts";
import { setUpCode } from "../../code/set-up-code.ts";
import { homesOf, remoteFolder, sendCode, type CodeSet } from "../../code/sync-code.ts";
import { variablesOf } from "../../data/variables-of.ts";
import type { LaunchOptions, StagingEvent } from "../../launcher.ts";
import { stagingScript } from "../../staging-script.ts";
import { holdNodes, type Release } from "./held-nodes.ts";
import type { RunningJob } from "../job/job-step.ts";
import { rsyncShell, stepAccess } from "./slurm-nodes.ts";

/** What is put on the nodes of a job before its ranks start. */
export interface Preparation {
  /** The program's files; absent if the nodes share its folder. */
  code: (CodeSet & { setUp: string | undefined; source: string }) | undefined;
  data: LaunchOptions["data"];
}

export interface Prepared {
  /** The program's folder and the variables to add, by node. */
  releases: Readonly<Record<string, Release>>;
  /** When the agents were allowed to start. */
  releasedMs: number;
}

interface Node {
  access: HostAccess;
  facts: HostFacts;
  remote: { shell: readonly string[]; destination: string };
}

/**
 * Sends code and data to the nodes of a job that has started, each through job steps, and then lets its agents start.
 *
 * @throws UserError, WorldError what `holdNodes`, `sendCode`, `setUpCode` and `stageData` throw
 */
export async function* prepareNodes(
  job: RunningJob,
  { code, data }: Preparation,
  parts: { agentFile: string; nowMs: () => number; signal: AbortSignal },
): AsyncGenerator<StagingEvent, Prepared> {
  const { nowMs, signal } = parts;
  const held = await holdNodes(job, signal);
  const nodes = [...held.facts].map(([host, facts]): Node => {
    const remote = { shell: rsyncShell(job, host), destination: host };
    return { access: stepAccess(host, job), facts, remote };
  });
  if (code !== undefined) yield* sendToAll(code, nodes, { nowMs, signal });
  signal.throwIfAborted();
  const env =
    data === undefined ? undefined : variablesOf(yield* stageOn(nodes, data, { job, ...parts }));
  const releases = Object.fromEntries(
    nodes.map(({ access, facts }): [string, Release] => [
      access.host,
      {
        ...(code === undefined ? {} : { cwd: remoteFolder(code, facts) }),
        env: env?.get(access.host) ?? {},
      },
    ]),
  );
  const releasedMs = nowMs();
  await held.release(releases);
  return { releases, releasedMs };
}

/** Nodes that share a home folder get the code once. */
async function* sendToAll(
  code: NonNullable<Preparation["code"]>,
  nodes: readonly Node[],
  { nowMs, signal }: { nowMs: () => number; signal: AbortSignal },
): AsyncGenerator<StagingEvent> {
  const { bytes, files, sha256, source, setUp } = code;
  const homes = homesOf(nodes);
  for (const { access } of homes)
    yield {
      kind: "staging",
      name: stagedCodeName,
      host: access.host,
      step: "send",
      doneBytes: 0,
      totalBytes: bytes,
    };
  const content = { source, sha256, bytes, fileCount: files.length, warmBytes: bytes };
  const staged = await Promise.all(
    homes.map((node) => sendTo(node, code, { content, nowMs, signal })),
  );
  for (const data of staged) yield { kind: "staged", data };
  await setUpCode(
    setUp,
    nodes.map((node) => ({ ...node, folder: remoteFolder(code, node.facts) })),
    signal,
  );
}

async function sendTo(
  node: Node,
  code: CodeSet,
  parts: {
    content: Pick<StagedData, "source" | "sha256" | "bytes" | "fileCount" | "warmBytes">;
    nowMs: () => number;
    signal: AbortSignal;
  },
): Promise<StagedData> {
  const { content, nowMs, signal } = parts;
  const startedMs = nowMs();
  const how = await sendCode(code, node, signal);
  return {
    ...content,
    name: stagedCodeName,
    host: node.access.host,
    path: remoteFolder(code, node.facts),
    how,
    sentBytes: how === "sent" ? content.bytes : 0,
    checkedBytes: 0,
    durationMs: Math.max(0, nowMs() - startedMs),
  };
}

async function* stageOn(
  nodes: readonly Node[],
  { requests, cacheFolder }: NonNullable<Preparation["data"]>,
  parts: { job: RunningJob; agentFile: string; nowMs: () => number; signal: AbortSignal },
): AsyncGenerator<StagingEvent, readonly StagedData[]> {
  const { stageData } = await import("../../data/stage-data.ts");
  const { job, agentFile, nowMs, signal } = parts;
  const staging = {
    hosts: async () => nodes.map(({ facts, ...node }) => ({ ...node, python: facts.python })),
    shell: async () => ["ssh", "-o", "BatchMode=yes"],
    scriptFile: stagingScript(agentFile),
    usesInPlace: false,
    nowMs,
  };
  return yield* stageData(requests, staging, { cacheFolder, env: job.tools.env, signal });
}
