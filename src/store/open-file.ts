import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  type Stats,
  statSync,
} from "node:fs";
import { type FileHandle, lstat, open, readdir, stat } from "node:fs/promises";
import { errorCode } from "../foundation/errors/error-code.ts";
import { UserError } from "../foundation/errors/user-error.ts";

/** The type of a file that is not a regular file. */
export type IrregularKind = "directory" | "pipe" | "socket" | "device" | "link";

/** The reason why a file cannot be opened for reading. */
export type OpenRefusal =
  | { kind: "missing" }
  | { kind: "not-regular"; found: IrregularKind }
  | { kind: "link-loop" }
  | { kind: "name-too-long" }
  | { kind: "not-permitted"; code: string }
  | { kind: "failed"; code: string };

export interface OpenOptions {
  /** Whether to follow a symbolic link at the last path component. Never set for files inside a record. */
  followsLinks: boolean;
}

type OpenOutcome = { kind: "opened"; file: FileHandle; status: Stats } | OpenRefusal;
type OpenSyncOutcome = { kind: "opened"; fd: number; status: Stats } | OpenRefusal;

/**
 * Opens a regular file for reading. All files whose path comes from a user, a record or an archive are opened here.
 *
 * Opening never blocks and never opens a device: opening a named pipe would wait for a writer, and opening some devices
 * changes their state. The caller closes the file.
 */
export async function openFile(path: string, options: OpenOptions): Promise<OpenOutcome> {
  let file: FileHandle | undefined;
  try {
    const before = await (options.followsLinks ? stat(path) : lstat(path));
    if (!before.isFile()) return notRegular(before);
    file = await open(path, openFlags(options));
    // The path may have been replaced after the first check.
    const status = await file.stat();
    if (status.isFile()) return { kind: "opened", file, status };
    await file.close();
    return notRegular(status);
  } catch (error) {
    await file?.close();
    return refusalOf(error);
  }
}

/** Like `openFile`, without the thread pool: for thousands of small files this takes a tenth of the time. */
export function openFileSync(path: string, options: OpenOptions): OpenSyncOutcome {
  let fd: number | undefined;
  try {
    const before = options.followsLinks ? statSync(path) : lstatSync(path);
    if (!before.isFile()) return notRegular(before);
    fd = openSync(path, openFlags(options));
    const status = fstatSync(fd);
    if (status.isFile()) return { kind: "opened", fd, status };
    closeSync(fd);
    return notRegular(status);
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    return refusalOf(error);
  }
}

type BytesOutcome = { kind: "read"; bytes: Buffer } | OpenRefusal;
type TextOutcome = { kind: "read"; text: string } | OpenRefusal;

/** Reads a complete regular file. */
export async function readBytes(path: string, options: OpenOptions): Promise<BytesOutcome> {
  const opened = await openFile(path, options);
  if (opened.kind !== "opened") return opened;
  try {
    return { kind: "read", bytes: await opened.file.readFile() };
  } catch (error) {
    return refusalOf(error);
  } finally {
    await opened.file.close();
  }
}

/** Like `readBytes`, without the thread pool: for files that are read at each start. */
export function readBytesSync(path: string, options: OpenOptions): BytesOutcome {
  const opened = openFileSync(path, options);
  if (opened.kind !== "opened") return opened;
  try {
    return { kind: "read", bytes: readFileSync(opened.fd) };
  } catch (error) {
    return refusalOf(error);
  } finally {
    closeSync(opened.fd);
  }
}

/** Reads a complete regular file as UTF-8. */
export async function readText(path: string, options: OpenOptions): Promise<TextOutcome> {
  const read = await readBytes(path, options);
  return read.kind === "read" ? { kind: "read", text: read.bytes.toString("utf8") } : read;
}

type ListOutcome = { kind: "listed"; entries: Dirent[] } | OpenRefusal;

/** Lists a directory. */
export async function listDirectory(path: string): Promise<ListOutcome> {
  try {
    return { kind: "listed", entries: await readdir(path, { withFileTypes: true }) };
  } catch (error) {
    return refusalOf(error);
  }
}

/** The type of the file at a path, with links followed. Never opens the file. */
export async function fileKind(path: string): Promise<"file" | IrregularKind | "missing"> {
  try {
    const status = await stat(path);
    return status.isFile() ? "file" : irregularKind(status);
  } catch (error) {
    // A path that cannot be accessed is unusable too; opening it reports the reason.
    if (errorCode(error) === undefined) throw error;
    return "missing";
  }
}

/**
 * The size on disk; 0 for a file that is missing or cannot be accessed, which reading it then reports. Does not use the
 * thread pool, which takes ten times as long for thousands of logs.
 */
export function sizeOnDisk(path: string): number {
  try {
    return statSync(path).size;
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return 0;
  }
}

/** The reason as a clause: "it is a named pipe". */
export function describeRefusal(refusal: OpenRefusal): string {
  switch (refusal.kind) {
    case "missing":
      return "no such file";
    case "not-regular":
      return `it is ${irregularNames[refusal.found]}, not a regular file`;
    case "link-loop":
      return "its symbolic links form a loop";
    case "name-too-long":
      return "its name is too long";
    case "not-permitted":
      return `permission denied (${refusal.code})`;
    case "failed":
      return `the system answered ${refusal.code}`;
  }
}

/** A code for findings: the system's error code, or the file type. */
export function refusalCode(refusal: OpenRefusal): string {
  switch (refusal.kind) {
    case "missing":
      return "ENOENT";
    case "not-regular":
      return refusal.found === "directory" ? "EISDIR" : refusal.found;
    case "link-loop":
      return "ELOOP";
    case "name-too-long":
      return "ENAMETOOLONG";
    case "not-permitted":
    case "failed":
      return refusal.code;
  }
}

/** The reason as a `file-unreadable` error for the user. */
export function unreadableFile(path: string, refusal: OpenRefusal): UserError {
  return new UserError("file-unreadable", `cannot read \`${path}\``, {
    saw: describeRefusal(refusal),
    hint: refusalHint(refusal),
  });
}

const irregularNames: Record<IrregularKind, string> = {
  directory: "a directory",
  pipe: "a named pipe",
  socket: "a socket",
  device: "a device",
  link: "a symbolic link",
};

function refusalHint(refusal: OpenRefusal): string {
  switch (refusal.kind) {
    case "missing":
      return "check the path";
    case "not-regular":
      return "Pitwall reads regular files only";
    case "link-loop":
      return "`ls -l` shows where a link points";
    case "name-too-long":
      return "use a shorter path";
    case "not-permitted":
      return "check its owner and mode with `ls -l`";
    case "failed":
      return "check the disk and the system log";
  }
}

function openFlags({ followsLinks }: OpenOptions): number {
  const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = constants;
  return O_RDONLY | O_NONBLOCK | (followsLinks ? 0 : O_NOFOLLOW);
}

function notRegular(status: Stats): OpenRefusal {
  return { kind: "not-regular", found: irregularKind(status) };
}

function irregularKind(status: Stats): IrregularKind {
  if (status.isDirectory()) return "directory";
  if (status.isFIFO()) return "pipe";
  if (status.isSocket()) return "socket";
  return status.isSymbolicLink() ? "link" : "device";
}

/** Converts a failed system call on a path to a reason; rethrows other errors. */
export function refusalOf(error: unknown): OpenRefusal {
  const code = errorCode(error);
  switch (code) {
    case undefined:
      throw error;
    case "ENOENT":
    case "ENOTDIR":
    // A path with a NUL byte is never valid.
    case "ERR_INVALID_ARG_VALUE":
      return { kind: "missing" };
    case "EISDIR":
      return { kind: "not-regular", found: "directory" };
    case "ENXIO":
      return { kind: "not-regular", found: "socket" };
    case "ELOOP":
      return { kind: "link-loop" };
    case "ENAMETOOLONG":
      return { kind: "name-too-long" };
    case "EACCES":
    case "EPERM":
      return { kind: "not-permitted", code };
    default:
      return { kind: "failed", code };
  }
}
