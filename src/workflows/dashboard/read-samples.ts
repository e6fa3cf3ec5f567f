import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { readColumnsFile, writeColumnsFile } from "../../store/samples/columns-file.ts";
import type {
  FollowedSamples,
  SampleFileState,
  SamplesPart,
} from "../../store/samples/follow-samples.ts";
import type { StepPart } from "../../store/samples/step-columns.ts";

/** With less to read, threads cost more than they bring; it takes about a tenth of a second. */
const leastBytes = 30 * 1024 * 1024;
/** Further threads wait for the disk. */
const mostThreads = 4;

export interface SamplesToRead {
  samples: FollowedSamples;
  /** Of the run, absolute. */
  recordDirectory: string;
  /** Where the columns of a run are kept that does not grow any more. */
  columnsFile: string | undefined;
  /** The compiled read-samples-thread, where it does not lie beside this file. */
  threadFile?: URL | undefined;
}

/** What a thread is started with. */
export interface SamplesThreadStart {
  recordDirectory: string;
  names: readonly string[];
}

/** Whether reading a run's samples takes long enough that others should not wait for it. */
export function areManySamples(samples: FollowedSamples): boolean {
  return bytesOf(samples.rankFiles()) >= leastBytes;
}

/** Where the columns came from; `kept` says, once it is known, whether they were written for the next time. */
export type SamplesRead =
  | { kind: "from-columns" }
  | { kind: "on-threads"; kept: Promise<boolean> }
  | { kind: "left-out" };

/**
 * Reads samples of ranks for the first time where there are many: from kept columns, else on threads of their own, so
 * that this one goes on answering. What it leaves out, `samples.readOn` reads.
 */
export async function readManySamples({
  samples,
  recordDirectory,
  columnsFile,
  threadFile = new URL("./read-samples-thread.js", import.meta.url),
}: SamplesToRead): Promise<SamplesRead> {
  const files = samples.rankFiles();
  if (samples.hasBegunSteps || bytesOf(files) < leastBytes) return { kind: "left-out" };
  const kept = columnsFile === undefined ? undefined : await readColumnsFile(columnsFile, files);
  if (kept !== undefined && !samples.hasBegunSteps) {
    samples.adopt(kept);
    return { kind: "from-columns" };
  }
  const groups = cutEvenly(files, Math.min(mostThreads, availableParallelism()));
  let parts: SamplesPart[];
  try {
    parts = await Promise.all(
      groups.map((group) =>
        readOnThread(threadFile, { recordDirectory, names: group.map(({ name }) => name) }),
      ),
    );
  } catch {
    // No thread is to be had: the caller reads here, and meets what is wrong with the files itself.
    return { kind: "left-out" };
  }
  if (samples.hasBegunSteps) return { kind: "left-out" };
  for (const part of parts) samples.adopt(part);
  if (columnsFile === undefined) return { kind: "on-threads", kept: Promise.resolve(false) };
  const whole = joined(parts, samples.part().steps);
  const written = writeColumnsFile(columnsFile, files, whole);
  // A disk that is full, or not to be written to: the next opening takes as long as this one.
  return { kind: "on-threads", kept: written.catch(() => false) };
}

function joined(parts: readonly SamplesPart[], steps: StepPart): SamplesPart {
  return {
    steps,
    host: parts.flatMap(({ host }) => host),
    unreadableCount: parts.reduce((sum, { unreadableCount }) => sum + unreadableCount, 0),
    files: parts.flatMap(({ files }) => files),
  };
}

function bytesOf(files: readonly SampleFileState[]): number {
  return files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** Neighbours stay together: rows come in the order of the files' names. */
function cutEvenly(files: readonly SampleFileState[], count: number): SampleFileState[][] {
  const wholeBytes = bytesOf(files);
  const groups = Array.from({ length: count }, (): SampleFileState[] => []);
  let bytes = 0;
  for (const file of files) {
    const middle = bytes + file.sizeBytes / 2;
    groups[Math.min(count - 1, Math.floor((middle / wholeBytes) * count))]?.push(file);
    bytes += file.sizeBytes;
  }
  return groups.filter(({ length }) => length > 0);
}

function readOnThread(file: URL, start: SamplesThreadStart): Promise<SamplesPart> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(file, { workerData: start });
    // A server that is told to end does not wait for it.
    thread.unref();
    thread.once("message", (part: SamplesPart) => resolve(part));
    thread.once("error", reject);
    thread.once("exit", () => reject(new Error("the thread ended without an answer")));
  });
}
