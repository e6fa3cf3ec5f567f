import { join } from "node:path";
import { listDirectory, unreadableFile } from "../open-file.ts";
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
  const signs: RecordSign[] = [];
  for (const [index, runId] of runIds.entries()) {
    signs.push({ runId, sign: isSettled(runId) ?? signOf(`${runs}/${runId}`) });
    if (index % lookInOneGo === lookInOneGo - 1)
      await new Promise((resolve) => setImmediate(resolve));
  }
  return signs;
}

/** When run.json was written, which is when the run was created unless the record was copied. Milliseconds since the epoch; 0 if unknown. */
export function whenWritten(home: string, runId: string): number {
  return writtenMs(`${join(home, "runs")}/${runId}`) ?? 0;
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
