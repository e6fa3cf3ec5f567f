import { lstatSync } from "node:fs";
import { join } from "node:path";
import { refusalOf } from "../../open-file.ts";
import { eventsFile, logFile, requestFile, resultFile, samplesDirectory } from "../record-files.ts";
import { isSafeId } from "../find/run-id.ts";

export type RecordPlace =
  | { kind: "inside"; directory: string }
  | { kind: "absent" }
  /** A part of the record is a link or a file of the wrong type. */
  | { kind: "linked"; what: string; fault: string };

/**
 * Whether a record may be served over a network: its folder and the files that are read completely must be inside the
 * home. A training program can write to its record, so the content is not trusted: a symbolic or hard link could expose
 * a file that only this user can read.
 */
export function recordPlace(home: string, runId: string): RecordPlace {
  if (!isSafeId(runId)) return { kind: "absent" };
  const directory = join(home, "runs", runId);
  const folderFault = faultOf(directory, "directory");
  if (folderFault === "missing") return { kind: "absent" };
  if (folderFault !== undefined) return { kind: "linked", what: "its folder", fault: folderFault };
  const fileNames = [requestFile, resultFile, eventsFile, logFile];
  for (const name of [...fileNames, samplesDirectory]) {
    const wanted = name === samplesDirectory ? "directory" : "file";
    const fault = faultOf(join(directory, name), wanted);
    if (fault !== undefined && fault !== "missing")
      return { kind: "linked", what: `its ${name}`, fault };
  }
  return { kind: "inside", directory };
}

/** Without the thread pool: for thousands of records this takes a tenth of the time. */
function faultOf(path: string, wanted: "file" | "directory"): string | undefined {
  try {
    const status = lstatSync(path, { throwIfNoEntry: false });
    if (status === undefined) return "missing";
    if (status.isSymbolicLink()) return "is a symbolic link";
    if (wanted === "directory") return status.isDirectory() ? undefined : "is not a directory";
    if (!status.isFile()) return "is not a regular file";
    return status.nlink > 1 ? "has a second name, a hard link" : undefined;
  } catch (error) {
    const refusal = refusalOf(error);
    return refusal.kind === "missing" ? "missing" : "cannot be accessed";
  }
}
