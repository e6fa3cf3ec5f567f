import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { WorldError } from "../../foundation/errors/user-error.ts";
import type { DataRequest, StagedData } from "../../schema/run/request/data-set.ts";
import type { HostFacts } from "../../schema/run/hosts/host-facts.ts";
import type { LaunchTargetOf } from "../../schema/run/hosts/launch-target.ts";
import { AgentJob } from "../agent/agent-job.ts";
import { agentJobTemplate, pythonOf } from "../agent/job-spec.ts";
import type { LaunchMeans } from "../launch-target-row.ts";
import type {
  AttachOutcome,
  LaunchedBefore,
  LaunchedJob,
  Launcher,
  LaunchOptions,
  LaunchOutcome,
  QueueEnd,
  QueueState,
  StageOptions,
  StagingEvent,
} from "../launcher.ts";
import { stagingScript } from "../staging-script.ts";
import { ranksOfHosts } from "../ranks-of-hosts.ts";
import { RayClient, type RayNode } from "./ray-client.ts";
import { entryPointOf, jobVariables, linkFile } from "./ray-entry-point.ts";
import { factsOf, hostNamesOf, nodesFor, resourcesOf } from "./ray-nodes.ts";
import { readRayLog, type Placed } from "./ray-log.ts";
import { sendPackage } from "./ray-package.ts";

const pollMs = 300;
const shownLineCount = 5;

type RayTarget = LaunchTargetOf<"ray">;

/** The name in Ray of the job of an attempt. */
export function rayJobId(runDirectory: string, attempt = 1): string {
  const first = `pitwall-${basename(runDirectory)}`;
  return attempt === 1 ? first : `${first}-attempt-${attempt}`;
}

/** The name of the last job of a run that Ray knows. */
export async function lastRayJobId(runDirectory: string, client: RayClient): Promise<string> {
  let attempt = 1;
  while ((await client.job(rayJobId(runDirectory, attempt + 1))) !== undefined) attempt += 1;
  return rayJobId(runDirectory, attempt);
}

/** Submits each job to a Ray cluster. It continues if this process ends. */
export class RayLauncher implements Launcher {
  readonly #target: RayTarget;
  readonly #means: LaunchMeans;
  readonly #client: RayClient;
  /** The nodes that have the data of the run, if Pitwall has put data on nodes. */
  #staged: readonly RayNode[] | undefined;
  #facts: readonly { host: string; facts: HostFacts }[] | undefined;

  constructor(target: RayTarget, means: LaunchMeans) {
    this.#target = target;
    this.#means = means;
    this.#client = new RayClient(target.address, means.env);
  }

  /** @throws UserError, WorldError what `RayClient` and `sendPackage` throw; `ray-too-few-nodes`, `ray-job-ended` */
  async launch(command: readonly string[], options: LaunchOptions): Promise<LaunchOutcome> {
    const version = await this.#client.version();
    const jobId = rayJobId(options.runDirectory, options.attempt);
    const request = await this.#submission(command, options, jobId);
    const submitted = { rayVersion: version, address: this.#target.address, ...request };
    const text = `${JSON.stringify(submitted, undefined, 2)}\n`;
    await writeFile(join(options.runDirectory, "ray.json"), text, { mode: 0o600 });
    const submittedMs = this.#means.nowMs();
    await this.#client.submit(request);
    const waiting = this.#wait(jobId, { submittedMs, options });
    return { kind: "queued", queued: { scheduler: "ray", jobId, submittedMs, waiting } };
  }

  async attach({ runDirectory, launchedMs, tickMs = 0 }: LaunchedBefore): Promise<AttachOutcome> {
    const jobId = await lastRayJobId(runDirectory, this.#client);
    const info = await this.#client.job(jobId);
    const { placed, endedHosts } = readRayLog(
      info === undefined ? "" : await this.#client.log(jobId),
    );
    if (info === undefined || placed === undefined) return { kind: "unknown-job", hosts: ["Ray"] };
    this.#facts = placed.hosts;
    const hasEnded =
      info.status !== "RUNNING" || placed.hosts.every(({ host }) => endedHosts.has(host));
    const place = { jobId, runDirectory, isAttached: true };
    const job = await this.#follow(placed, { ...place, launchedMs, tickMs });
    return { kind: "attached", job, hasEnded, processCount: hasEnded ? 0 : job.ranks.length };
  }

  async preview(command: readonly string[], options: LaunchOptions): Promise<string> {
    const version = await this.#client.version();
    const jobId = rayJobId(options.runDirectory);
    const request = submissionOf(command, jobId, "gcs://_ray_pkg_….zip");
    return `# Ray ${version}, POST ${this.#target.address}/api/jobs/\n${JSON.stringify(request, undefined, 2)}`;
  }

  async describeHosts(): Promise<readonly { host: string; facts: HostFacts }[]> {
    if (this.#facts !== undefined) return this.#facts;
    const nodes = await nodesFor(this.#target, this.#client);
    // Ray chooses the nodes later.
    return nodes
      .slice(0, this.#target.nodes)
      .map((node) => ({ host: "node of Ray", facts: factsOf(node) }));
  }

  /** The job is pinned to the nodes that get the data. */
  async *stage(
    data: readonly DataRequest[],
    options: StageOptions,
  ): AsyncGenerator<StagingEvent, readonly StagedData[]> {
    const { stageData } = await import("../data/stage-data.ts");
    const { reachNodes } = await import("./on-node.ts");
    const { nodes: count } = this.#target;
    const parts = {
      hosts: async () => {
        this.#staged ??= (await nodesFor(this.#target, this.#client)).slice(0, count);
        const names = hostNamesOf(this.#staged);
        const places = this.#staged.map(({ raylet: { nodeId } }, index) => ({
          host: names[index] ?? "",
          nodeId,
        }));
        const reached = await reachNodes(places, { client: this.#client, means: this.#means });
        return reached.map((access) => ({
          access,
          python: "{agentPython}",
          remote: access.remote,
        }));
      },
      shell: async () => ["ssh", "-o", "BatchMode=yes"],
      scriptFile: stagingScript(this.#means.agentFile),
      usesInPlace: false,
      nowMs: this.#means.nowMs,
    };
    return yield* stageData(data, parts, options);
  }

  async #submission(command: readonly string[], options: LaunchOptions, jobId: string) {
    const { ranks, nodes, sync = [], setUp } = this.#target;
    const run = basename(options.runDirectory);
    const env = options.programEnv ?? {};
    const template = agentJobTemplate(
      { name: run, command, cwd: "", env, seed: options.seed, starter: ranks.starter },
      { nodeCount: nodes, ranksPerNode: ranks.perHost, run },
    );
    const found = await nodesFor(this.#target, this.#client);
    const { agentFile } = this.#means;
    const code = await sendPackage(this.#client, { cwd: options.cwd, sync, agentFile });
    const request = {
      nodes,
      resources: resourcesOf(found, ranks.perHost),
      setsThreads: env["OMP_NUM_THREADS"] !== undefined,
      folder: code.folder,
      job: { ...template, tether: true, lingerMs: options.lingerMs },
      ...this.#pinning(options),
      ...(setUp === undefined ? {} : { setUp }),
    };
    await this.#client.put(requestName(jobId), JSON.stringify(request));
    return submissionOf(command, jobId, code.address);
  }

  /** Without data, any nodes will do. */
  #pinning({ hostEnv }: LaunchOptions): { nodeIds?: string[]; hostEnv: object[] } {
    const staged = this.#staged;
    if (staged === undefined)
      return { hostEnv: Array.from({ length: this.#target.nodes }, () => ({})) };
    return {
      nodeIds: staged.map(({ raylet }) => raylet.nodeId),
      hostEnv: hostNamesOf(staged).map((name) => hostEnv?.get(name) ?? {}),
    };
  }

  async *#wait(
    jobId: string,
    { submittedMs, options }: { submittedMs: number; options: LaunchOptions },
  ): AsyncGenerator<QueueState, QueueEnd> {
    const { nowMs } = this.#means;
    for (;;) {
      if (options.interrupt?.aborted === true) {
        await this.#client.stop(jobId);
        return { kind: "withdrawn", timeMs: nowMs() };
      }
      const info = await this.#client.job(jobId);
      const log = readRayLog(await this.#client.log(jobId));
      if (log.placed !== undefined) {
        this.#facts = log.placed.hosts;
        const launchedMs = Math.min(nowMs(), Math.max(submittedMs, log.placed.timeMs));
        const { tickMs = 0 } = options;
        const { runDirectory } = options;
        const job = await this.#follow(log.placed, { jobId, runDirectory, launchedMs, tickMs });
        return { kind: "launched", job };
      }
      if (info === undefined || (info.status !== "PENDING" && info.status !== "RUNNING"))
        throw notPlaced(jobId, log, info?.message ?? undefined);
      yield { kind: "waiting", timeMs: nowMs(), reason: log.waiting ?? stateText(info.status) };
      await sleep(pollMs);
    }
  }

  async #follow(
    placed: Placed,
    parts: {
      jobId: string;
      runDirectory: string;
      launchedMs: number;
      tickMs: number;
      isAttached?: boolean;
    },
  ): Promise<LaunchedJob> {
    const { agentFile, env, nowMs } = this.#means;
    const token = await this.#client.token();
    const { jobId, runDirectory, ...rest } = parts;
    const rankCount = this.#target.ranks.perHost;
    const linkEnv = token === undefined ? env : { ...env, RAY_AUTH_TOKEN: token };
    return new AgentJob({
      ...rest,
      nowMs,
      guard: { kind: "outlives" },
      spoolDirectory: runDirectory,
      ranks: ranksOfHosts(placed.hosts.map(({ host }) => ({ host, rankCount }))),
      places: placed.hosts.map(({ host }) => ({
        access: { host, wrap: (words) => words, env: linkEnv },
        agent: ["python3", linkFile(agentFile)],
        folder: `${this.#target.address}#${jobId}#${host}`,
      })),
    });
  }
}

function requestName(jobId: string): string {
  return `pitwall-request-${jobId}`;
}

function submissionOf(command: readonly string[], jobId: string, files: string) {
  const script = `ray_driver.py ${jobId} ${requestName(jobId)}`;
  return {
    entrypoint: entryPointOf(script, pythonOf(command)),
    submission_id: jobId,
    runtime_env: { working_dir: files, env_vars: jobVariables },
    metadata: { pitwall: jobId },
  };
}

function stateText(status: "PENDING" | "RUNNING"): string {
  return status === "PENDING" ? "Ray unpacks the files" : "the program of Pitwall starts";
}

function notPlaced(
  jobId: string,
  { failed, setUpFailed, otherLines }: ReturnType<typeof readRayLog>,
  message: string | undefined,
): WorldError {
  if (setUpFailed !== undefined) {
    const { command, output } = setUpFailed;
    return new WorldError("set-up-failed", `the set-up command failed: \`${command}\``, {
      saw: output,
      hint: "it runs in the program's folder, once per node and version of the code",
    });
  }
  const said = failed?.split("\n")[0] ?? otherLines.slice(-shownLineCount).join("\n");
  return new WorldError("ray-job-ended", `the Ray job ${jobId} ended before it started a rank`, {
    saw: said === "" ? (message ?? "").slice(-500) : said,
    hint: "its log in Ray: `ray job logs`, or the dashboard",
  });
}
