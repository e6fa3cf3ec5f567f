import { readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { HostFacts } from "../../schema/run/hosts/host-facts.ts";
import type { LaunchTargetOf } from "../../schema/run/hosts/launch-target.ts";
import { agentProgram } from "../agent/agent-program.ts";
import { agentJobTemplate, pythonOf } from "../agent/job-spec.ts";
import type { LaunchMeans } from "../launch-target-row.ts";
import type {
  AttachOutcome,
  LaunchedBefore,
  Launcher,
  LaunchOptions,
  LaunchOutcome,
  PreparingEvent,
  QueueEnd,
  QueueState,
} from "../launcher.ts";
import { attachSlurmJob } from "./job/earlier-job.ts";
import { cpuBindingOf } from "./script/cpu-binding.ts";
import { launchTime } from "./job/launch-time.ts";
import type { Preparation, Prepared } from "./nodes/prepare-nodes.ts";
import { ranksPerNodeOf } from "./nodes/ranks-per-node.ts";
import type { RunningJob } from "./job/job-step.ts";
import { SlurmClient } from "./client/slurm-client.ts";
import { factsOfNode, nodesFor, readCluster } from "./nodes/slurm-cluster.ts";
import type { SlurmJobState } from "./client/job-state.ts";
import { SlurmJob } from "./job/slurm-job.ts";
import { describeNodes, placesOf, readFacts, type SlurmPlace } from "./nodes/slurm-nodes.ts";
import { chosenNodes, ranksOfNodes } from "./nodes/slurm-ranks.ts";
import {
  agentWordsIn,
  inScriptOrder,
  jobFolderPrefix,
  slurmLogPath,
  slurmScript,
} from "./script/slurm-script.ts";
import { readNodeOrder } from "./nodes/slurm-topology.ts";
import type { EarlierAttempt } from "./job/next-attempt.ts";
import { SlurmTools } from "./client/slurm-tools.ts";
import { waitInQueue } from "./job/wait-in-queue.ts";

/** Starts each job as a batch job of Slurm. It continues if this process ends. */
export class SlurmLauncher implements Launcher {
  readonly #target: LaunchTargetOf<"slurm">;
  readonly #means: LaunchMeans;
  readonly #cpuBinding: Promise<readonly string[]>;
  #cluster: ReturnType<typeof readCluster> | undefined;
  /** What the nodes of the last job are, once it runs. */
  #facts: Promise<readonly { host: string; facts: HostFacts }[]> | undefined;

  constructor(target: LaunchTargetOf<"slurm">, means: LaunchMeans) {
    this.#target = target;
    this.#means = means;
    // Slurm answers while the record is created; who needs the answer gets its error.
    this.#suitedNodes().catch(() => undefined);
    this.#cpuBinding = cpuBindingOf(new SlurmTools(means.env));
  }

  /** @throws UserError, WorldError what `nodesFor`, `readCluster` and `SlurmClient.submit` throw; `slurm-job-ended` */
  async launch(command: readonly string[], options: LaunchOptions): Promise<LaunchOutcome> {
    await this.#suitedNodes();
    const agent = await agentProgram(this.#means.agentFile);
    const tools = new SlurmTools(options.env);
    const nodeOrder = await this.#nodeOrder(tools);
    const cpuBinding = await this.#cpuBinding;
    const script = this.#script(command, options, { agent, nodeOrder, cpuBinding });
    const client = new SlurmClient(tools);
    const earlier = await this.#earlierAttempt(client, script, options);
    await writeFile(join(options.runDirectory, "slurm.sh"), script, { mode: 0o600 });
    const preparation = await this.#preparation(options);
    const submittedMs = this.#means.nowMs();
    const jobId = earlier?.jobId ?? (await client.submit(script, this.#target, tools.env));
    const job = {
      jobId,
      submittedMs,
      client,
      tools,
      options,
      command,
      script,
      preparation,
      cpuBinding,
      earlier,
    };
    const waiting = this.#waitOrCancel(job);
    const isHeld = earlier?.kind === "held";
    return {
      kind: "queued",
      queued: { scheduler: "slurm", jobId, submittedMs, waiting, ...(isHeld ? { isHeld } : {}) },
    };
  }

  async #earlierAttempt(
    client: SlurmClient,
    script: string,
    { attempt = 1, runDirectory }: LaunchOptions,
  ): Promise<EarlierAttempt | undefined> {
    if (attempt === 1) return undefined;
    const { earlierAttempt } = await import("./job/next-attempt.ts");
    const run = basename(runDirectory);
    return earlierAttempt({ client, run, script, runDirectory, target: this.#target });
  }

  async attach(job: LaunchedBefore): Promise<AttachOutcome> {
    const outcome = await attachSlurmJob(this.#target, job, this.#means);
    if (outcome.kind === "attached") this.#facts = Promise.resolve(outcome.facts);
    return outcome;
  }

  async preview(command: readonly string[], options: LaunchOptions): Promise<string> {
    const { text: agent, hash } = await agentProgram(this.#means.agentFile);
    const text = `(here: the ${agent.split("\n").length} lines of agent/pitwall_agent.py and agent/host_agent/)`;
    const nodeOrder = await this.#nodeOrder(new SlurmTools(options.env));
    const cpuBinding = await this.#cpuBinding;
    const own = { text, hash };
    return this.#script(command, options, { agent: own, nodeOrder, cpuBinding });
  }

  async #nodeOrder(tools: SlurmTools): Promise<string[] | undefined> {
    return this.#target.rankOrder === "topology" ? readNodeOrder(tools) : undefined;
  }

  #script(
    command: readonly string[],
    options: LaunchOptions,
    {
      agent,
      ...cluster
    }: { agent: { text: string; hash: string } } & Pick<
      Parameters<typeof slurmScript>[0],
      "nodeOrder" | "cpuBinding"
    >,
  ): string {
    return slurmScript({
      run: basename(options.runDirectory),
      target: this.#target,
      ranksPerNode: ranksPerNodeOf(this.#target),
      job: JSON.stringify(this.#template(command, options)),
      agent: agent.text,
      agentHash: agent.hash,
      python: agentPython(command),
      isRestartable: options.attempt !== undefined,
      ...cluster,
    });
  }

  #template(command: readonly string[], options: LaunchOptions) {
    const run = basename(options.runDirectory);
    const ranksPerNode = ranksPerNodeOf(this.#target);
    const sendsCode = this.#target.sendsCode === true;
    const template = agentJobTemplate(
      {
        name: run,
        command,
        cwd: sendsCode ? "{pitwall:code}" : options.cwd,
        env: options.programEnv ?? {},
        seed: options.seed,
        starter: this.#target.ranks.starter,
        lingerMs: options.lingerMs,
        launchRate: this.#target.launchRate,
      },
      {
        nodeCount: this.#target.nodes,
        ranksPerNode,
        run,
        isC10d: this.#target.ranks.rendezvous === "c10d",
      },
    );
    return sendsCode || options.data !== undefined ? { ...template, isHeld: true } : template;
  }

  /** The files are copied now, because they may change while the job waits. */
  async #preparation({ cwd, runDirectory, data }: LaunchOptions): Promise<Preparation | undefined> {
    const { sendsCode, sync = [], setUp } = this.#target;
    if (sendsCode !== true) return data === undefined ? undefined : { code: undefined, data };
    const { collectCode, copyCode } = await import("../code/sync-code.ts");
    const code = await collectCode(cwd, sync, dirname(dirname(this.#means.agentFile)));
    const copied = await copyCode(code, join(runDirectory, copiedCodeName));
    return { code: { ...copied, setUp, source: cwd }, data };
  }

  async describeHosts(): Promise<readonly { host: string; facts: HostFacts }[]> {
    if (this.#facts !== undefined) return this.#facts;
    const nodes = await this.#suitedNodes();
    return nodes.slice(0, this.#target.nodes).map((node) => ({
      // Slurm chooses the nodes later.
      host: `node of ${node.partition}`,
      facts: factsOfNode(node, this.#target),
    }));
  }

  async #factsOf(job: RunningJob, places: readonly SlurmPlace[]) {
    const measured = (await readFacts(places)) ?? (await describeNodes(job));
    if (measured !== undefined) return measured;
    const nodes = await this.#suitedNodes();
    return job.hosts.flatMap((host) => {
      const node = nodes.find(({ name }) => name === host);
      return node === undefined ? [] : [{ host, facts: factsOfNode(node, this.#target) }];
    });
  }

  async #suitedNodes() {
    this.#cluster ??= readCluster(new SlurmTools(this.#means.env));
    return nodesFor(this.#target, await this.#cluster);
  }

  /** A job that cannot be followed does not stay. */
  async *#waitOrCancel(
    submitted: Submitted,
  ): AsyncGenerator<QueueState | PreparingEvent, QueueEnd> {
    try {
      return yield* this.#wait(submitted);
    } catch (error) {
      // The first error is the one to report.
      await submitted.client.cancel(submitted.jobId).catch(() => undefined);
      if (submitted.options.interrupt?.aborted !== true) throw error;
      return { kind: "withdrawn", timeMs: this.#means.nowMs() };
    } finally {
      const copied = join(submitted.options.runDirectory, copiedCodeName);
      if (submitted.preparation !== undefined) await rm(copied, { recursive: true, force: true });
    }
  }

  async *#wait(submitted: Submitted): AsyncGenerator<QueueState | PreparingEvent, QueueEnd> {
    const { jobId, submittedMs, client, tools, options, command, script, cpuBinding } = submitted;
    const { nowMs } = this.#means;
    const wait = yield* waitInQueue(jobId, { client, nowMs, interrupt: options.interrupt });
    if (wait.kind === "withdrawn") return wait;
    const seenMs = nowMs();
    const allHosts = await client.hostnames(wait.state.nodeList ?? "");
    const { hosts, spareHosts } = chosenNodes(allHosts, this.#target);
    const run = basename(options.runDirectory);
    const home = homeOf(tools);
    const agent = agentWordsIn(script, home) ?? [];
    const isPart = hosts.length < allHosts.length;
    const prefix = jobFolderPrefix(run);
    const job = { jobId, hosts, isPart, home, prefix, agent, tools, cpuBinding };
    const handed = await this.#handOver(job, submitted, wait.state);
    const prepared = yield* this.#prepare(job, submitted);
    const places = await placesOf(job, { client, agentFile: this.#means.agentFile, nowMs });
    this.#facts = this.#factsOf(job, places);
    const { waitedAtMs, state } = wait;
    const template = this.#template(command, options);
    const [place] = places;
    const ordered = inScriptOrder(hosts, script);
    const placed = await ranksOfNodes(ordered, { template, place, home, prepared });
    const { ranks, scriptMs } = placed;
    const times =
      submitted.earlier?.kind !== "held" || handed === undefined
        ? { submittedMs, waitedAtMs, seenMs, startMs: state.startMs, scriptMs }
        : // The job has started long before.
          {
            submittedMs: handed.sinceMs,
            waitedAtMs: handed.sinceMs,
            seenMs: nowMs(),
            startMs: undefined,
            scriptMs,
          };
    const launchedMs = prepared?.releasedMs ?? launchTime(times);
    const parts = {
      places,
      ranks,
      launchedMs,
      nowMs,
      tickMs: options.tickMs ?? 0,
      spoolDirectory: options.runDirectory,
    };
    return {
      kind: "launched",
      job: new SlurmJob(parts, {
        sharedFolders: places.flatMap(({ isShared, folder }) => (isShared ? [folder] : [])),
        jobId,
        client,
        run,
        home: job.home,
        runDirectory: options.runDirectory,
        restartCount: state.restartCount,
        ...(options.attempt === undefined ? {} : { isRestartable: true }),
        spareHosts,
        ...(handed === undefined ? {} : { logStart: handed.logStart }),
      }),
    };
  }

  /** Gives the script of a job that has run an attempt before the next one; when it did, or undefined for a new job. */
  async #handOver(
    job: RunningJob,
    { earlier, command, options }: Submitted,
    { batchHost }: SlurmJobState,
  ): Promise<{ sinceMs: number; logStart: number } | undefined> {
    if (earlier === undefined || earlier.kind === "submitted") return undefined;
    const { handOver } = await import("./job/next-attempt.ts");
    const request = JSON.stringify(this.#template(command, options));
    const sinceMs = this.#means.nowMs();
    const run = basename(options.runDirectory);
    const log = await readFile(join(job.home, slurmLogPath(run)), "utf8").catch(() => "");
    await handOver(job, { request, batchHost, run });
    return { sinceMs, logStart: log.length };
  }

  async *#prepare(
    job: RunningJob,
    { preparation, options }: Submitted,
  ): AsyncGenerator<PreparingEvent, Prepared | undefined> {
    if (preparation === undefined) return undefined;
    const { agentFile, nowMs } = this.#means;
    const signal = options.interrupt ?? new AbortController().signal;
    yield { kind: "preparing", timeMs: nowMs() };
    const { prepareNodes } = await import("./nodes/prepare-nodes.ts");
    return yield* prepareNodes(job, preparation, { agentFile, nowMs, signal });
  }
}

/** Of the code in the record, until it is on the nodes. */
const copiedCodeName = "code";

interface Submitted {
  jobId: string;
  submittedMs: number;
  client: SlurmClient;
  tools: SlurmTools;
  options: LaunchOptions;
  command: readonly string[];
  script: string;
  preparation: Preparation | undefined;
  cpuBinding: readonly string[];
  /** The job, if it is that of the attempt before. */
  earlier: EarlierAttempt | undefined;
}

/** The program's own Python if every node has it at the same path: it can be another than the first one on the PATH, and newer. */
function agentPython(command: readonly string[]): string {
  const python = pythonOf(command);
  return python?.startsWith("/") === true ? python : "python3";
}

/** The home folder that jobs get with the environment. */
function homeOf({ env }: SlurmTools): string {
  return env["HOME"] ?? "/";
}
