import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { readColumnsFile, writeColumnsFile } from "../../../store/samples/columns-file.ts";
import type {
  FollowedSamples,
  SampleFileState,
  SamplesPart,
} from "../../../store/samples/follow-samples.ts";
import { manySampleBytes as minBytes } from "../../../store/samples/sample-bytes.ts";
import type { StepPart } from "../../../store/samples/step-columns.ts";

/** More threads do not help: the disk is the bottleneck. */
const maxThreads = 4;

export interface SamplesToRead {
  samples: FollowedSamples;
  /** Absolute path of the run's record. */
  recordDirectory: string;
  /** Where to store the columns of a finished run. */
  columnsFile: string | undefined;
  /** The compiled read-samples-thread, if it is not next to this file. */
  threadFile?: URL | undefined;
}

/** The arguments of a thread. */
export interface SamplesThreadStart {
  recordDirectory: string;
  names: readonly string[];
}

/** Whether a run has too many samples for other requests to wait until they are read. */
export function hasManySamples(samples: FollowedSamples): boolean {
  return bytesOf(samples.rankFiles()) >= minBytes;
}

/** Where the columns came from; `stored` resolves to whether they were written to `columnsFile`. */
export type SamplesRead =
  | { kind: "from-columns" }
  | { kind: "on-threads"; stored: Promise<boolean> }
  | { kind: "not-read" };

/**
 * Reads the samples of ranks for the first time if there are many: from stored columns, or else on worker threads, so
 * that the main thread continues to answer requests. If it returns `not-read`, `samples.readOn` has to read them.
 */
export async function readManySamples({
  samples,
  recordDirectory,
  columnsFile,
  threadFile = new URL("./read-samples-thread.js", import.meta.url),
}: SamplesToRead): Promise<SamplesRead> {
  const files = samples.rankFiles();
  if (samples.hasBegunSteps || bytesOf(files) < minBytes) return { kind: "not-read" };
  const stored = columnsFile === undefined ? undefined : await readColumnsFile(columnsFile, files);
  if (stored !== undefined && !samples.hasBegunSteps) {
    samples.adopt(stored);
    return { kind: "from-columns" };
  }
  const groups = cutEvenly(files, Math.min(maxThreads, availableParallelism()));
  let parts: SamplesPart[];
  try {
    parts = await Promise.all(
      groups.map((group) =>
        readOnThread(threadFile, { recordDirectory, names: group.map(({ name }) => name) }),
      ),
    );
  } catch {
    // A thread could not start or read: the caller reads on the main thread, and reports errors of the files.
    return { kind: "not-read" };
  }
  if (samples.hasBegunSteps) return { kind: "not-read" };
  for (const part of parts) samples.adopt(part);
  if (columnsFile === undefined) return { kind: "on-threads", stored: Promise.resolve(false) };
  const all = joined(parts, samples.part().steps);
  const written = writeColumnsFile(columnsFile, files, all);
  // If the disk is full or read-only, the next opening reads the samples again.
  return { kind: "on-threads", stored: written.catch(() => false) };
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

/** Groups adjacent files, because rows are in the order of the file names. */
function cutEvenly(files: readonly SampleFileState[], count: number): SampleFileState[][] {
  const totalBytes = bytesOf(files);
  const groups = Array.from({ length: count }, (): SampleFileState[] => []);
  let bytes = 0;
  for (const file of files) {
    const middle = bytes + file.sizeBytes / 2;
    groups[Math.min(count - 1, Math.floor((middle / totalBytes) * count))]?.push(file);
    bytes += file.sizeBytes;
  }
  return groups.filter(({ length }) => length > 0);
}

function readOnThread(file: URL, start: SamplesThreadStart): Promise<SamplesPart> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(file, { workerData: start });
    // Does not delay the exit of the server.
    thread.unref();
    thread.once("message", (part: SamplesPart) => resolve(part));
    thread.once("error", reject);
    thread.once("exit", () => reject(new Error("the thread exited without a result")));
  });
}
