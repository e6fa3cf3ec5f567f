import { closeSync, constants, existsSync, openSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { openFile, refusalOf } from "../../open-file.ts";

/** An open directory: `base` refers to it even if its path is replaced later. */
export interface HeldDirectory {
  base: string;
  close(): void;
}

/**
 * Opens a record's directory, or a directory inside it, without following links in the record or at its own path. A
 * training program can write to its record, so it can replace any path component between two accesses.
 *
 * @param below names of directories in the record, outermost first
 * @returns undefined if one of them is missing or not a directory
 */
export function holdRecordDirectory(
  recordDirectory: string,
  ...below: string[]
): HeldDirectory | undefined {
  const outer: HeldDirectory = { base: dirname(recordDirectory), close: () => undefined };
  let held = outer;
  for (const name of [basename(recordDirectory), ...below]) {
    const inner = holdDirectory(join(held.base, name));
    held.close();
    if (inner === undefined) return undefined;
    held = inner;
  }
  return held;
}

/**
 * Opens a file of a record that is sent to other users, for example over a network. Returns undefined for a symbolic
 * link and for a file with more than one hard link: it could be a file outside the record.
 *
 * @param name in the record: `log.txt`, `samples/host.jsonl`
 */
export async function openRecordFile(
  recordDirectory: string,
  name: string,
): Promise<FileHandle | undefined> {
  const parts = name.split("/");
  const held = holdRecordDirectory(recordDirectory, ...parts.slice(0, -1));
  if (held === undefined) return undefined;
  try {
    const opened = await openFile(join(held.base, parts.at(-1) ?? ""), { followsLinks: false });
    if (opened.kind !== "opened") return undefined;
    if (opened.status.nlink === 1) return opened.file;
    await opened.file.close();
    return undefined;
  } finally {
    held.close();
  }
}

/** On systems without this folder, the path is resolved again on each use. */
const openFilesFolder = "/proc/self/fd";
const hasOpenFilesFolder = existsSync(openFilesFolder);

function holdDirectory(path: string): HeldDirectory | undefined {
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = constants;
  try {
    const fd = openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK);
    const base = hasOpenFilesFolder ? join(openFilesFolder, String(fd)) : path;
    return { base, close: () => closeSync(fd) };
  } catch (error) {
    // Rethrows errors that are not system errors about the path.
    refusalOf(error);
    return undefined;
  }
}
