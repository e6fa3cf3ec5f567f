import type { Dirent } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { ResultFolder, ResultLog, SystemReading } from "../../schema/logs/result-folder.ts";
import type { ScalingKind } from "../../schema/logs/submission.ts";
import { describeRefusal, listDirectory, readText, refusalOf, sizeOnDisk } from "../open-file.ts";
import { readScalingFile } from "./read-scaling-file.ts";
import { readSystem } from "./read-system.ts";
import { recognizeLogs } from "./recognize-logs.ts";

/**
 * Finds every result in a folder: a whole round, an organization, a system, or one benchmark's logs. A folder without files
 * named `result_<n>.txt` may hold logs of other names: those that contain MLPerf lines count. Reads only, and follows no
 * links.
 *
 * @throws UserError `folder-missing`, `folder-is-a-file`, `folder-empty`, `not-a-submission`, `folder-unreadable`
 */
export async function readSubmission(folder: string): Promise<ResultFolder[]> {
  const root = resolve(folder);
  await requireFolder(root, folder);
  const named = await findLogFolders(root, (names) => Promise.resolve(logsAmong(names)));
  const found = named.length > 0 ? named : await findLogFolders(root, logsByContent);
  if (found.length === 0) throw await nothingFound(root, folder);
  const results: ResultFolder[] = [];
  const around = new Surroundings();
  for (const logFolder of found) results.push(await describeFolder(logFolder, { root, around }));
  return results;
}

async function requireFolder(root: string, shown: string): Promise<void> {
  try {
    if ((await stat(root)).isDirectory()) return;
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal.kind !== "missing") throw unreadable(root, describeRefusal(refusal));
    throw new UserError("folder-missing", `no such folder: \`${shown}\``, {
      hint: "specify the folder of a round, an organization, a system or the logs of one benchmark",
      cause: error,
    });
  }
  throw new UserError(
    "folder-is-a-file",
    `\`${shown}\` is a file; \`pitwall score\` requires a folder`,
    {
      hint: `specify the folder with all runs of the result: \`${dirname(shown)}\``,
    },
  );
}

async function nothingFound(root: string, shown: string): Promise<UserError> {
  const entries = await listFolder(root);
  if (entries.length === 0) {
    return new UserError("folder-empty", `\`${shown}\` is empty`, {
      hint: "logs are expected as <organisation>/results/<system>/<benchmark>/result_<n>.txt",
    });
  }
  const names = entries.map((entry) => entry.name).toSorted(compareNames);
  return new UserError("not-a-submission", `\`${shown}\` contains no MLPerf logs at any depth`, {
    saw: `it contains ${names.slice(0, 5).join(", ")}${names.length > 5 ? ` and ${names.length - 5} more` : ""}`,
    hint: "logs are expected as <organisation>/results/<system>/<benchmark>/result_<n>.txt",
  });
}

interface LogFolder {
  path: string;
  logNames: readonly string[];
  /** Names of all entries, so that only existing files are opened. */
  entryNames: ReadonlySet<string>;
}

/** Selects the logs among the files of a folder. */
type SelectLogs = (names: readonly string[], path: string) => Promise<string[]>;

async function findLogFolders(path: string, select: SelectLogs): Promise<LogFolder[]> {
  const entries = await listFolder(path);
  // Any entry with a log's name is listed: reading it reports what it is if it is not a file.
  const logNames = await select(
    entries.map((entry) => entry.name),
    path,
  );
  const folders = entries
    .filter((entry) => entry.isDirectory() && !isNoResult(entry.name))
    .map((entry) => entry.name)
    .filter((name) => !logNames.includes(name))
    .toSorted(compareNames);
  const entryNames = new Set(entries.map((entry) => entry.name));
  const found: LogFolder[] = logNames.length === 0 ? [] : [{ path, logNames, entryNames }];
  for (const name of folders) found.push(...(await findLogFolders(join(path, name), select)));
  return found;
}

/** Power logs belong to a run; names like `.git` and `_samples` are ignored. */
function isNoResult(name: string): boolean {
  return name === "power" || name === "node_modules" || /^[._]/.test(name);
}

/** `result_<n>.txt`; a few logs of round 0.5 have a prefix. */
function logsAmong(files: readonly string[]): string[] {
  const named = files.filter((name) => /^result_.*\.txt$/.test(name));
  const prefixed = files.filter((name) => /_result_\d+\.txt$/.test(name));
  return (named.length > 0 ? named : prefixed).toSorted(compareNames);
}

async function logsByContent(names: readonly string[], path: string): Promise<string[]> {
  return (await recognizeLogs(path, names)).toSorted(compareNames);
}

/** Data shared by several results, read once. */
class Surroundings {
  readonly #systems = new Map<string, Promise<SystemReading>>();
  readonly #bypasses = new Map<string, Promise<boolean>>();

  system(role: FolderRole): Promise<SystemReading> {
    const { organisationPath, systemFolder, systemPath } = role;
    const key = [organisationPath, systemFolder, systemPath].join("\n");
    const reading = this.#systems.get(key) ?? readSystem(role);
    this.#systems.set(key, reading);
    return reading;
  }

  asksForBypass(organisationPath: string): Promise<boolean> {
    const reading = this.#bypasses.get(organisationPath) ?? asksForBypass(organisationPath);
    this.#bypasses.set(organisationPath, reading);
    return reading;
  }
}

async function describeFolder(
  { path, logNames, entryNames }: LogFolder,
  { root, around }: { root: string; around: Surroundings },
): Promise<ResultFolder> {
  const role = roleOf(path);
  const powerFolder = join(path, "power");
  const powerEntries = entryNames.has("power") ? await listIfThere(powerFolder) : [];
  const runsWithPower = new Set(powerEntries.map((entry) => entry.name));
  const logs: ResultLog[] = [];
  for (const name of logNames) {
    const [run = name] = name.split(".");
    const meters = runsWithPower.has(run) ? await listIfThere(join(powerFolder, run)) : [];
    const metersNamed = (pattern: RegExp): string[] =>
      meters
        .map((entry) => entry.name)
        .filter((meter) => pattern.test(meter))
        .toSorted(compareNames)
        .map((meter) => join(powerFolder, run, meter));
    const log = join(path, name);
    const nodeMeters = metersNamed(/^node_.*\.txt$/);
    const switchMeters = metersNamed(/^sw_.*\.txt$/);
    const sizeBytes = sizeOf([log, ...nodeMeters, ...switchMeters]);
    logs.push({ name, path: log, sizeBytes, nodeMeters, switchMeters });
  }
  const scalingPath = join(path, "scaling.json");
  return {
    path,
    pathParts: path.split(sep),
    shownAs: relative(root, path) || basename(path),
    organisation: role.organisation,
    systemFolder: role.systemFolder,
    scalingKind: role.scalingKind,
    benchmarkFolder: role.benchmarkFolder,
    isInSubmission: role.isInSubmission,
    subfolder: role.subfolder,
    logs,
    system: await around.system(role),
    scaling: entryNames.has("scaling.json")
      ? await readScalingFile(scalingPath)
      : { kind: "none", path: scalingPath },
    hasPower: runsWithPower.size > 0,
    asksForBypass:
      (entryNames.has(bypassFile) && (await asksForBypass(path))) ||
      (await around.asksForBypass(role.organisationPath)),
  };
}

function sizeOf(files: readonly string[]): number {
  return files.reduce((bytes, file) => bytes + sizeOnDisk(file), 0);
}

/** The role of a folder, by its path. */
export interface FolderRole {
  organisation: string;
  organisationPath: string;
  systemFolder: string;
  systemPath: string;
  scalingKind: ScalingKind;
  benchmarkFolder: string | undefined;
  subfolder: string | undefined;
  isInSubmission: boolean;
}

function roleOf(path: string): FolderRole {
  const parts = path.split(sep);
  const at = parts.lastIndexOf("results");
  const below = at < 0 ? parts.slice(-2) : parts.slice(at + 1);
  const organisationPath = at < 0 ? dirname(dirname(path)) : parts.slice(0, at).join(sep);
  const [systemFolder = basename(path), ...rest] = below;
  const scalingKind = rest[0] === "weak" ? "weak" : "strong";
  const [benchmarkFolder, ...deeper] =
    rest[0] === "weak" || rest[0] === "strong" ? rest.slice(1) : rest;
  // Round 0.5 has folders between the organization's and `results`.
  const oldRound = parts.indexOf("v0.5.0");
  return {
    organisation: (oldRound < 0 ? undefined : parts[oldRound + 1]) ?? basename(organisationPath),
    organisationPath,
    systemFolder,
    systemPath: at < 0 ? dirname(path) : parts.slice(0, at + 2).join(sep),
    scalingKind,
    benchmarkFolder,
    subfolder: deeper.length === 0 ? undefined : deeper.join("/"),
    isInSubmission: at >= 0,
  };
}

const bypassFile = "package_checker_params";

async function asksForBypass(folder: string): Promise<boolean> {
  const read = await readText(join(folder, bypassFile), { followsLinks: true });
  // A file that cannot be read contains no requests.
  return read.kind === "read" && /rcp[-_]bypass/.test(read.text);
}

/** Returns no entries if the folder is missing or cannot be read. */
async function listIfThere(path: string): Promise<Dirent[]> {
  const listed = await listDirectory(path);
  return listed.kind === "listed" ? listed.entries : [];
}

async function listFolder(path: string): Promise<Dirent[]> {
  const listed = await listDirectory(path);
  if (listed.kind === "listed") return listed.entries;
  throw unreadable(path, describeRefusal(listed));
}

function unreadable(path: string, saw: string): UserError {
  return new UserError("folder-unreadable", `cannot read \`${path}\``, {
    saw,
    hint: "a score needs every log of a result; check the folder's owner and mode with `ls -l`",
  });
}

/** Sorts `result_10.txt` after `result_9.txt`. */
function compareNames(a: string, b: string): number {
  return collator.compare(a, b);
}

const collator = new Intl.Collator("en", { numeric: true });
