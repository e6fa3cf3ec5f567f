import { lstat, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { errorCode } from "../../foundation/error-code.ts";
import { eventsFile, requestFile, resultFile } from "./record-files.ts";
import { isSafeId } from "./run-id.ts";

export type RecordPlace =
  | { kind: "inside"; directory: string }
  | { kind: "absent" }
  /** A link leads out of the home, or stands where a file of the record should be. */
  | { kind: "linked"; what: string };

/**
 * Whether a record may be shown to others over a network: its folder and the files that are read whole really lie in the
 * home. A program being trained can write into its record, so what lies there is not trusted.
 */
export async function recordPlace(home: string, runId: string): Promise<RecordPlace> {
  if (!isSafeId(runId)) return { kind: "absent" };
  const directory = join(home, "runs", runId);
  try {
    const [runs, real] = await Promise.all([realpath(join(home, "runs")), realpath(directory)]);
    if (!real.startsWith(runs + sep)) return { kind: "linked", what: "its folder" };
    for (const name of [requestFile, resultFile, eventsFile]) {
      if (await isOther(join(directory, name))) return { kind: "linked", what: `its ${name}` };
    }
    return { kind: "inside", directory };
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return { kind: "absent" };
    throw error;
  }
}

/** Whether there is something, and it is no regular file. */
async function isOther(path: string): Promise<boolean> {
  try {
    return !(await lstat(path)).isFile();
  } catch (error) {
    if (errorCode(error) === "ENOENT") return false;
    throw error;
  }
}
