import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { AsyncQueue } from "../../foundation/collections/async-queue.ts";
import { hasRules } from "../../schema/logs/edition-name.ts";
import type { MlperfEdition } from "../../schema/logs/mlperf-round.ts";
import { cutIntoBatches } from "../../foundation/collections/cut-into-batches.ts";
import { type EditionTables, readEditionTables } from "./load-edition.ts";
import { type LogReading, type LogTask, readLog } from "./read-log.ts";
import { RuleCache } from "./rule-cache.ts";

export interface ReadLogsRequest {
  tasks: readonly LogTask[];
  /** The rules as they were applied at the round. */
  asPublished: boolean;
  /** Default: one per available core, fewer if there is little to read. 1 is this thread alone. */
  threadCount?: number | undefined;
  /** The compiled read-logs-thread, if it is not in the folder of this module. */
  threadFile?: URL | undefined;
}

/** The outputs of one log and its task. */
export interface IndexedReading {
  index: number;
  reading: LogReading;
}

interface IndexedTask {
  index: number;
  task: LogTask;
  sizeBytes: number;
}

/** The start-up data of a thread. */
export interface ThreadStart {
  editions: readonly EditionTables[];
}

/** A message to a thread; the thread responds to each one once. */
export interface ThreadOrder {
  batch: readonly IndexedTask[];
}

type Answers = AsyncQueue<IndexedReading[] | Error>;

/**
 * Reads logs on this thread and on others, the largest first. A thread takes several small logs at a time as one
 * batch. Readings arrive in the order of completion; their content does not depend on the number of threads.
 */
export async function* readLogs(
  request: ReadLogsRequest,
  signal: AbortSignal,
): AsyncGenerator<IndexedReading[]> {
  const { tasks, asPublished, threadFile } = request;
  const editions = await tablesFor(tasks, asPublished);
  const threadCount = request.threadCount ?? worthwhileThreads(tasks);
  const indexed = tasks.map((task, index) => ({ index, task, sizeBytes: task.sizeBytes }));
  const batches = new BatchQueue(cutIntoBatches(indexed, threadCount));
  const answers = new AsyncQueue<IndexedReading[] | Error>();
  const onAbort = (): void => answers.push(new DOMException("interrupted", "AbortError"));
  signal.addEventListener("abort", onAbort, { once: true });
  const otherThreads = Math.min(threadCount, batches.count) - 1;
  const file = threadFile ?? new URL("./read-logs-thread.js", import.meta.url);
  const threads = Array.from({ length: Math.max(0, otherThreads) }, () =>
    startThread(new Worker(file, { workerData: { editions } satisfies ThreadStart }), {
      batches,
      answers,
    }),
  );
  let openCount = batches.count;
  try {
    signal.throwIfAborted();
    if (openCount === 0) return;
    readHere(new RuleCache(editions), { batches, answers });
    for await (const answer of answers) {
      if (answer instanceof Error) throw answer;
      yield answer;
      if (--openCount === 0) return;
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    batches.close();
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

function tablesFor(tasks: readonly LogTask[], asPublished: boolean): Promise<EditionTables[]> {
  const editions = new Set<MlperfEdition>();
  for (const { edition } of tasks) {
    if (edition !== undefined && hasRules(edition)) editions.add(edition);
  }
  return Promise.all([...editions].map((edition) => readEditionTables(edition, { asPublished })));
}

/**
 * A thread must load its code and warm it up, which takes about as much work as reading this much: with less work for each,
 * threads cost more than they save.
 */
const leastBytesPerThread = 64 * 1024 * 1024;

function worthwhileThreads(tasks: readonly LogTask[]): number {
  const bytes = tasks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return Math.max(1, Math.min(availableParallelism(), Math.floor(bytes / leastBytesPerThread)));
}

/** Batches that several threads take from. */
class BatchQueue {
  readonly count: number;
  #isClosed = false;
  readonly #left: Iterator<readonly IndexedTask[], undefined>;

  constructor(batches: readonly IndexedTask[][]) {
    this.count = batches.length;
    this.#left = batches.values();
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  take(): readonly IndexedTask[] | undefined {
    return this.#isClosed ? undefined : this.#left.next().value;
  }

  close(): void {
    this.#isClosed = true;
  }
}

interface ThreadLinks {
  batches: BatchQueue;
  answers: Answers;
}

function startThread(thread: Worker, { batches, answers }: ThreadLinks): Worker {
  const feed = (): void => {
    const batch = batches.take();
    if (batch === undefined) return;
    const order: ThreadOrder = { batch };
    thread.postMessage(order, []);
  };
  thread.on("message", (answer: IndexedReading[]) => {
    feed();
    answers.push(answer);
  });
  thread.on("error", (error) => answers.push(asError(error)));
  // The second batch is queued so that the thread does not wait after the first.
  feed();
  feed();
  return thread;
}

/** This thread reads too; the others get their next batch when it yields between two chunks of a log. */
function readHere(rules: RuleCache, { batches, answers }: ThreadLinks): void {
  const readAll = async (): Promise<void> => {
    for (let batch = batches.take(); batch !== undefined; batch = batches.take()) {
      const readings: IndexedReading[] = [];
      for (const { index, task } of batch) {
        if (batches.isClosed) return;
        readings.push({ index, reading: await readLog(task, rules) });
      }
      answers.push(readings);
    }
  };
  readAll().catch((error: unknown) => answers.push(asError(error)));
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
