import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { endProcesses, lookEveryMs, runningCount } from "./end-processes.ts";
import { EventQueue } from "../event-queue.ts";
import type { Exit, LaunchedJob, LaunchEvent, LaunchOptions, Leftovers } from "../launcher.ts";
import type { LaunchedRank } from "../../schema/run/hosts/rank.ts";
import type { OutputPipe } from "./output-pipes.ts";
import type { Tagging } from "./job-tag.ts";
import { catchesSignal } from "./catches-signal.ts";
import { type ProcessTree, signalProcess } from "./process-tree.ts";
import type { Watchdog } from "./watchdog.ts";

/** Time between SIGTERM and SIGKILL for leftover processes, milliseconds. */
const leftoverGraceMs = 1000;
/** How long a silent pipe may stay open when no known process holds it. */
const silentPipeMs = 1000;

/** Interval of the search for untagged descendants, milliseconds. */
const trackEveryMs = 1000;

export interface JobParts {
  child: ChildProcess;
  rank: LaunchedRank & { pid: number };
  launchedMs: number;
  tree: ProcessTree;
  pipes: readonly OutputPipe[];
  watchdog: Watchdog;
  tagging: Tagging;
  nowMs: () => number;
  options: LaunchOptions;
}

/** A job of one rank on this machine, from its start to the end of its last process. */
export class LocalJob implements LaunchedJob {
  readonly hosts: readonly string[];
  readonly ranks: readonly [LaunchedRank & { pid: number }];
  readonly launchedMs: number;
  readonly guard: LaunchedJob["guard"];
  readonly #parts: JobParts;
  readonly #queue: EventQueue;
  #killAtMs: number | undefined;
  #stopping: Promise<void> | undefined;

  constructor(parts: JobParts) {
    this.hosts = [parts.rank.host];
    this.ranks = [parts.rank];
    this.launchedMs = parts.launchedMs;
    const reason = parts.watchdog.absentBecause;
    this.guard = reason === undefined ? { kind: "watched" } : { kind: "unwatched", reason };
    this.#parts = parts;
    this.#queue = new EventQueue((flow) => {
      for (const pipe of parts.pipes) pipe.reader[flow]();
    });
    const drained = parts.pipes.map((pipe) => this.#readPipe(pipe));
    void this.#follow(exitOf(parts.child), Promise.all(drained));
  }

  get events(): AsyncIterable<LaunchEvent> {
    return this.#queue;
  }

  processIds(host: string): number[] {
    return host === this.#parts.rank.host ? this.#parts.tree.scan() : [];
  }

  askForCheckpoint(): void {
    for (const pid of this.#parts.tree.scan())
      if (catchesSignal(pid, "SIGUSR1")) signalProcess(pid, "SIGUSR1");
  }

  async stop({ graceMs }: { graceMs: number }): Promise<void> {
    const killAtMs = performance.now() + graceMs;
    this.#killAtMs = Math.min(this.#killAtMs ?? killAtMs, killAtMs);
    this.#stopping ??= endProcesses(this.#parts.tree, () => this.#killAtMs ?? 0);
    await this.#stopping;
  }

  /** From the start to the `ended` event. */
  async #follow(exited: Promise<Exit>, drained: Promise<unknown>): Promise<void> {
    const { tickMs = 0, lingerMs = 1000 } = this.#parts.options;
    const ticking = tickMs > 0 ? setInterval(() => this.#tick(), tickMs) : undefined;
    const tracking = this.#trackDescendants();
    const exit = await exited;
    clearInterval(tracking);
    const { host, rank } = this.#parts.rank;
    this.#queue.push({ kind: "rank-exited", timeMs: this.#parts.nowMs(), host, rank, exit });
    const leftovers = await this.#clearLeftovers(lingerMs);
    this.#parts.watchdog.dismiss();
    await Promise.race([drained, this.#pipesFallSilent()]);
    for (const pipe of this.#parts.pipes) pipe.reader.destroy();
    clearInterval(ticking);
    this.#queue.push({ kind: "ended", timeMs: this.#parts.nowMs(), leftovers });
  }

  /** Searches for untagged descendants: they are found only before they detach from their parent. */
  #trackDescendants(): NodeJS.Timeout | undefined {
    const { tagging, tree } = this.#parts;
    return tagging.kind === "tagged" ? undefined : setInterval(() => tree.scan(), trackEveryMs);
  }

  #tick(): void {
    if (this.#queue.isEmpty) this.#queue.push({ kind: "tick", timeMs: this.#parts.nowMs() });
  }

  /** Resolves at the end of the pipe. */
  #readPipe({ stream, reader }: OutputPipe): Promise<void> {
    const { host, rank } = this.#parts.rank;
    reader.on("data", (bytes: Buffer) => {
      const timeMs = this.#parts.nowMs();
      this.#queue.push({ kind: "output", timeMs, host, rank, stream, bytes });
    });
    return new Promise((resolve) => {
      reader.once("close", () => resolve());
      // A pipe that can no longer be read has ended, for whatever reason.
      reader.once("error", () => resolve());
    });
  }

  /** After the main process has ended: waits for the other processes for a moment, then stops them. */
  async #clearLeftovers(lingerMs: number): Promise<Leftovers> {
    const lingerUntilMs = performance.now() + lingerMs;
    const isOver = (): boolean => this.#stopping !== undefined || performance.now() > lingerUntilMs;
    while (runningCount(this.#parts.tree) > 0 && !isOver()) await sleep(lookEveryMs);
    const wasStopped = this.#stopping !== undefined;
    const stoppedCount = wasStopped ? 0 : this.#parts.tree.scan().length;
    if (wasStopped || stoppedCount > 0) await this.stop({ graceMs: leftoverGraceMs });
    return { stoppedCount, unkillablePids: this.#parts.tree.remaining() };
  }

  /** Resolves when the pipes have been silent for a while and the reader is not slow. */
  async #pipesFallSilent(): Promise<void> {
    const readBytes = (): number =>
      this.#parts.pipes.reduce((sum, pipe) => sum + pipe.reader.bytesRead, 0);
    for (let before = -1; before !== readBytes() || this.#queue.isFull;) {
      before = readBytes();
      await sleep(silentPipeMs, undefined, { ref: false });
    }
  }
}

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once("exit", (exitCode, signal) => {
      resolve(
        signal === null
          ? { kind: "exited", exitCode: exitCode ?? 0 }
          : { kind: "signalled", signal },
      );
    });
  });
}
