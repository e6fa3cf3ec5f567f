import { basename, dirname, join, resolve } from "node:path";
import { UserError } from "../../foundation/errors/user-error.ts";
import { type TrainingFormat, trainingFormats } from "../../formats/training-formats.ts";
import { valueFormat } from "../../formats/values/open-value-reader.ts";
import { fileKind, listDirectory, unreadableFile } from "../../store/open-file.ts";
import { readFirstBytes } from "../../store/results/read-pieces.ts";
import { isMlflowStore } from "../trackers/open-mlflow.ts";

/** Files that hold one training, or for MLflow a store of several. */
export interface TrainingFiles {
  format: TrainingFormat;
  /** Absolute paths. */
  paths: readonly string[];
  /** As the user gave it: the file, or the folder that it was found in. */
  given: string;
  /** The folder that the user gave, absolute; undefined for a file. */
  folder: string | undefined;
}

/** What was found for one argument. */
export interface FoundTrainings {
  trainings: readonly TrainingFiles[];
  /** Formats that the folder has too, but that were not read, because they repeat the same trainings. */
  otherFormats: readonly TrainingFormat[];
}

const maximumDepth = 8;
const maximumFiles = 20_000;
const sampleBytes = 1 << 16;
const textEnding = /\.(?:log|txt|out|err|csv|tsv|jsonl)$|^metrics\.json$|^log$/iu;

/**
 * Finds the trainings in a file or folder, by content. A folder that holds several formats, such as a log beside a
 * tracker's files, usually holds the same training several times: the most specific format is used.
 *
 * @param requested the only format to look for
 * @throws UserError `source-missing`, `file-unreadable`, `folder-without-trainings`
 */
export async function findTrainings(
  given: string,
  { cwd, requested }: { cwd: string; requested: TrainingFormat | undefined },
): Promise<FoundTrainings> {
  const path = resolve(cwd, given);
  const kind = await fileKind(path);
  if (kind === "missing")
    throw new UserError("source-missing", `no such file or folder: \`${given}\``, {
      hint: "give a log, or the folder of a tracker",
    });
  if (kind === "directory") return inFolder(path, given, requested);
  const format = requested ?? (await formatOf(path));
  return { trainings: [{ format, paths: [path], given, folder: undefined }], otherFormats: [] };
}

async function formatOf(path: string): Promise<TrainingFormat> {
  const first = await readFirstBytes(path, sampleBytes);
  if (first.kind !== "read") throw unreadableFile(path, first);
  if (await isMlflowStore(path)) return "mlflow";
  const format = valueFormat(basename(path), first.bytes);
  switch (format) {
    case "wandb":
    case "tensorboard":
      return format;
    case "json-document":
      return "json";
    case "csv":
    case "json-lines":
    case "text":
      return "text";
  }
}

async function inFolder(
  folder: string,
  given: string,
  requested: TrainingFormat | undefined,
): Promise<FoundTrainings> {
  const files = await filesIn(folder, maximumDepth);
  const groups = await groupsIn(folder, files);
  const formats = trainingFormats
    .map(({ name }) => name)
    .filter((name) => groups.some(({ format }) => format === name));
  const chosen = requested ?? formats[0];
  const trainings = groups
    .filter(({ format }) => format === chosen)
    .map(({ format, paths }) => ({ format, paths, given, folder }));
  if (trainings.length === 0) throw nothingIn(given, files.length, formats);
  return { trainings, otherFormats: formats.filter((name) => name !== chosen) };
}

type Group = Pick<TrainingFiles, "format" | "paths">;

async function groupsIn(folder: string, files: readonly string[]): Promise<Group[]> {
  const groups: Group[] = [];
  const add = (format: TrainingFormat, ...paths: string[]): void => {
    groups.push({ format, paths });
  };
  if (await isMlflowStore(folder)) add("mlflow", folder);
  for (const path of files.filter((file) => file.endsWith(".db")))
    if (await isMlflowStore(path)) add("mlflow", path);
  for (const paths of grouped(files.filter(isWandb), basename)) add("wandb", ...paths);
  for (const paths of grouped(files.filter(isEvents), eventFolder(files)))
    add("tensorboard", ...paths);
  for (const path of lastCheckpoints(files)) add("json", path);
  for (const path of files.filter((file) => textEnding.test(basename(file))))
    if ((await formatOf(path)) === "text") add("text", path);
  return groups;
}

function isWandb(path: string): boolean {
  return path.endsWith(".wandb");
}

function isEvents(path: string): boolean {
  return basename(path).includes("tfevents");
}

/**
 * The folder of the training that an event file belongs to. `add_hparams` of PyTorch writes into a folder of its own, whose
 * name is a time, below the training's.
 */
function eventFolder(files: readonly string[]): (path: string) => string {
  const folders = new Set(files.filter(isEvents).map((path) => dirname(path)));
  return (path) => {
    const folder = dirname(path);
    const isOfHparams = /^\d{9,11}(?:\.\d+)?$/u.test(basename(folder));
    return isOfHparams && folders.has(dirname(folder)) ? dirname(folder) : folder;
  };
}

/** Event files of one folder belong to one training, and so do W&B files whose names have the same run id. */
function grouped(paths: readonly string[], keyOf: (path: string) => string): string[][] {
  const groups = new Map<string, string[]>();
  for (const path of paths) {
    const key = keyOf(path);
    groups.set(key, [...(groups.get(key) ?? []), path]);
  }
  return [...groups.values()];
}

/** Each checkpoint repeats the history from the beginning: only the last of one output folder is read. */
function lastCheckpoints(files: readonly string[]): string[] {
  const last = new Map<string, { path: string; step: number }>();
  for (const path of files.filter((file) => basename(file) === "trainer_state.json")) {
    const folder = dirname(path);
    const step = /^checkpoint-(\d+)$/u.exec(basename(folder))?.[1];
    const key = step === undefined ? folder : dirname(folder);
    const order = step === undefined ? Number.POSITIVE_INFINITY : Number(step);
    const known = last.get(key);
    if (known === undefined || order > known.step) last.set(key, { path, step: order });
  }
  return [...last.values()].map(({ path }) => path);
}

/** Regular files, sorted; hidden folders and those of package managers are left out. */
async function filesIn(folder: string, levels: number): Promise<string[]> {
  const listed = await listDirectory(folder);
  if (listed.kind !== "listed") throw unreadableFile(folder, listed);
  const files: string[] = [];
  const entries = listed.entries.toSorted((left, right) =>
    left.name.localeCompare(right.name, "en", { numeric: true }),
  );
  // The console of an offline W&B run is in its own folder.
  const isWandbRun = entries.some(({ name }) => name.endsWith(".wandb"));
  for (const entry of entries) {
    if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
    const path = join(folder, entry.name);
    if (entry.isFile()) files.push(path);
    if (entry.isDirectory() && levels > 0 && !isWandbRun)
      files.push(...(await filesIn(path, levels - 1)));
    if (files.length > maximumFiles) throw tooManyFiles(folder);
  }
  return files;
}

function nothingIn(
  given: string,
  fileCount: number,
  formats: readonly TrainingFormat[],
): UserError {
  return new UserError("folder-without-trainings", `\`${given}\` contains no training to import`, {
    saw:
      formats.length > 0 ? `only ${formats.join(", ")}` : `${fileCount} files, none of them a log`,
    hint: `importable: ${trainingFormats.map(({ summary }) => summary).join("; ")}`,
  });
}

function tooManyFiles(folder: string): UserError {
  return new UserError("folder-too-large", `more than ${maximumFiles} files in \`${folder}\``, {
    hint: "give the folder of the logs",
  });
}
