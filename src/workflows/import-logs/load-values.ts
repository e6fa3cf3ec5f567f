import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { basename, dirname, relative } from "node:path";
import type { LoggedRun } from "../../formats/logged-run.ts";
import { TensorboardReader } from "../../formats/tensorboard/tensorboard-reader.ts";
import type { LoggedValue } from "../../formats/logged-value.ts";
import { valuesAsLines } from "../../formats/values/values-as-lines.ts";
import { WandbReader } from "../../formats/wandb/wandb-reader.ts";
import type { LogOrigin } from "../../schema/run/events/log-origin.ts";
import type { MlflowStore } from "../trackers/open-mlflow.ts";
import type { LoadedTraining } from "./loaded-training.ts";
import { nameOf } from "./load-text.ts";
import { type BytesReader, damaged, readFiles } from "./read-value-files.ts";
import { settingsOfTrainerState } from "./settings-beside.ts";
import { stampedOrNone, trainingOf } from "./training-of-values.ts";

/** Larger files are not copied into the record, which holds their values as text. */
const maximumCopyBytes = 64 << 20;

/** Reads a JSON document of metrics, such as `trainer_state.json`. Undefined if it has no values. */
export async function loadJson(path: string, given: string): Promise<LoadedTraining | undefined> {
  const read = await readFiles([path]);
  const isWhole = read.end === "complete";
  if (!isWhole) throw damaged(path, "the JSON document is invalid or truncated");
  const total = read.values.findLast(({ metric }) => metric === "train_runtime");
  const lastStep = read.values.reduce((most, { step }) => Math.max(most, step ?? 0), 0);
  const isTimed = total !== undefined && lastStep > 0;
  const values = isTimed
    ? read.values.map((value) => ({
        ...value,
        timeMs: ((value.step ?? 0) / lastStep) * total.value * 1000,
      }))
    : read.values;
  return trainingOf(
    { ...read, values },
    {
      name: nameOf(dirname(path).includes("checkpoint-") ? dirname(path) : path),
      format: "json",
      path: given,
      files: undefined,
      settings: await settingsOfTrainerState(path),
      times: isTimed
        ? {
            source: "total",
            name: "train_runtime",
            reliability: "interpolated",
            covers: "the whole training, including evaluation",
          }
        : stampedOrNone(values, "each entry"),
      startMs: undefined,
      endMs: undefined,
      changedMs: (await stat(path)).mtimeMs,
      copies: await copiesOf([path]),
    },
  );
}

/**
 * Reads the event files of one folder as one training. Several files are restarts: values of an earlier file at or after
 * the first step of a later one were lost with the restart.
 */
export async function loadTensorboard(
  paths: readonly string[],
  { given, folder }: { given: string; folder: string },
): Promise<LoadedTraining | undefined> {
  const ordered = paths.toSorted((left, right) => fileSeconds(left) - fileSeconds(right));
  let values: LoggedValue[] = [];
  const settings = new Map<string, string>();
  const readers: TensorboardReader[] = [];
  const open = (): BytesReader => {
    const reader = new TensorboardReader();
    readers.push(reader);
    return { push: (bytes) => reader.push(bytes), finish: () => [], end: () => reader.end() };
  };
  const take = (ofFile: readonly LoggedValue[], path: string): void => {
    for (const [name, text] of readers.at(-1)?.settings ?? []) settings.set(name, text);
    // `add_hparams` of PyTorch writes a file of its own, with the last values.
    if (dirname(path) !== folder && readers.at(-1)?.settings.size !== 0) return;
    const firstStep = ofFile.reduce(
      (least, { step }) => Math.min(least, step ?? least),
      Number.POSITIVE_INFINITY,
    );
    values = values.filter(({ step }) => step === undefined || step < firstStep).concat(ofFile);
  };
  const read = await readFiles(ordered, take, open);
  const [first = ""] = ordered;
  const startSeconds = fileSeconds(first);
  return trainingOf(
    { ...read, values },
    {
      name: basename(folder),
      format: "tensorboard",
      path: given,
      files: filesIn(given, folder, ordered),
      settings,
      times: stampedOrNone(values, "the start of the writer"),
      startMs: startSeconds > 0 ? startSeconds * 1000 : undefined,
      endMs: undefined,
      changedMs: (await stat(first)).mtimeMs,
      copies: await copiesOf(ordered),
    },
  );
}

/** Seconds since the epoch in the name of an event file; 0 if it has none. */
function fileSeconds(path: string): number {
  return Number(/tfevents\.(\d{9,11})\b/u.exec(basename(path))?.[1] ?? 0);
}

/** The files of offline W&B runs with the same id, which are one training that was resumed. */
export async function loadWandb(
  paths: readonly string[],
  { given, folder }: { given: string; folder: string | undefined },
): Promise<LoadedTraining | undefined> {
  const ordered = paths.toSorted();
  const readers = new Map<string, WandbReader>();
  const read = await readFiles(ordered, undefined, (path) => {
    const reader = new WandbReader();
    readers.set(path, reader);
    return { push: (bytes) => reader.push(bytes), finish: () => [], end: () => reader.end() };
  });
  const facts = [...readers.values()].map((reader) => reader.facts);
  const { runId, name, startMs, project = "", group = "" } = facts[0] ?? {};
  return trainingOf(read, {
    name: name ?? runId ?? nameOf(ordered[0] ?? ""),
    format: "wandb",
    path: given,
    files: folder === undefined ? undefined : filesIn(given, folder, ordered),
    times: stampedOrNone(read.values, startOfRun(startMs, { isResumed: ordered.length > 1 })),
    startMs,
    endMs: undefined,
    trackedRunId: runId,
    settings: new Map(facts.flatMap(({ config }) => [...config])),
    group: `${project} ${group}`,
    ended: endOfExit(facts.at(-1)?.exitCode),
    changedMs: (await stat(ordered[0] ?? "")).mtimeMs,
    copies: await copiesOf(ordered),
  });
}

function startOfRun(startMs: number | undefined, { isResumed }: { isResumed: boolean }): string {
  const since = startMs === undefined ? "the first value" : "the start of the run";
  return isResumed ? `${since}, with the pause before it was resumed` : since;
}

function endOfExit(exitCode: number | undefined): LogOrigin["ended"] {
  if (exitCode === undefined) return undefined;
  return exitCode === 0 ? "finished" : "failed";
}

/** One run of an MLflow store. */
export async function loadMlflowRun(
  store: MlflowStore,
  run: LoggedRun,
  given: string,
): Promise<LoadedTraining | undefined> {
  const values = await store.valuesOf(run.runId);
  const lines = [...valuesAsLines(values)].map(({ text }) => text).join("");
  return trainingOf(
    {
      values,
      sha256: createHash("sha256").update(lines).digest("hex"),
      byteCount: Buffer.byteLength(lines),
    },
    {
      name: run.experiment ?? run.name ?? run.runId,
      format: "mlflow",
      path: given,
      files: undefined,
      times: stampedOrNone(values, "the start of the run"),
      startMs: run.startMs,
      endMs: run.endMs,
      trackedRunId: run.runId,
      ended: endedOf(run.status),
      settings: run.parameters,
      group: run.experiment ?? "",
      changedMs: 0,
      copies: [],
    },
  );
}

function endedOf(status: LoggedRun["status"]): LogOrigin["ended"] {
  switch (status) {
    case "finished":
    case "failed":
    case "killed":
      return status;
    case "running":
    case "scheduled":
    case "unknown":
      return undefined;
  }
}

function filesIn(given: string, folder: string, paths: readonly string[]): string[] | undefined {
  return given === folder && paths.length === 1
    ? undefined
    : paths.map((path) => relative(folder, path));
}

async function copiesOf(paths: readonly string[]): Promise<readonly string[]> {
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
  const byteCount = sizes.reduce((sum, size) => sum + size, 0);
  return byteCount <= maximumCopyBytes ? paths : [];
}
