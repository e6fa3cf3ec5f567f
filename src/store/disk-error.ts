import { errorCode } from "../foundation/error-code.ts";
import { UserError, WorldError } from "../foundation/user-error.ts";

/** What was being done when the disk refused. */
export interface DiskAttempt {
  /** As a phrase after "cannot": `write the log`. */
  doing: string;
  path: string;
}

interface Refusal {
  code: string;
  kind: typeof UserError | typeof WorldError;
  why: string;
  hint: string;
}

const full: Refusal = {
  code: "disk-full",
  kind: WorldError,
  why: "the disk is full",
  hint: "free some space, or set `PITWALL_HOME` to a directory on another disk",
};
const tooLarge: Refusal = {
  code: "disk-full",
  kind: WorldError,
  why: "the file is as large as files may be",
  hint: "raise the limit (`ulimit -f unlimited`), or let the program print less",
};
const notWritable: Refusal = {
  code: "home-not-writable",
  kind: UserError,
  why: "writing is not allowed there",
  hint: "set `PITWALL_HOME` to a directory that you may write to",
};
const notADirectory: Refusal = {
  code: "home-not-a-directory",
  kind: UserError,
  why: "a file stands in the way",
  hint: "set `PITWALL_HOME` to a directory, or move the file away",
};
const removed: Refusal = {
  code: "record-removed",
  kind: WorldError,
  why: "its directory has gone",
  hint: "somebody removed the record while it was in use; run again",
};
const tooManyOpen: Refusal = {
  code: "too-many-open-files",
  kind: WorldError,
  why: "too many files are open",
  hint: "raise the limit (`ulimit -n 4096`)",
};
const failed: Refusal = {
  code: "disk-failed",
  kind: WorldError,
  why: "the disk failed",
  hint: "look at the system's log, or set `PITWALL_HOME` to a directory on another disk",
};

const refusals: ReadonlyMap<string | undefined, Refusal> = new Map([
  ["ENOSPC", full],
  ["EDQUOT", full],
  ["EFBIG", tooLarge],
  ["EACCES", notWritable],
  ["EPERM", notWritable],
  ["EROFS", notWritable],
  ["ENOTDIR", notADirectory],
  ["EEXIST", notADirectory],
  ["ENOENT", removed],
  ["EMFILE", tooManyOpen],
  ["ENFILE", tooManyOpen],
  ["EIO", failed],
  ["ESTALE", failed],
  ["ENXIO", failed],
]);

/** The error for people behind a failed system call; anything else is returned as it is. */
export function describeDiskError(error: unknown, attempt: DiskAttempt): unknown {
  const code = errorCode(error);
  const refusal = refusals.get(code);
  if (error instanceof UserError || refusal === undefined) return error;
  return new refusal.kind(refusal.code, `cannot ${attempt.doing}: ${refusal.why}`, {
    at: attempt.path,
    saw: `the system answered ${code}`,
    hint: refusal.hint,
    cause: error,
  });
}

/** Runs a piece of disk work and turns the disk's refusals into errors for people. */
export async function onDisk<Result>(
  attempt: DiskAttempt,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw describeDiskError(error, attempt);
  }
}
