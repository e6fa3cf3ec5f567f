import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { basename, dirname, relative } from "node:path";
import { UserError } from "../../foundation/user-error.ts";
import type { LoggedRun } from "../../formats/logged-run.ts";
import type { LoggedValue, ReadingEnd } from "../../formats/logged-value.ts";
import { openValueReader } from "../../formats/values/open-value-reader.ts";
import { valuesAsLines } from "../../formats/values/values-as-lines.ts";
import { WandbReader } from "../../formats/wandb/wandb-reader.ts";
import type { Finding } from "../../schema/run/finding.ts";
import type { LogOrigin, LogTimes } from "../../schema/run/log-origin.ts";
import { readPieces } from "../../store/results/read-pieces.ts";
import type { MlflowStore } from "../trackers/open-mlflow.ts";
import type { LoadedTraining, TimedPiece } from "./loaded-training.ts";
import { nameOf } from "./load-text.ts";

/** Larger files are not copied into the record, which holds their values as text. */
const maximumCopyBytes = 64 << 20;

/** What a tracker's files say, before it becomes a training. */
interface ReadValues {
  values: readonly LoggedValue[];
  sha256: string;
  byteCount: number;
}

interface Described {
  name: string;
  format: string;
  path: string;
  files: readonly string[] | undefined;
  times: LogTimes;
  /** When the training started, if the tracker states it. */
  startMs: number | undefined;
  endMs: number | undefined;
  trackedRunId?: string | undefined;
  ended?: LogOrigin["ended"];
  seed?: number | undefined;
  experimentKey?: string | undefined;
  /** The time of the last change of the files, for values without dates. */
  changedMs: number;
  copies: readonly string[];
}

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
  const read = await readFiles(ordered, (ofFile) => {
    const firstStep = ofFile.reduce(
      (least, { step }) => Math.min(least, step ?? least),
      Number.POSITIVE_INFINITY,
    );
    values = values.filter(({ step }) => step === undefined || step < firstStep).concat(ofFile);
  });
  const [first = ""] = ordered;
  const startSeconds = fileSeconds(first);
  return trainingOf(
    { ...read, values },
    {
      name: basename(folder),
      format: "tensorboard",
      path: given,
      files: filesIn(given, folder, ordered),
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
  const { runId, name, startMs } = facts[0] ?? {};
  const exitCode = facts.at(-1)?.exitCode;
  const isResumed = ordered.length > 1;
  const since = startMs === undefined ? "the first value" : "the start of the run";
  return trainingOf(read, {
    name: name ?? runId ?? nameOf(ordered[0] ?? ""),
    format: "wandb",
    path: given,
    files: folder === undefined ? undefined : filesIn(given, folder, ordered),
    times: stampedOrNone(
      read.values,
      isResumed ? `${since}, with the pause before it was resumed` : since,
    ),
    startMs,
    endMs: undefined,
    trackedRunId: runId,
    ended: exitCode === undefined ? undefined : exitCode === 0 ? "finished" : "failed",
    changedMs: (await stat(ordered[0] ?? "")).mtimeMs,
    copies: await copiesOf(ordered),
  });
}

/** One run of an MLflow store. */
export async function loadMlflowRun(
  store: MlflowStore,
  run: LoggedRun,
  given: string,
): Promise<LoadedTraining | undefined> {
  const values = await store.valuesOf(run.runId);
  const lines = [...valuesAsLines(values)].map(({ text }) => text).join("");
  const seed = seedOf(run.parameters);
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
      seed,
      experimentKey: `${run.experiment ?? ""} ${settingsText(run.parameters)}`,
      changedMs: 0,
      copies: [],
    },
  );
}

const seedName = /(?:^|[._/-])(?:random_|global_)?seed$/iu;

function seedOf(parameters: ReadonlyMap<string, string>): number | undefined {
  const found = [...parameters].find(([name]) => seedName.test(name))?.[1];
  return found !== undefined && /^\d{1,15}$/u.test(found) ? Number(found) : undefined;
}

/** All settings but the seed: runs with the same ones are one experiment. */
function settingsText(parameters: ReadonlyMap<string, string>): string {
  const settings = [...parameters].filter(([name]) => !seedName.test(name));
  return JSON.stringify(settings.toSorted(([left], [right]) => (left < right ? -1 : 1)));
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

type BytesReader = Pick<ReturnType<typeof openValueReader>, "push" | "finish" | "end">;

/** Reads files in order. A truncated last record is ignored; damaged bytes are an error. */
async function readFiles(
  paths: readonly string[],
  take?: (ofFile: LoggedValue[]) => void,
  open: OpenReader = (path, first) => openValueReader(basename(path), first),
): Promise<ReadValues & { end: "complete" | "partial" }> {
  const hash = createHash("sha256");
  const values: LoggedValue[] = [];
  let byteCount = 0;
  let end: "complete" | "partial" = "complete";
  const see = (bytes: Uint8Array): void => {
    hash.update(bytes);
    byteCount += bytes.length;
  };
  for (const path of paths) {
    const { values: ofFile, ending } = await readFile(path, { open, see });
    if (ending?.kind === "corrupt" && ofFile.length === 0)
      throw damaged(path, `${ending.reason} at byte ${ending.atByte}`);
    if (ending !== undefined && ending.kind !== "complete") end = "partial";
    for (const value of ofFile) values.push(value);
    take?.(ofFile);
  }
  return { values, sha256: hash.digest("hex"), byteCount, end };
}

type OpenReader = (path: string, first: Uint8Array) => BytesReader;

async function readFile(
  path: string,
  { open, see }: { open: OpenReader; see: (bytes: Uint8Array) => void },
): Promise<{ values: LoggedValue[]; ending: ReadingEnd | undefined }> {
  const values: LoggedValue[] = [];
  let reader: BytesReader | undefined;
  for await (const bytes of readPieces(path)) {
    see(bytes);
    reader ??= open(path, bytes);
    for (const value of reader.push(bytes)) values.push(value);
  }
  for (const value of reader?.finish() ?? []) values.push(value);
  return { values, ending: reader?.end() };
}

function damaged(path: string, saw: string): UserError {
  return new UserError("log-damaged", `cannot read \`${basename(path)}\``, {
    at: path,
    saw,
    hint: "copy the file again from where the training ran",
  });
}

function stampedOrNone(values: readonly LoggedValue[], since: string): LogTimes {
  const isStamped = values.some(({ timeMs }) => timeMs !== undefined);
  if (!isStamped) return { source: "none", reliability: "none", covers: "nothing" };
  const covers = `from ${since} to the time stored with each value`;
  return { source: "time-stamps", reliability: "logged", covers };
}

/** Undefined if there are no values. */
function trainingOf(read: ReadValues, described: Described): LoadedTraining | undefined {
  if (read.values.length === 0) return undefined;
  const { values, back } = inOrder(read.values.map(withPlausibleTime));
  const isDated = described.times.source === "time-stamps";
  const lastMs = values.reduce((most, { timeMs }) => Math.max(most, timeMs ?? 0), 0);
  const firstValueMs = values.find(({ timeMs }) => timeMs !== undefined)?.timeMs ?? lastMs;
  const statedMs = isPlausible(described.startMs) ? described.startMs : firstValueMs;
  const firstMs = Math.min(statedMs, firstValueMs);
  const launchedMs = Math.round(isDated ? firstMs : Math.max(0, described.changedMs - lastMs));
  const offsetMs = isDated ? 0 : launchedMs;
  const endedMs = Math.round(
    isDated ? Math.max(lastMs, described.endMs ?? 0) : launchedMs + lastMs,
  );
  const { startMs: _start, endMs: _end, changedMs: _changed, ...kept } = described;
  return {
    trackedRunId: undefined,
    ended: undefined,
    seed: undefined,
    experimentKey: undefined,
    ...kept,
    sha256: read.sha256,
    byteCount: read.byteCount,
    isMllog: false,
    launchedMs,
    endedMs,
    patterns: {},
    metrics: [...new Set(values.map(({ metric }) => metric))],
    findings: back === undefined ? [] : [back],
    pieces: () => datedLines(values, { offsetMs, launchedMs }),
  };
}

/** The year 2286; a later or negative time is damaged. */
const maximumTimeMs = 1e13;

function isPlausible(timeMs: number | undefined): timeMs is number {
  return timeMs !== undefined && timeMs >= 0 && timeMs <= maximumTimeMs;
}

function withPlausibleTime(value: LoggedValue): LoggedValue {
  return isPlausible(value.timeMs) ? value : { ...value, timeMs: undefined };
}

/** Values in the order of their times; trackers store them in the order of their arrival. */
function inOrder(values: readonly LoggedValue[]): {
  values: LoggedValue[];
  back: Extract<Finding, { rule: "log-clock-backwards" }> | undefined;
} {
  let back: Extract<Finding, { rule: "log-clock-backwards" }> | undefined;
  let newestMs = Number.NEGATIVE_INFINITY;
  for (const { timeMs } of values) {
    if (timeMs === undefined) continue;
    if (timeMs < newestMs - orderToleranceMs) {
      back ??= { rule: "log-clock-backwards", fromMs: newestMs, toMs: timeMs, count: 0 };
      back.count += 1;
    }
    newestMs = Math.max(newestMs, timeMs);
  }
  const sorted = values.toSorted((left, right) => (left.timeMs ?? 0) - (right.timeMs ?? 0));
  return { values: back === undefined ? sorted : [...values], back };
}

/** Trackers write values of several threads slightly out of order. */
const orderToleranceMs = 1000;

async function* datedLines(
  values: readonly LoggedValue[],
  { offsetMs, launchedMs }: { offsetMs: number; launchedMs: number },
): AsyncGenerator<TimedPiece> {
  let newestMs = launchedMs;
  for (const { text, timeMs } of valuesAsLines(values)) {
    if (timeMs !== undefined) newestMs = Math.max(newestMs, Math.round(offsetMs + timeMs));
    yield { bytes: Buffer.from(text), timeMs: newestMs };
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
