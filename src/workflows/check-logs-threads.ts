import { Worker } from "node:worker_threads";
import { AsyncQueue } from "../foundation/async-queue.ts";
import type { LogTask } from "./check-log-file.ts";
import type { JudgedLog } from "./log-checker.ts";

/** What a thread is started with. */
export interface ThreadStart {
  asPublished: boolean;
}

/** What it is told; it answers each order once. */
export interface ThreadOrder {
  batch: readonly IndexedTask[];
}

export interface ThreadAnswer {
  judged: { index: number; log: JudgedLog }[];
}

export interface IndexedTask {
  index: number;
  task: LogTask;
  sizeBytes: number;
}

export interface ThreadsRequest extends ThreadStart {
  tasks: readonly IndexedTask[];
  threadCount: number;
  /** The compiled form of check-log-thread.ts. */
  threadFile: URL;
}

/**
 * Checks logs on worker threads, the largest first, each thread taking as many small ones at a time as make a batch.
 * Logs come in the order in which they get done.
 */
export async function* checkOnThreads(
  request: ThreadsRequest,
  signal: AbortSignal,
): AsyncGenerator<ThreadAnswer> {
  const batches = cutIntoBatches(request.tasks, request.threadCount);
  const answers = new AsyncQueue<ThreadAnswer | Error>();
  const threads = startThreads(request, batches, answers);
  const onAbort = (): void => answers.push(new DOMException("interrupted", "AbortError"));
  signal.addEventListener("abort", onAbort, { once: true });
  let openCount = batches.length;
  try {
    signal.throwIfAborted();
    if (openCount === 0) return;
    for await (const answer of answers) {
      if (answer instanceof Error) throw answer;
      yield answer;
      if (--openCount === 0) return;
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

function startThreads(
  { asPublished, threadCount, threadFile }: ThreadsRequest,
  batches: readonly IndexedTask[][],
  answers: AsyncQueue<ThreadAnswer | Error>,
): Worker[] {
  let next = 0;
  const start: ThreadStart = { asPublished };
  return Array.from({ length: Math.min(threadCount, batches.length) }, () => {
    const thread = new Worker(threadFile, { workerData: start });
    const feed = (): void => {
      const batch = batches[next++];
      if (batch === undefined) return;
      const order: ThreadOrder = { batch };
      thread.postMessage(order, []);
    };
    thread.on("message", (answer: ThreadAnswer) => {
      feed();
      answers.push(answer);
    });
    thread.on("error", (error) => answers.push(asError(error)));
    // The second one lies ready when the first is done.
    feed();
    feed();
    return thread;
  });
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** Small enough that threads end together, large enough that handing over costs nothing. */
const batchesPerThread = 24;
const leastBatchBytes = 256 * 1024;

/** Batches of about equal bytes, the largest logs first; a log larger than that is a batch alone. */
export function cutIntoBatches(
  tasks: readonly IndexedTask[],
  threadCount: number,
): IndexedTask[][] {
  const total = tasks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const goalBytes = Math.max(leastBatchBytes, total / (threadCount * batchesPerThread));
  const batches: IndexedTask[][] = [];
  let batch: IndexedTask[] = [];
  let bytes = 0;
  for (const task of tasks.toSorted((a, b) => b.sizeBytes - a.sizeBytes || a.index - b.index)) {
    if (batch.length > 0 && bytes + task.sizeBytes > goalBytes) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(task);
    bytes += task.sizeBytes;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
