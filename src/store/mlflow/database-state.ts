import { closeSync, readSync, type Stats, statSync } from "node:fs";
import { errorCode } from "../../foundation/errors/error-code.ts";
import { openFileSync } from "../open-file.ts";

const magic = Buffer.from("SQLite format 3\0");

/** Whether a file begins like a SQLite database; false while it is empty or missing. */
export function isDatabaseFile(path: string): boolean {
  const opened = openFileSync(path, { followsLinks: true });
  if (opened.kind !== "opened") return false;
  try {
    const bytes = Buffer.alloc(magic.length);
    return readSync(opened.fd, bytes, 0, bytes.length, 0) === bytes.length && bytes.equals(magic);
  } finally {
    closeSync(opened.fd);
  }
}

/** Whether the first bytes of a file are those of a SQLite database. */
export function isDatabaseHeader(bytes: Uint8Array): boolean {
  return magic.equals(bytes.subarray(0, magic.length));
}

/** Identifies a file; a file that replaces another has another identity. Undefined if there is none. */
export function fileIdentity(path: string): string | undefined {
  const status = statusOf(path);
  // A number of a deleted file is soon used again.
  return status === undefined ? undefined : `${status.dev} ${status.ino} ${status.birthtimeMs}`;
}

/** Changes with each write to a SQLite database: to the file, its journal or its write-ahead log. */
export function databaseState(path: string): string {
  return ["", "-wal", "-journal"].map((suffix) => fileState(`${path}${suffix}`)).join(", ");
}

function fileState(path: string): string {
  const status = statusOf(path);
  return status === undefined ? "none" : `${status.size} ${status.mtimeMs}`;
}

function statusOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    // A path that cannot be accessed is reported when it is opened.
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}
