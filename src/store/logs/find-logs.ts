import { constants, type Dirent, statSync } from "node:fs";
import { access, readdir, stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { errorCode } from "../../foundation/error-code.ts";
import { nearestWord } from "../../foundation/nearest-word.ts";
import { UserError } from "../../foundation/user-error.ts";

/** A log on disk. */
export interface FoundLog {
  /** As the user typed it. */
  argument: string;
  /** From the argument on, with `/`; a file given by name is called as it was given. */
  path: string;
  absolutePath: string;
  /** On disk; a packed log is larger when read. */
  sizeBytes: number;
  /** The user named this very file. */
  isGivenByName: boolean;
}

/** Logs, and folders that were not looked into. */
export interface LogSearch {
  logs: FoundLog[];
  skippedFolders: string[];
}

/**
 * Finds the logs of an argument: the file itself, whatever its name; of a folder every `result_*.txt`, packed or not,
 * at any depth and in the order of their paths. Hidden folders and those whose name begins with `_` are skipped.
 *
 * @throws UserError `log-missing`, `log-unreadable`, `folder-without-logs`, `folder-unreadable`
 */
export async function findLogs(argument: string, workingFolder: string): Promise<LogSearch> {
  const root = resolve(workingFolder, argument);
  const status = await statOf(root, argument);
  if (!status.isDirectory()) {
    await requireReadable(root, argument);
    const log = { argument, path: argument, absolutePath: root, isGivenByName: true };
    return { logs: [{ ...log, sizeBytes: status.size }], skippedFolders: [] };
  }
  const paths: string[] = [];
  const skippedFolders: string[] = [];
  await walk(root, { paths, skippedFolders });
  if (paths.length === 0) throw await noLogs(root, argument);
  const logs: FoundLog[] = [];
  for (const absolutePath of paths) {
    const path = relative(root, absolutePath).split(sep).join("/");
    // Of thousands of logs; asking the thread pool for each takes ten times as long.
    const { size } = statSync(absolutePath);
    logs.push({ argument, path, absolutePath, sizeBytes: size, isGivenByName: false });
  }
  return {
    logs: logs.toSorted((a, b) => compareTexts(a.path, b.path)),
    skippedFolders: skippedFolders.map((path) => relative(root, path)).toSorted(compareTexts),
  };
}

/** By code units, the same everywhere. */
export function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

async function statOf(path: string, argument: string) {
  try {
    return await stat(path);
  } catch (error) {
    const code = errorCode(error);
    if (code !== "ENOENT" && code !== "ENOTDIR")
      throw unreadable("log-unreadable", argument, error);
    const nearest = await nearestEntry(path);
    throw new UserError("log-missing", `there is no file or folder \`${argument}\``, {
      hint:
        nearest === undefined
          ? "give a log file, a folder of logs, or the folder of a whole round"
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

async function requireReadable(path: string, argument: string): Promise<void> {
  try {
    await access(path, constants.R_OK);
  } catch (error) {
    throw unreadable("log-unreadable", argument, error);
  }
}

async function walk(
  folder: string,
  found: { paths: string[]; skippedFolders: string[] },
): Promise<void> {
  for (const entry of await list(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (/^[._]|^node_modules$/.test(entry.name)) found.skippedFolders.push(path);
      else await walk(path, found);
    } else if (/^result_.*\.txt(?:\.gz)?$/.test(entry.name) && (await isFile(entry, path))) {
      found.paths.push(path);
    }
  }
}

/** Links to files are followed, links to folders are not: those may lead round in a circle. */
async function isFile(entry: Dirent, path: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isFile();
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (errorCode(error) === "ENOENT") return false;
    throw error;
  }
}

async function list(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    throw unreadable("folder-unreadable", folder, error);
  }
}

async function noLogs(root: string, argument: string): Promise<UserError> {
  const names = (await readdir(root)).toSorted(compareTexts);
  const shown = names.slice(0, 5).map((name) => `\`${name}\``);
  const rest = names.length > 5 ? ` and ${names.length - 5} more` : "";
  const nameless = names.find((name) => /\.(?:txt|log|out|gz)$/.test(name));
  return new UserError(
    "folder-without-logs",
    `\`${argument}\` is a folder without logs: no \`result_*.txt\` in it or below`,
    {
      saw: names.length === 0 ? "it is empty" : `it holds ${shown.join(", ")}${rest}`,
      hint:
        nameless === undefined
          ? "give a log file, or a folder with logs called `result_<n>.txt`"
          : `name a log of another name itself: \`${join(argument, nameless)}\``,
    },
  );
}

function unreadable(code: string, shown: string, error: unknown): unknown {
  const reason = errorCode(error);
  if (reason === undefined) return error;
  return new UserError(code, `can't read \`${shown}\``, {
    saw: `the system answered ${reason}`,
    hint: "check who may read it: `ls -l` shows that",
    cause: error,
  });
}
