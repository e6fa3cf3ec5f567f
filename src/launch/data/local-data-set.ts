import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { errorCode } from "../../foundation/errors/error-code.ts";
import { UserError } from "../../foundation/errors/user-error.ts";

export interface DataFile {
  /** Relative to the root. */
  path: string;
  bytes: number;
  sha256: string;
}

/** A file or folder of this machine with the checksums of its content. */
export interface LocalDataSet {
  /** The folder itself, or that of the file; absolute. */
  root: string;
  isFile: boolean;
  /** Sorted by path. */
  files: readonly DataFile[];
  bytes: number;
  /** SHA-256 of the file; of a folder that of the names, lengths and checksums of its files. */
  sha256: string;
}

interface ReadOptions {
  /** Where checksums of unchanged files are kept. */
  cacheFolder: string;
  onBytes: (doneBytes: number, totalBytes: number) => void;
  signal: AbortSignal;
}

/** A file is unchanged if its length, its time of change and its inode are. */
const knownFile = z.tuple([z.number(), z.number(), z.number(), z.string()]);
const knownFiles = z.record(z.string(), knownFile);
type KnownFiles = z.output<typeof knownFiles>;

const mostFiles = 2_000_000;
const deepest = 64;

/**
 * Reads a data set and computes its checksums. Links are followed.
 *
 * @throws UserError `data-missing`, `data-empty`, `data-unreadable`, `data-too-many-files`
 */
export async function readDataSet(path: string, options: ReadOptions): Promise<LocalDataSet> {
  const found = await stat(path).catch((error: unknown) => {
    throw new UserError("data-missing", `no data at \`${path}\``, {
      at: "--data",
      saw: errorCode(error),
      hint: "paths are relative to the folder that Pitwall is started in",
    });
  });
  const isFile = found.isFile();
  const root = isFile ? dirname(path) : path;
  const names = isFile ? [basename(path)] : await namesBelow(path, "", 0);
  if (names.length === 0) throw new UserError("data-empty", `no file in \`${path}\``, { at: "--data" });
  if (names.length > mostFiles) throw tooManyFiles(path, names.length);
  const files = await withChecksums(root, names.toSorted(), { ...options, path });
  const [only] = files;
  return {
    root,
    isFile,
    files,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    sha256: isFile && only !== undefined ? only.sha256 : addressOf(files),
  };
}

/** The content address of a folder. */
function addressOf(files: readonly DataFile[]): string {
  const hash = createHash("sha256");
  for (const { path, bytes, sha256 } of files) hash.update(`${path}\0${bytes}\0${sha256}\n`);
  return hash.digest("hex");
}

async function namesBelow(root: string, folder: string, depth: number): Promise<string[]> {
  if (depth > deepest) throw unreadable(join(root, folder), "folders are nested too deeply");
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  const names: string[] = [];
  for (const entry of entries) {
    const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
    const isLink = entry.isSymbolicLink();
    const target = isLink ? await stat(join(root, name)).catch(() => undefined) : entry;
    if (target === undefined) throw unreadable(join(root, name), "the link leads nowhere");
    if (target.isDirectory()) names.push(...(await namesBelow(root, name, depth + 1)));
    else if (target.isFile()) names.push(name);
  }
  return names;
}

async function withChecksums(
  root: string,
  names: readonly string[],
  { path, cacheFolder, onBytes, signal }: ReadOptions & { path: string },
): Promise<DataFile[]> {
  const cacheFile = join(cacheFolder, "checksums", `${digestOf(path)}.json`);
  const known = await readKnown(cacheFile);
  const now: KnownFiles = {};
  const stats = await Promise.all(names.map(async (name) => ({ name, is: await stat(join(root, name)) })));
  const totalBytes = stats.reduce((sum, { is }) => sum + is.size, 0);
  let doneBytes = 0;
  let isChanged = false;
  const files: DataFile[] = [];
  for (const { name, is } of stats) {
    const before = known[name];
    const isKnown =
      before !== undefined &&
      before[0] === is.size &&
      before[1] === is.mtimeMs &&
      before[2] === is.ino;
    const sha256 = isKnown
      ? before[3]
      : await checksum(join(root, name), signal, (bytes) => onBytes(doneBytes + bytes, totalBytes));
    isChanged ||= !isKnown;
    doneBytes += is.size;
    now[name] = [is.size, is.mtimeMs, is.ino, sha256];
    files.push({ path: name, bytes: is.size, sha256 });
  }
  if (isChanged) await keepKnown(cacheFile, now);
  return files;
}

async function checksum(
  path: string,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<string> {
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    for await (const piece of createReadStream(path, { highWaterMark: 1 << 20, signal })) {
      const data = Buffer.from(piece);
      hash.update(data);
      bytes += data.length;
      onBytes(bytes);
    }
  } catch (error) {
    if (signal.aborted) throw error;
    throw unreadable(path, errorCode(error) ?? "it cannot be read");
  }
  return hash.digest("hex");
}

async function readKnown(path: string): Promise<KnownFiles> {
  try {
    return knownFiles.parse(JSON.parse(await readFile(path, "utf8")));
  } catch {
    // Without the cache, all checksums are computed.
    return {};
  }
}

async function keepKnown(path: string, known: KnownFiles): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(`${path}.new`, JSON.stringify(known));
    await rename(`${path}.new`, path);
  } catch {
    // Only the next run is slower.
  }
}

/** A name for files about a text. */
export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 24);
}

function unreadable(path: string, saw: string): UserError {
  return new UserError("data-unreadable", `cannot read \`${path}\``, { at: "--data", saw });
}

function tooManyFiles(path: string, count: number): UserError {
  return new UserError("data-too-many-files", `\`${path}\` has ${count} files`, {
    at: "--data",
    hint: `at most ${mostFiles}; pack them into larger files`,
  });
}
