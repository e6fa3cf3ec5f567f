import { errorCode } from "../foundation/errors/error-code.ts";
import { UserError, WorldError } from "../foundation/errors/user-error.ts";

/** The operation that failed. */
export interface DiskAttempt {
  /** A phrase that follows "cannot": `write the log`. */
  doing: string;
  path: string;
  /**
   * How the user chose the directory, for the hint: an option such as `--out`; `home` for the directory of run records;
   * `record` for an existing record in it. Absent if there is no choice.
   */
  chosenBy?: "home" | "record" | `--${string}`;
}

interface Refusal {
  code: string;
  kind: typeof UserError | typeof WorldError;
  why: string;
  hint: (attempt: DiskAttempt) => string;
}

const full: Refusal = {
  code: "disk-full",
  kind: WorldError,
  why: "the disk is full",
  hint: (attempt) => `free some space${orChoose(attempt, "on another disk")}`,
};
const tooLarge: Refusal = {
  code: "disk-full",
  kind: WorldError,
  why: "the file reached the maximum file size",
  hint: () => "raise the limit (`ulimit -f unlimited`), or make the program print less",
};
const notWritable: Refusal = {
  code: "not-writable",
  kind: UserError,
  why: "permission denied",
  hint: (attempt) =>
    `check the owner and mode with \`ls -ld\`${orChoose(attempt, "that you can write to")}`,
};
const readOnly: Refusal = {
  code: "not-writable",
  kind: UserError,
  why: "the file system is read-only",
  hint: (attempt) => `mount it writable${orChoose(attempt, "that you can write to")}`,
};
const notADirectory: Refusal = {
  code: "not-a-directory",
  kind: UserError,
  why: "a file is where a directory should be",
  hint: (attempt) => `move the file away${orChoose(attempt, "that exists or can be created")}`,
};
const missing: Refusal = {
  code: "directory-missing",
  kind: WorldError,
  why: "a directory does not exist and cannot be created, or was removed",
  hint: (attempt) => `check that the path exists${orChoose(attempt, "on a normal disk")}`,
};
const unusablePath: Refusal = {
  code: "path-invalid",
  kind: UserError,
  why: "the path cannot be used",
  hint: (attempt) => `use a shorter path without looping links${orChoose(attempt, "elsewhere")}`,
};
const tooManyOpen: Refusal = {
  code: "too-many-open-files",
  kind: WorldError,
  why: "too many files are open",
  hint: () => "raise the limit (`ulimit -n 4096`)",
};
const failed: Refusal = {
  code: "disk-failed",
  kind: WorldError,
  why: "input/output error",
  hint: (attempt) => `check the system log${orChoose(attempt, "on another disk")}`,
};

/** Empty if the caller did not specify how the directory was chosen. */
function orChoose({ chosenBy }: DiskAttempt, which: string): string {
  if (chosenBy === undefined) return "";
  const how = isHome(chosenBy) ? "`--home` or `PITWALL_HOME`" : `\`${chosenBy}\``;
  return `, or use ${how} to choose a directory ${which}`;
}

function isHome(chosenBy: DiskAttempt["chosenBy"]): boolean {
  return chosenBy === "home" || chosenBy === "record";
}

const removed: Refusal = {
  code: "record-removed",
  kind: WorldError,
  why: "its directory no longer exists",
  hint: () => "the record was removed while it was in use; run again",
};

const refusals: ReadonlyMap<string | undefined, Refusal> = new Map([
  ["ENOSPC", full],
  ["EDQUOT", full],
  ["EFBIG", tooLarge],
  ["EACCES", notWritable],
  ["EPERM", notWritable],
  ["EROFS", readOnly],
  ["ENOTDIR", notADirectory],
  ["EEXIST", notADirectory],
  ["EISDIR", notADirectory],
  ["ENOENT", missing],
  ["ENAMETOOLONG", unusablePath],
  ["ELOOP", unusablePath],
  ["EMFILE", tooManyOpen],
  ["ENFILE", tooManyOpen],
  ["EIO", failed],
  ["ESTALE", failed],
  ["ENXIO", failed],
]);

/** The user error for a failed system call; other errors are returned unchanged. */
export function describeDiskError(error: unknown, attempt: DiskAttempt): unknown {
  const code = errorCode(error);
  const known = refusals.get(code);
  if (error instanceof UserError || known === undefined) return error;
  const refusal = known === missing && attempt.chosenBy === "record" ? removed : known;
  const isOfHome = isHome(attempt.chosenBy) && refusal.kind === UserError;
  return new refusal.kind(
    isOfHome ? `home-${refusal.code}` : refusal.code,
    `cannot ${attempt.doing}: ${refusal.why}`,
    {
      at: attempt.path,
      saw: `system error ${code}`,
      hint: refusal.hint(attempt),
      cause: error,
    },
  );
}

/** Runs a disk operation and converts system errors to user errors. */
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
