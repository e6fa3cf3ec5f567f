import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { LaunchedRank } from "../../schema/run/rank.ts";
import type { AgentPlace } from "../agent/host-access.ts";
import { AgentJob } from "../agent/agent-job.ts";
import { JobOfAgents } from "../agent/job-of-agents.ts";
import type { LaunchEvent } from "../launcher.ts";
import { phaseOf, whySlurmEnded, type SlurmJobState } from "./job-state.ts";
import { latestAskMs } from "./node-clocks.ts";
import { patiently } from "./patiently.ts";
import type { SlurmClient } from "./slurm-client.ts";
import { readSlurmLog } from "./slurm-log.ts";
import { slurmLogPath } from "./slurm-script.ts";

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
}

/** A running job of Slurm: its agents, watched together with the state that Slurm reports. */
export class SlurmJob extends JobOfAgents {
  readonly #slurm: SlurmParts;
  readonly #nowMs: () => number;
  readonly #isOver = new AbortController();
  #wasCanceledHere = false;
  #hasFailed = false;
  #wasRequeued = false;
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

  async stop({ graceMs }: { graceMs: number }): Promise<void> {
    clearTimeout(this.#cancelTimer);
    this.#cancelTimer = setTimeout(() => void this.#cancel(), graceMs + agentLagMs);
    await this.agents.stop({ graceMs });
    clearTimeout(this.#cancelTimer);
  }

  detach(): void {
    this.#isOver.abort();
    this.agents.detach();
  }

  async *#events(): AsyncGenerator<LaunchEvent> {
    for await (const event of this.agents.events) {
      if (event.kind === "rank-exited") this.#hasFailed ||= !isClean(event.exit);
      if (event.kind === "host-lost") this.#hasFailed = true;
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
      if (state !== undefined && isRequeued(state)) {
        await this.#endRequeued();
        return;
      }
      if (state === undefined || phaseOf(state) !== "ended") continue;
      if (!(await pause(lastFramesMs, signal))) return;
      this.agents.lose(await this.#reasonOf(state));
      return;
    }
  }

  /** The processes of the run are gone, and must not start a second time. */
  async #endRequeued(): Promise<void> {
    this.#wasRequeued = true;
    await this.#cancel();
    // How its ranks ended is still to be read.
    if (await pause(lastFramesMs, this.#isOver.signal))
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
    if (this.#hasFailed) yield* this.#endedByScheduler(timeMs, log);
    await this.#keepLog();
  }

  async *#endedByScheduler(timeMs: number, log: string): AsyncGenerator<LaunchEvent> {
    const { outOfMemory } = readSlurmLog(log);
    const shared = { kind: "ended-by-scheduler", scheduler: "slurm", timeMs } as const;
    if (this.#wasRequeued) {
      yield { ...shared, state: "REQUEUED", reason: requeuedText };
      return;
    }
    if (outOfMemory !== undefined) {
      yield { ...shared, state: "OUT_OF_MEMORY", reason: outOfMemory };
      return;
    }
    const state = await this.#endState();
    if (state !== undefined && isRequeued(state)) {
      await this.#cancel();
      yield { ...shared, state: "REQUEUED", reason: requeuedText };
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
      if (state !== undefined && (isRequeued(state) || phaseOf(state) === "ended")) return state;
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
    return readFile(this.#logPath, "utf8").catch(() => "");
  }

  async #keepLog(): Promise<void> {
    const text = await this.#log();
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

const requeuedText = "it was requeued, and Pitwall has canceled it: a run is never started twice";

/** Back in the queue, or started a second time. */
function isRequeued(state: SlurmJobState): boolean {
  return state.restartCount > 0 || phaseOf(state) === "waiting";
}

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
