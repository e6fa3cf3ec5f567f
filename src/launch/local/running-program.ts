import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { EventQueue } from "./event-queue.ts";
import type { Exit, LaunchedProgram, LaunchEvent, LaunchOptions, Leftovers } from "../launcher.ts";
import type { OutputPipe } from "./output-pipes.ts";
import type { ProcessTree } from "./process-tree.ts";
import type { Watchdog } from "./watchdog.ts";

/** How often the end of processes is looked for, milliseconds. */
const lookEveryMs = 20;
/** How long processes that do not end by themselves have after SIGTERM, milliseconds. */
const leftoverGraceMs = 1000;
/** How long killed processes are waited for: longer only takes one that hangs in the kernel. */
const killPatienceMs = 10_000;
/** How long a pipe may stay silent and open once no process is known that could hold it. */
const silentPipeMs = 1000;

export interface ProgramParts {
  child: ChildProcess;
  pid: number;
  launchedMs: number;
  tree: ProcessTree;
  pipes: readonly OutputPipe[];
  watchdog: Watchdog;
  nowMs: () => number;
  options: LaunchOptions;
}

/** A program from its start to the end of its last process. */
export class RunningProgram implements LaunchedProgram {
  readonly pid: number;
  readonly launchedMs: number;
  readonly guard: LaunchedProgram["guard"];
  readonly #parts: ProgramParts;
  readonly #queue: EventQueue;
  #killAtMs: number | undefined;
  #stopping: Promise<void> | undefined;

  constructor(parts: ProgramParts) {
    this.pid = parts.pid;
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

  processIds(): number[] {
    return this.#parts.tree.scan();
  }

  async stop({ graceMs }: { graceMs: number }): Promise<void> {
    const killAtMs = performance.now() + graceMs;
    this.#killAtMs = Math.min(this.#killAtMs ?? killAtMs, killAtMs);
    this.#stopping ??= this.#stopAll();
    await this.#stopping;
  }

  /** From the start to the `ended` event. */
  async #follow(exited: Promise<Exit>, drained: Promise<unknown>): Promise<void> {
    const { tickMs = 0, lingerMs = 1000 } = this.#parts.options;
    const ticking = tickMs > 0 ? setInterval(() => this.#tick(), tickMs) : undefined;
    const exit = await exited;
    this.#queue.push({ kind: "exited", timeMs: this.#parts.nowMs(), exit });
    const leftovers = await this.#clearLeftovers(lingerMs);
    this.#parts.watchdog.dismiss();
    await Promise.race([drained, this.#pipesFallSilent()]);
    for (const pipe of this.#parts.pipes) pipe.reader.destroy();
    clearInterval(ticking);
    this.#queue.push({ kind: "ended", timeMs: this.#parts.nowMs(), exit, leftovers });
  }

  #tick(): void {
    if (this.#queue.isEmpty) this.#queue.push({ kind: "tick", timeMs: this.#parts.nowMs() });
  }

  /** Resolves at the end of the pipe. */
  #readPipe({ stream, reader }: OutputPipe): Promise<void> {
    reader.on("data", (bytes: Buffer) => {
      this.#queue.push({ kind: "output", timeMs: this.#parts.nowMs(), stream, bytes });
    });
    return new Promise((resolve) => {
      reader.once("close", () => resolve());
      // A pipe that cannot be read any more has ended, whatever the reason.
      reader.once("error", () => resolve());
    });
  }

  /** After the main process: gives the others a moment, then stops them. */
  async #clearLeftovers(lingerMs: number): Promise<Leftovers> {
    const lingerUntilMs = performance.now() + lingerMs;
    const isOver = (): boolean => this.#stopping !== undefined || performance.now() > lingerUntilMs;
    while (this.#livingCount() > 0 && !isOver()) await sleep(lookEveryMs);
    const wasStopped = this.#stopping !== undefined;
    const stoppedCount = wasStopped ? 0 : this.#parts.tree.scan().length;
    if (wasStopped || stoppedCount > 0) await this.stop({ graceMs: leftoverGraceMs });
    return { stoppedCount, unkillableCount: this.#parts.tree.remaining().length };
  }

  /** Known members first, which is cheap; the whole machine only when they are gone. */
  #livingCount(): number {
    return this.#parts.tree.remaining().length || this.#parts.tree.scan().length;
  }

  async #stopAll(): Promise<void> {
    const { tree } = this.#parts;
    tree.scan();
    tree.signal("SIGTERM");
    // A stopped process does not see SIGTERM until it goes on.
    tree.signal("SIGCONT");
    while (this.#livingCount() > 0 && performance.now() < (this.#killAtMs ?? 0)) {
      await sleep(lookEveryMs);
    }
    const giveUpAtMs = performance.now() + killPatienceMs;
    while (tree.scan().length > 0 && performance.now() < giveUpAtMs) {
      tree.signal("SIGKILL");
      await sleep(lookEveryMs);
    }
  }

  /** Resolves when the pipes have been silent for a while although the reader keeps up. */
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
