import { readSummary } from "./read-record.ts";
import type { RecordFiles } from "../record-files.ts";
import type { RunSummary } from "../run-store.ts";

/** Number of records read concurrently: enough to hide disk latency with few open files. */
const readAtOnce = 32;

/** Reads each record's run.json and result.json; in the order of `runIds`. */
export async function readSummaries(
  files: RecordFiles,
  runIds: readonly string[],
): Promise<RunSummary[]> {
  const summaries: RunSummary[] = [];
  for (let start = 0; start < runIds.length; start += readAtOnce) {
    const some = runIds.slice(start, start + readAtOnce);
    summaries.push(...(await Promise.all(some.map((runId) => readSummary(files, runId)))));
  }
  return summaries;
}
