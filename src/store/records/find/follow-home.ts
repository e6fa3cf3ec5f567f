import { join } from "node:path";
import { listDirectory, unreadableFile } from "../../open-file.ts";
import { isSafeId } from "./run-id.ts";
import { signOfRecord, writtenMs } from "./run-index.ts";

/** What is known about a record without reading it. */
export interface RecordSign {
  runId: string;
  /** Changes whenever run.json or result.json changes; the record must then be read again. */
  sign: string;
}

const lookInOneGo = 100;

/** The ids of the existing records. */
export async function recordIds(home: string): Promise<string[]> {
  return (await namesIn(join(home, "runs"))).filter(isSafeId);
}

/**
 * Looks at records without reading them.
 *
 * @param isSettled records that do not need another check: they have ended and were checked a while
 * ago
 */
export async function lookAtRecords(
  home: string,
  runIds: readonly string[],
  isSettled: (runId: string) => string | undefined,
): Promise<RecordSign[]> {
  const runs = join(home, "runs");
  return inPieces(runIds, (runId) => ({
    runId,
    sign: isSettled(runId) ?? signOf(`${runs}/${runId}`),
  }));
}

/** Looks at all records, and gives way to requests in between. */
async function inPieces<T>(runIds: readonly string[], look: (runId: string) => T): Promise<T[]> {
  const found: T[] = [];
  for (const [index, runId] of runIds.entries()) {
    found.push(look(runId));
    if (index % lookInOneGo === lookInOneGo - 1)
      await new Promise((resolve) => setImmediate(resolve));
  }
  return found;
}

/**
 * The newest records first. Those whose creation time is not known are ordered by when run.json was written, which is when
 * the run was created unless the record was copied.
 *
 * @param createdMs the creation time of a record, in milliseconds since the epoch, if it is known
 */
export async function newestRecordsFirst(
  home: string,
  runIds: readonly string[],
  createdMs: (runId: string) => number | undefined,
): Promise<string[]> {
  const runs = join(home, "runs");
  const dated = await inPieces(runIds, (runId) => ({
    runId,
    timeMs: createdMs(runId) ?? writtenMs(`${runs}/${runId}`) ?? 0,
  }));
  return dated.toSorted((a, b) => b.timeMs - a.timeMs).map(({ runId }) => runId);
}

/** Reading the record reports a run.json that is missing or cannot be accessed. */
function signOf(directory: string): string {
  return signOfRecord(directory) ?? "unreadable";
}

async function namesIn(directory: string): Promise<string[]> {
  const listed = await listDirectory(directory);
  if (listed.kind === "listed") return listed.entries.map(({ name }) => name);
  if (listed.kind === "missing") return [];
  throw unreadableFile(directory, listed);
}
