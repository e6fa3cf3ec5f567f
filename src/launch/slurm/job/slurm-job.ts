import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { LaunchedRank } from "../../../schema/run/hosts/rank.ts";
import type { AgentPlace } from "../../agent/host-access.ts";
import { AgentJob } from "../../agent/agent-job.ts";
import { JobOfAgents } from "../../agent/job-of-agents.ts";
import type { LaunchEvent } from "../../launcher.ts";
import { phaseOf, whySlurmEnded, type SlurmJobState } from "../client/job-state.ts";
import { latestAskMs } from "../nodes/node-clocks.ts";
import { patiently } from "../client/patiently.ts";
import type { SlurmClient } from "../client/slurm-client.ts";
import { readSlurmLog } from "./slurm-log.ts";
import { scriptSignals, slurmLogPath } from "../script/slurm-script.ts";

const watchEveryMs = 1000;
const longestWatchMs = 10_000;
/** The clocks of the nodes are asked late. */
const mergeMs = latestAskMs + 5000;
/** What the agents have stored may arrive this long after the job has ended. */
const lastFramesMs = 5000;
/** Slurm reports the end of a job this long after its processes have ended. */
const endStateMs = 5000;
const endPollMs = 200;
/** Agents end their processes within the grace period; Slurm ends the job if they do not. */
const agentLagMs = 5000;

interface SlurmParts {
  jobId: string;
  client: SlurmClient;
  run: string;
  /** The home folder of the jobs. */
  home: string;
  runDirectory: string;
  /** The folders of the job on nodes that share the home folder with this machine. */
  sharedFolders: readonly string[];
  /** How often Slurm had started the job before. */
  restartCount: number;
  /** Whether its script keeps the nodes after a failure, until Pitwall starts the next attempt or says that there is none. */
  isRestartable?: boolean;
  spareHosts?: readonly string[];
  /** The length of the script's log before this attempt. */
  logStart?: number;
}

/** A running job of Slurm: its agents, watched together with the state that Slurm reports. */
export class SlurmJob extends JobOfAgents {
  readonly #slurm: SlurmParts;
  readonly #nowMs: () => number;
  readonly #isOver = new AbortController();
  #wasCanceledHere = false;
  #hasFailed = false;
  #wasRequeued = false;
  #isNodeLost = false;
  #cancelTimer: NodeJS.Timeout | undefined;

  constructor(
    parts: {
      places: readonly AgentPlace[];
      ranks: readonly LaunchedRank[];
      launchedMs: number;
      nowMs: () => number;
      tickMs: number;
      isAttached?: boolean;
      spoolDirectory: string;
    },
    slurm: SlurmParts,
  ) {
    super(new AgentJob({ ...parts, guard: { kind: "outlives" }, mergeMs }));
    this.#slurm = slurm;
    this.#nowMs = parts.nowMs;
    void this.#watch();
  }

  get events(): AsyncIterable<LaunchEvent> {
    return this.#events();
  }

  get spareHosts(): readonly string[] {
    return this.#slurm.spareHosts ?? [];
  }

  async stop({ graceMs }: { graceMs: number }): Promise<void> {
    clearTimeout(this.#cancelTimer);
    this.#cancelTimer = setTimeout(() => void this.#giveUp(), graceMs + agentLagMs);
    await this.agents.stop({ graceMs });
    clearTimeout(this.#cancelTimer);
  }

  /** The script of a job that may be restarted would otherwise wait for the next attempt. */
  override async release(next?: { isRestarted: boolean }): Promise<void> {
    await this.agents.release();
    const { client, jobId, isRestartable = false, sharedFolders } = this.#slurm;
    if (!isRestartable) return;
    // Those of nodes that were lost are left.
    const left = sharedFolders.map((folder) => rm(folder, { recursive: true, force: true }));
    await Promise.all(left);
    if (next?.isRestarted === true) return;
    // Without an answer of Slurm, the script ends by itself after some minutes.
    await patiently(() => client.signalScript(jobId, scriptSignals.end)).catch(() => undefined);
    await this.#keepLog();
  }

  detach(): void {
    this.#isOver.abort();
    this.agents.detach();
  }

  async *#events(): AsyncGenerator<LaunchEvent> {
    for await (const event of this.agents.events) {
      if (event.kind === "rank-exited") this.#hasFailed ||= !isClean(event.exit);
      if (event.kind === "host-lost") {
        this.#hasFailed = true;
        if (await this.#isVictim(event.host)) continue;
      }
      if (event.kind !== "ended") {
        yield event;
        continue;
      }
      this.#isOver.abort();
      await this.#releaseNodes();
      yield* this.#conclude(event.timeMs);
      yield event;
    }
  }

  /** The agents wait for their followers, except where the frames stay readable here after the job. */
  async #releaseNodes(): Promise<void> {
    const { sharedFolders } = this.#slurm;
    await Promise.all(sharedFolders.map(markTaken));
  }

  /** Agents that do not end on request: Slurm ends the job, unless it is to run on without their nodes. */
  async #giveUp(): Promise<void> {
    if (this.#slurm.isRestartable === true) this.agents.lose("its agent did not end the ranks");
    else await this.#cancel();
  }

  async #cancel(): Promise<void> {
    this.#wasCanceledHere = true;
    // If Slurm does not answer for minutes, the hosts are lost, which the record states.
    await patiently(() => this.#slurm.client.cancel(this.#slurm.jobId)).catch(() => undefined);
  }

  /** Gives up the hosts that report nothing after Slurm has ended the job. */
  async #watch(): Promise<void> {
    const { signal } = this.#isOver;
    let pauseMs = watchEveryMs;
    while (!signal.aborted) {
      if (!(await pause(pauseMs, signal))) return;
      const state = await this.#state();
      pauseMs = Math.min(pauseMs * 1.5, longestWatchMs);
      if (state !== undefined && this.#isRequeued(state)) {
        await this.#endRequeued();
        return;
      }
      if (state?.state === "RUNNING") await this.#loseRemovedNodes(state);
      if (state === undefined || phaseOf(state) !== "ended") continue;
      if (!(await pause(lastFramesMs, signal))) return;
      this.agents.lose(await this.#reasonOf(state));
      return;
    }
  }

  /** Slurm takes a node that has failed from a job that may go on without it. */
  async #loseRemovedNodes({ nodeList }: SlurmJobState): Promise<void> {
    if (this.#slurm.isRestartable !== true || nodeList === undefined) return;
    const left = new Set(await this.#slurm.client.hostnames(nodeList).catch(() => this.hosts));
    const removed = this.hosts.filter((host) => !left.has(host));
    if (removed.length > 0) this.agents.lose("Slurm says that the node has failed", removed);
  }

  /** Whether a node is lost only because Slurm has ended the job when another one had failed. */
  async #isVictim(host: string): Promise<boolean> {
    const down = await this.#downNodes();
    this.#isNodeLost ||= down.includes(host);
    return down.length > 0 && !down.includes(host);
  }

  async #downNodes(): Promise<string[]> {
    if (this.#slurm.isRestartable !== true) return [];
    return this.#slurm.client.downNodes(this.hosts).catch(() => []);
  }

  #isRequeued(state: SlurmJobState): boolean {
    return state.restartCount > this.#slurm.restartCount || phaseOf(state) === "waiting";
  }

  /** The processes of the run are gone, and must not start a second time. */
  async #endRequeued(): Promise<void> {
    this.#wasRequeued = true;
    if (this.#slurm.isRestartable !== true) await this.#cancel();
    // How its ranks ended is still to be read.
    if (!(await pause(lastFramesMs, this.#isOver.signal))) return;
    this.agents.lose(`the Slurm job ${this.#slurm.jobId} was requeued`);
  }

  async #reasonOf(state: SlurmJobState): Promise<string> {
    const { agentFault, lines } = readSlurmLog(await this.#log());
    const why = agentFault ?? whySlurmEnded(state) ?? lines.at(-1) ?? exitText(state);
    return `the Slurm job ${this.#slurm.jobId} has ended: ${why}`;
  }

  /** Reports whether Slurm ended the job, and keeps what Slurm printed in the record. */
  async *#conclude(timeMs: number): AsyncGenerator<LaunchEvent> {
    const log = await this.#log();
    if (this.#slurm.isRestartable === true) yield* this.#interrupted(timeMs, log);
    else if (this.#hasFailed) yield* this.#endedByScheduler(timeMs, log);
    if (this.#slurm.isRestartable !== true) await this.#keepLog();
  }

  /** Of a job that may be restarted: whether Slurm has interrupted it. It still runs, if not. */
  async *#interrupted(timeMs: number, log: string): AsyncGenerator<LaunchEvent> {
    const now = await this.#state();
    const state = now?.state === "COMPLETING" ? ((await this.#endState()) ?? now) : now;
    const interruption = await this.#interruptionIn(state, log);
    if (interruption !== undefined)
      yield { kind: "ended-by-scheduler", scheduler: "slurm", timeMs, ...interruption };
  }

  async #interruptionIn(
    state: SlurmJobState | undefined,
    log: string,
  ): Promise<{ state: string; reason: string } | undefined> {
    const { outOfMemory } = readSlurmLog(log);
    if (outOfMemory !== undefined && this.#hasFailed)
      return { state: "OUT_OF_MEMORY", reason: outOfMemory };
    if (state?.isPreempted === true && phaseOf(state) === "active") {
      await this.#makeWay();
      return { state: "PREEMPTED", reason: preemptedText };
    }
    const isRequeued = this.#wasRequeued || (state !== undefined && this.#isRequeued(state));
    if (!isRequeued) return state === undefined ? undefined : this.#endIn(state);
    // A lost node says why it was requeued.
    const isNodeLost = this.#isNodeLost || (await this.#downNodes()).length > 0;
    return isNodeLost ? undefined : { state: "REQUEUED", reason: requeuedText.restarted };
  }

  #endIn(state: SlurmJobState): { state: string; reason: string } | undefined {
    const reason = whySlurmEnded(state);
    const wasOwn = state.state === "CANCELLED" && this.#wasCanceledHere;
    return reason === undefined || wasOwn ? undefined : { state: state.state, reason };
  }

  /** The ranks of a preempted job have ended: its nodes are free before the grace period is over. */
  async #makeWay(): Promise<void> {
    const { client, jobId } = this.#slurm;
    const isQueued = await client.requeue(jobId).catch(() => false);
    if (!isQueued) await this.#cancel();
  }

  async *#endedByScheduler(timeMs: number, log: string): AsyncGenerator<LaunchEvent> {
    const { outOfMemory } = readSlurmLog(log);
    const shared = { kind: "ended-by-scheduler", scheduler: "slurm", timeMs } as const;
    if (this.#wasRequeued) {
      yield { ...shared, state: "REQUEUED", reason: requeuedText.canceled };
      return;
    }
    if (outOfMemory !== undefined) {
      yield { ...shared, state: "OUT_OF_MEMORY", reason: outOfMemory };
      return;
    }
    const state = await this.#endState();
    if (state !== undefined && this.#isRequeued(state)) {
      await this.#cancel();
      yield { ...shared, state: "REQUEUED", reason: requeuedText.canceled };
      return;
    }
    const reason = state === undefined ? undefined : whySlurmEnded(state);
    if (state === undefined || reason === undefined) return;
    if (state.state === "CANCELLED" && this.#wasCanceledHere) return;
    yield { ...shared, state: state.state, reason };
  }

  async #endState(): Promise<SlurmJobState | undefined> {
    const untilMs = this.#nowMs() + endStateMs;
    for (;;) {
      const state = await this.#state();
      if (state !== undefined && (this.#isRequeued(state) || phaseOf(state) === "ended"))
        return state;
      // A job that is canceled completes in this state only after its last process.
      if (state !== undefined && whySlurmEnded(state) !== undefined) return state;
      if (this.#nowMs() > untilMs) return undefined;
      await sleep(endPollMs);
    }
  }

  async #state(): Promise<SlurmJobState | undefined> {
    // The controller may restart; the agents report what matters in the meantime.
    return this.#slurm.client.state(this.#slurm.jobId).catch(() => undefined);
  }

  /** Empty where the home folder is not shared. */
  async #log(): Promise<string> {
    const text = await readFile(this.#logPath, "utf8").catch(() => "");
    return text.slice(this.#slurm.logStart ?? 0);
  }

  async #keepLog(): Promise<void> {
    const text = await readFile(this.#logPath, "utf8").catch(() => "");
    if (text !== "") {
      const kept = join(this.#slurm.runDirectory, "slurm.log");
      // The record does not need it; a full disk is reported by what does.
      await writeFile(kept, text, { mode: 0o600 }).catch(() => undefined);
    }
    await rm(this.#logPath, { force: true }).catch(() => undefined);
  }

  get #logPath(): string {
    return join(this.#slurm.home, slurmLogPath(this.#slurm.run));
  }
}

async function markTaken(folder: string): Promise<void> {
  // Without the file, the agent ends when the folder is removed.
  await writeFile(join(folder, "taken"), "").catch(() => undefined);
}

const preemptedText = "it was preempted by another job";
const requeuedText = {
  canceled: "it was requeued, and Pitwall has canceled it: a run is never started twice",
  restarted: "it was put back into the queue",
};

function exitText({ state, exitCode }: SlurmJobState): string {
  return exitCode === undefined ? state : `${state}, exit code ${exitCode}`;
}

function isClean(exit: (LaunchEvent & { kind: "rank-exited" })["exit"]): boolean {
  return exit.kind === "exited" && exit.exitCode === 0;
}

/** Whether the time has passed; false if the job was over before. */
async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(ms, undefined, { signal });
    return true;
  } catch {
    // Aborted: the job is over.
    return false;
  }
}
