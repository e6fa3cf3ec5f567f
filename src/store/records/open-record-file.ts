import { closeSync, constants, existsSync, openSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { openFile, refusalOf } from "../open-file.ts";

/** A directory held open: `base` leads to it even if another file takes its place meanwhile. */
export interface HeldDirectory {
  base: string;
  close(): void;
}

/**
 * Holds a record's directory, or one in it, without following a link in the record or at its own place. A program
 * being trained can write into its record, and so replace any part of a path between two looks at it.
 *
 * @param below names of directories in the record, from the outside in
 * @returns undefined where one of them is missing or is not a directory
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
 * Opens a file of a record that is handed to others, over a network say. Undefined for a link, and for a file that
 * has a second name: a hard link to a file elsewhere would give that file away.
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

/** Where the system has no such folder, a path is resolved again at each use. */
const openFilesFolder = "/proc/self/fd";
const hasOpenFilesFolder = existsSync(openFilesFolder);

function holdDirectory(path: string): HeldDirectory | undefined {
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = constants;
  try {
    const fd = openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK);
    const base = hasOpenFilesFolder ? join(openFilesFolder, String(fd)) : path;
    return { base, close: () => closeSync(fd) };
  } catch (error) {
    // Throws what is not an answer of the system about the path.
    refusalOf(error);
    return undefined;
  }
}
