import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { listDirectory, refusalOf, unreadableFile } from "../open-file.ts";
import { requestFile, resultFile } from "./record-files.ts";
import { isSafeId } from "./run-id.ts";

/** What is known about a record without reading it. */
export interface RecordSign {
  runId: string;
  /** Changes whenever run.json or result.json changes; the record must then be read again. */
  sign: string;
}

const lookAtOnce = 64;

/**
 * Lists the existing records without reading them.
 *
 * @param isSettled records that do not need another check: they have ended and were checked a while
 * ago
 */
export async function lookAtHome(
  home: string,
  isSettled: (runId: string) => string | undefined,
): Promise<RecordSign[]> {
  const runs = join(home, "runs");
  const runIds = (await namesIn(runs)).filter(isSafeId);
  const signs: RecordSign[] = [];
  for (let start = 0; start < runIds.length; start += lookAtOnce) {
    const some = runIds.slice(start, start + lookAtOnce);
    signs.push(
      ...(await Promise.all(
        some.map(async (runId) => ({
          runId,
          sign: isSettled(runId) ?? (await signOf(join(runs, runId))),
        })),
      )),
    );
  }
  return signs;
}

async function signOf(directory: string): Promise<string> {
  const marks = await Promise.all(
    [requestFile, resultFile].map((name) => markOf(join(directory, name))),
  );
  return marks.join(" ");
}

async function markOf(path: string): Promise<string> {
  try {
    const { ino, size, mtimeMs } = await lstat(path);
    return `${ino}:${size}:${mtimeMs}`;
  } catch (error) {
    // Reading the record reports a file that cannot be accessed.
    return refusalOf(error).kind;
  }
}

async function namesIn(directory: string): Promise<string[]> {
  const listed = await listDirectory(directory);
  if (listed.kind === "listed") return listed.entries.map(({ name }) => name);
  if (listed.kind === "missing") return [];
  throw unreadableFile(directory, listed);
}
