import { join, relative } from "node:path";
import { listDirectory, openFile, describeRefusal } from "../open-file.ts";

/** A file that may say something about a fault. */
export interface FoundFile {
  /** Relative to the folder, with `/`. */
  name: string;
  path: string;
  byteCount: number;
  modifiedMs: number;
}

/** Folders below the given one that are searched: torchrun writes logs four levels deep. */
const maximumLevels = 5;
/** More files than a job of 4,096 ranks writes with a dump, a stack and two logs each. */
const maximumFiles = 50_000;
/** Larger files than any dump are read only as logs, line by line. */
const maximumBytes = 512 << 20;

/**
 * The regular files in a folder and its subfolders, sorted by name; links are not followed.
 *
 * @param accepts only files directly in the folder whose names it accepts; default: all files
 */
export async function listDumpFiles(
  folder: string,
  accepts?: (name: string) => boolean,
): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  await addFiles(folder, folder, accepts === undefined ? maximumLevels : 0, found);
  const accepted = accepts === undefined ? found : found.filter(({ name }) => accepts(name));
  return accepted.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

async function addFiles(
  root: string,
  folder: string,
  levels: number,
  found: FoundFile[],
): Promise<void> {
  const listed = await listDirectory(folder);
  if (listed.kind !== "listed") return;
  for (const entry of listed.entries) {
    if (found.length >= maximumFiles) return;
    const path = join(folder, entry.name);
    if (entry.isDirectory() && levels > 0) await addFiles(root, path, levels - 1, found);
    if (!entry.isFile()) continue;
    const file = await fileAt(root, path);
    if (file !== undefined) found.push(file);
  }
}

async function fileAt(root: string, path: string): Promise<FoundFile | undefined> {
  const opened = await openFile(path, { followsLinks: false });
  if (opened.kind !== "opened") return undefined;
  await opened.file.close();
  const { size, mtimeMs } = opened.status;
  const name = relative(root, path).replaceAll("\\", "/");
  return { name, path, byteCount: size, modifiedMs: mtimeMs };
}

export type DumpBytes = { kind: "read"; bytes: Uint8Array } | { kind: "unread"; reason: string };

/** The bytes of a file that may be a dump, a stack or an error file. */
export async function readDumpBytes({ path, byteCount }: FoundFile): Promise<DumpBytes> {
  if (byteCount > maximumBytes) return { kind: "unread", reason: "it is too large for a dump" };
  const opened = await openFile(path, { followsLinks: false });
  if (opened.kind !== "opened") return { kind: "unread", reason: describeRefusal(opened) };
  try {
    return { kind: "read", bytes: await opened.file.readFile() };
  } finally {
    await opened.file.close();
  }
}
