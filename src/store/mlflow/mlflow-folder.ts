import { join } from "node:path";
import { listDirectory, readText, unreadableFile } from "../open-file.ts";

/** One run of an MLflow file store, as on disk. */
export interface MlflowRunFolder {
  folder: string;
  /** The text of its meta.yaml. */
  meta: string;
  /** The text of its experiment's meta.yaml; undefined if only the run's folder exists. */
  experimentMeta: string | undefined;
}

/** A file of a run: for a metric `val/loss`, the name has the slash. */
export interface NamedText {
  name: string;
  text: string;
}

const metaFile = "meta.yaml";
/** Names of metrics and parameters may contain slashes, which are folders. */
const maximumDepth = 16;

/** The runs in an MLflow file store, in one of its experiments, or the run itself. Deleted experiments are left out. */
export async function* mlflowRunFolders(folder: string): AsyncGenerator<MlflowRunFolder> {
  const meta = await textOf(join(folder, metaFile));
  if (meta !== undefined && isRunMeta(meta)) {
    const experimentMeta = await textOf(join(folder, "..", metaFile));
    yield { folder, meta, experimentMeta };
    return;
  }
  if (meta !== undefined) return yield* runsOf(folder, meta);
  for (const name of await foldersIn(folder)) {
    const experiment = join(folder, name);
    const experimentMeta = await textOf(join(experiment, metaFile));
    if (experimentMeta === undefined) continue;
    if (isRunMeta(experimentMeta))
      yield { folder: experiment, meta: experimentMeta, experimentMeta: undefined };
    else yield* runsOf(experiment, experimentMeta);
  }
}

/** The metrics of a run, or its parameters; a folder that does not exist has none. */
export async function* namedTexts(
  run: string,
  kind: "metrics" | "params",
): AsyncGenerator<NamedText> {
  yield* textsIn(join(run, kind), "", maximumDepth);
}

async function* runsOf(
  experiment: string,
  experimentMeta: string,
): AsyncGenerator<MlflowRunFolder> {
  for (const name of await foldersIn(experiment)) {
    const folder = join(experiment, name);
    const meta = await textOf(join(folder, metaFile));
    if (meta !== undefined && isRunMeta(meta)) yield { folder, meta, experimentMeta };
  }
}

function isRunMeta(meta: string): boolean {
  return /^run_(?:id|uuid):/mu.test(meta);
}

async function* textsIn(folder: string, prefix: string, levels: number): AsyncGenerator<NamedText> {
  const listed = await listDirectory(folder);
  if (listed.kind !== "listed") return;
  for (const entry of listed.entries.toSorted((left, right) => (left.name < right.name ? -1 : 1))) {
    const name = `${prefix}${entry.name}`;
    const path = join(folder, entry.name);
    if (entry.isDirectory() && levels > 0) yield* textsIn(path, `${name}/`, levels - 1);
    if (!entry.isFile()) continue;
    const text = await textOf(path);
    if (text !== undefined) yield { name, text };
  }
}

/** `.trash` holds deleted experiments. */
async function foldersIn(folder: string): Promise<string[]> {
  const listed = await listDirectory(folder);
  if (listed.kind !== "listed") throw unreadableFile(folder, listed);
  const folders = listed.entries.filter((entry) => entry.isDirectory() && entry.name !== ".trash");
  return folders.map(({ name }) => name).toSorted();
}

/** Undefined if there is no such file. */
async function textOf(path: string): Promise<string | undefined> {
  const read = await readText(path, { followsLinks: false });
  if (read.kind === "read") return read.text;
  if (read.kind === "missing" || read.kind === "not-regular") return undefined;
  throw unreadableFile(path, read);
}
