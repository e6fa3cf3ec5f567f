import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { errorCode } from "../../foundation/errors/error-code.ts";
import { nearestWord } from "../../foundation/text/nearest-word.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import { describeRefusal, listDirectory, refusalOf, sizeOnDisk } from "../open-file.ts";
import { recognizeLogs } from "./recognize-logs.ts";

const logName = /^result_.*\.txt(?:\.gz)?$/;

function isSkipped(folderName: string): boolean {
  return /^[._]|^node_modules$/.test(folderName);
}

/** A log on disk. */
export interface FoundLog {
  /** As the user typed it; if that folder contains only the folder of a round, with that folder's name. */
  argument: string;
  /** Path relative to the argument, with `/`; for a file argument, the argument itself. */
  path: string;
  absolutePath: string;
  /** Size on disk; the content of a compressed log is larger. */
  sizeBytes: number;
  /** Whether the argument is this file. */
  isGivenByName: boolean;
}

/** Logs, and folders that were not searched. */
export interface LogSearch {
  logs: FoundLog[];
  skippedFolders: string[];
}

/**
 * Finds the logs for an argument: a file with any name, or every `result_*.txt` in a folder, compressed or not, at any
 * depth, sorted by path. In a folder without such names, each text file with MLPerf lines is a log. Skips hidden folders and folders whose name starts with `_`. An unpacked archive is a folder that
 * contains only the folder of a round: its logs are listed by their path in the round.
 *
 * @throws UserError `log-missing`, `folder-without-logs`, `folder-unreadable`
 */
export async function findLogs(typed: string, workingFolder: string): Promise<LogSearch> {
  const status = await statOf(resolve(workingFolder, typed), typed);
  const argument =
    status?.isDirectory() === true ? await findRoundFolder(typed, workingFolder) : typed;
  const root = resolve(workingFolder, argument);
  // A file that cannot be read is listed too: reading it reports the reason.
  if (status?.isDirectory() !== true) {
    const log = { argument, path: argument, absolutePath: root, isGivenByName: true };
    return { logs: [{ ...log, sizeBytes: status?.size ?? 0 }], skippedFolders: [] };
  }
  const paths: string[] = [];
  const skippedFolders: string[] = [];
  await walk(root, { root, paths, skippedFolders });
  if (paths.length === 0) paths.push(...(await findByContent(root)));
  if (paths.length === 0) throw await noLogs(root, argument);
  const logs: FoundLog[] = [];
  for (const absolutePath of paths) {
    const path = relative(root, absolutePath).split(sep).join("/");
    const sizeBytes = sizeOnDisk(absolutePath);
    logs.push({ argument, path, absolutePath, sizeBytes, isGivenByName: false });
  }
  return {
    logs: logs.toSorted((a, b) => compareTexts(a.path, b.path)),
    skippedFolders: skippedFolders.map((path) => relative(root, path)).toSorted(compareTexts),
  };
}

/** Compares code units, so the order is the same on all systems. */
export function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** The folder of a round, if it is all that a folder contains; else the folder itself. */
export async function findRoundFolder(argument: string, workingFolder: string): Promise<string> {
  const listed = await listDirectory(resolve(workingFolder, argument));
  if (listed.kind !== "listed") return argument;
  const folders = listed.entries.filter((entry) => entry.isDirectory() && !isSkipped(entry.name));
  const [only, ...others] = folders;
  const isArchive = only !== undefined && others.length === 0 && isRoundName(only.name);
  const hasLogs = listed.entries.some(({ name }) => logName.test(name));
  return isArchive && !hasLogs
    ? findRoundFolder(join(argument, only.name), workingFolder)
    : argument;
}

/** `training_results_v5.1-main`, `hpc_v3.0`, `v0.5.0`. */
function isRoundName(name: string): boolean {
  return /^(?:(?:training|hpc)(?:_results)?[-_])?v\d+\.\d+/i.test(name);
}

/** Undefined if the path exists but cannot be accessed. */
async function statOf(path: string, argument: string) {
  try {
    return await stat(path);
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal.kind !== "missing") return undefined;
    const nearest = await nearestEntry(path);
    throw new UserError("log-missing", `no such file or folder: \`${argument}\``, {
      hint:
        nearest === undefined
          ? "specify a log file, a folder of logs, or the folder of a round"
          : `did you mean \`${join(dirname(argument), nearest)}\`?`,
      cause: error,
    });
  }
}

async function nearestEntry(path: string): Promise<string | undefined> {
  try {
    return nearestWord(basename(path), await readdir(dirname(path)));
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}

async function walk(
  folder: string,
  found: { root: string; paths: string[]; skippedFolders: string[] },
): Promise<void> {
  const listed = await listDirectory(folder);
  if (listed.kind !== "listed") {
    // The folder in the argument must be readable; an unreadable subfolder is reported as skipped.
    if (found.root === folder) throw unreadableFolder(folder, describeRefusal(listed));
    found.skippedFolders.push(folder);
    return;
  }
  for (const entry of listed.entries) {
    const path = join(folder, entry.name);
    // Any entry with a log's name is listed: reading it reports what it is if it is not a file.
    if (logName.test(entry.name)) found.paths.push(path);
    // Links to folders are not followed: they can form a loop.
    else if (entry.isDirectory()) {
      if (isSkipped(entry.name)) found.skippedFolders.push(path);
      else await walk(path, found);
    }
  }
}

/** Logs with other names, in the folder itself and in those below it. */
async function findByContent(root: string, depth = 0): Promise<string[]> {
  const listed = await listDirectory(root);
  if (listed.kind !== "listed") return [];
  const files = listed.entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  const found = (await recognizeLogs(root, files)).map((name) => join(root, name));
  if (depth === maximumDepth) return found;
  for (const entry of listed.entries) {
    if (!entry.isDirectory() || isSkipped(entry.name)) continue;
    found.push(...(await findByContent(join(root, entry.name), depth + 1)));
  }
  return found;
}

/** Files deeper than those of a submitter's results are not read to find out whether they are logs. */
const maximumDepth = 4;

async function noLogs(root: string, argument: string): Promise<UserError> {
  const names = (await readdir(root)).toSorted(compareTexts);
  const shown = names.slice(0, 5).map((name) => `\`${name}\``);
  const rest = names.length > 5 ? ` and ${names.length - 5} more` : "";
  const nameless = names.find((name) => /\.(?:txt|log|out|gz)$/.test(name));
  return new UserError(
    "folder-without-logs",
    `the folder \`${argument}\` contains no MLPerf logs`,
    {
      saw: names.length === 0 ? "the folder is empty" : `it contains ${shown.join(", ")}${rest}`,
      hint:
        nameless === undefined
          ? "specify a log file, or a folder with logs named `result_<n>.txt`"
          : `to read a log with another name, specify the file: \`${join(argument, nameless)}\``,
    },
  );
}

function unreadableFolder(shown: string, saw: string): UserError {
  return new UserError("folder-unreadable", `cannot read \`${shown}\``, {
    saw,
    hint: "check its owner and mode with `ls -l`",
  });
}
