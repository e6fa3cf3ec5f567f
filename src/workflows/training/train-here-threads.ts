import { Worker } from "node:worker_threads";

import { AsyncQueue } from "../../foundation/collections/async-queue.ts";
import { abortGroup, type GroupMemory, groupMemory, openGate } from "../../trainer/communicator.ts";
import type { ReplicaEvent } from "../../trainer/train-replica.ts";
import type { WorkloadFiles } from "../../trainer/workload.ts";

/** The start message of a thread. */
export interface ReplicaTask {
  readonly workload: string;
  readonly files: WorkloadFiles;
  readonly rank: number;
  readonly seed: number;
  readonly maxSamples: number | undefined;
}

/** The message to a thread once the model size is known to all threads. */
export interface ReplicaOrder {
  readonly memory: GroupMemory;
}

/** Messages from a thread. */
export type ReplicaMessage =
  | ({ kind: "prepared" } & PreparedSizes)
  | { kind: "ready" }
  | { kind: "event"; event: ReplicaEvent }
  | { kind: "gave-up"; reason: string };

export interface PreparedSizes {
  readonly parameterCount: number;
  readonly trainingSampleCount: number;
  readonly evaluationSampleCount: number;
}

/** Messages from a group of threads, with times from the clock of the launching thread. */
export type GroupEvent = { readonly timeMs: number } & (
  | { kind: "ready"; sizes: PreparedSizes }
  | { kind: "event"; event: ReplicaEvent }
  /** A thread ended or hung before its work was done; the others were stopped. */
  | { kind: "replica-died"; rank: number; cause: Error }
  | { kind: "ended" }
);

export interface ReplicaGroup {
  /** All events, up to and including `ended`. */
  readonly events: AsyncIterable<GroupEvent>;
  /** Starts the training of the replicas. Call it after `ready`. */
  start(): void;
  /** Stops the replicas at their next step; `ended` follows. */
  abort(): void;
  /** Ends a thread immediately, like a crash. */
  kill(rank: number): Promise<void>;
}

export interface GroupOptions {
  readonly workload: string;
  readonly files: WorkloadFiles;
  readonly workers: number;
  readonly seed: number;
  readonly maxSamples: number | undefined;
  readonly nowMs: () => number;
  /** The compiled form of train-replica-thread.ts. */
  readonly threadFile: URL;
}

/** Starts one worker thread per replica and joins them over shared memory. */
export function startReplicaThreads(options: GroupOptions): ReplicaGroup {
  return new ReplicaThreads(options);
}

class ReplicaThreads implements ReplicaGroup {
  readonly events = new AsyncQueue<GroupEvent>();
  readonly #nowMs: () => number;
  readonly #threads: readonly Worker[];
  #runningCount: number;
  #preparedCount = 0;
  #readyCount = 0;
  #sizes: PreparedSizes | undefined;
  #memory: GroupMemory | undefined;
  #isAborted = false;

  constructor({ workload, files, seed, maxSamples, workers, nowMs, threadFile }: GroupOptions) {
    this.#nowMs = nowMs;
    this.#runningCount = workers;
    this.#threads = Array.from({ length: workers }, (_, rank) => {
      const task: ReplicaTask = { workload, files, rank, seed, maxSamples };
      return this.#watch(new Worker(threadFile, { workerData: task }), rank);
    });
  }

  start(): void {
    if (this.#memory !== undefined) openGate(this.#memory);
  }

  abort(): void {
    if (this.#isAborted) return;
    this.#isAborted = true;
    // Before they are joined, the threads have no shared memory for a stop signal.
    if (this.#memory === undefined) this.#terminate();
    else abortGroup(this.#memory);
  }

  async kill(rank: number): Promise<void> {
    await this.#threads[rank]?.terminate();
  }

  #watch(thread: Worker, rank: number): Worker {
    let failure: Error | undefined;
    thread.on("message", (message: ReplicaMessage) => this.#hear(rank, message));
    thread.on("error", (error) => {
      failure = error instanceof Error ? error : new Error(String(error));
    });
    thread.on("exit", (exitCode) => {
      this.#runningCount -= 1;
      const cause = failure ?? new Error(`its thread ended with code ${exitCode}`);
      if (exitCode !== 0) this.#lose(rank, cause);
      if (this.#runningCount > 0) return;
      this.#report({ kind: "ended" });
      this.events.close();
    });
    return thread;
  }

  #hear(rank: number, message: ReplicaMessage): void {
    switch (message.kind) {
      case "prepared":
        this.#sizes = message;
        this.#preparedCount += 1;
        if (this.#preparedCount === this.#threads.length) this.#join(message);
        return;
      case "ready":
        this.#readyCount += 1;
        if (this.#readyCount === this.#threads.length && this.#sizes !== undefined) {
          this.#report({ kind: "ready", sizes: this.#sizes });
        }
        return;
      case "event":
        this.#report({ kind: "event", event: message.event });
        return;
      case "gave-up":
        // The thread stopped without a request: another replica hangs, so all must be ended.
        if (!this.#isAborted) {
          this.#lose(rank, new Error(message.reason));
          this.#terminate();
        }
    }
  }

  #join({ parameterCount }: PreparedSizes): void {
    if (this.#isAborted) return;
    this.#memory = groupMemory(this.#threads.length, parameterCount);
    const order: ReplicaOrder = { memory: this.#memory };
    for (const thread of this.#threads) thread.postMessage(order, []);
  }

  #lose(rank: number, cause: Error): void {
    if (this.#isAborted) return;
    this.#report({ kind: "replica-died", rank, cause });
    this.abort();
  }

  #terminate(): void {
    for (const thread of this.#threads) void thread.terminate();
  }

  #report(event: DistributiveOmit<GroupEvent, "timeMs">): void {
    this.events.push({ ...event, timeMs: this.#nowMs() });
  }
}

type DistributiveOmit<Union, Key extends PropertyKey> = Union extends unknown
  ? Omit<Union, Key>
  : never;
