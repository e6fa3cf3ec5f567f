import { basename, resolve } from "node:path";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { LoggedRun } from "../../formats/logged-run.ts";
import type { LoggedValue, ReadingEnd } from "../../formats/logged-value.ts";
import type { Section } from "../../formats/text/sections/line-section.ts";
import {
  nameInSection,
  namesMetricInSection,
} from "../../formats/text/sections/name-in-section.ts";
import { openValueReader, type ValueReader } from "../../formats/values/open-value-reader.ts";
import type {
  TargetRequest,
  TargetStanding,
  TargetWindow,
} from "../../schema/run/outcome/metric-target.ts";
import { targetsOf } from "../../schema/run/outcome/targets-of.ts";
import {
  type MetricSummary,
  type TargetInLog,
  ValueSummary,
} from "../../score/readings/summarise-values.ts";
import { readPieces } from "../../store/results/read-pieces.ts";
import { isMlflowStore, openMlflow } from "../trackers/open-mlflow.ts";

/** The metrics of a training log that does not follow MLPerf's rules. */
export interface TrainingLog {
  /** As it was given. */
  path: string;
  /** Human-readable description of the file. */
  format: string;
  valueCount: number;
  metrics: readonly MetricSummary[];
  /** Values of metrics beyond those that are summarized. */
  leftOutCount: number;
  /** From the first to the last time in the log; absent if it has no times. */
  durationMs: number | undefined;
  target: TargetInLog | undefined;
  /** Each target; present if there are several, or if a target is met by several values. */
  targets: TargetStanding[] | undefined;
  targetWindow: TargetWindow | undefined;
  end: ReadingEnd;
}

/**
 * Reads the metrics of a finished training from its log: text of any framework, a TensorBoard event file, or an offline
 * W&B run. The file is read once, in chunks. Undefined if it contains no named number.
 *
 * @throws UserError `file-unreadable`
 */
export async function showTrainingLog(
  path: string,
  { workingFolder, targets }: { workingFolder: string; targets: TargetRequest },
): Promise<TrainingLog | undefined> {
  const summary = new ValueSummary(targets);
  const reader = await readValues(resolve(workingFolder, path), {
    push: (value) => summary.push(named(value, targets)),
    targetOf: (name) => targetMetric(name, targets),
  });
  if (reader === undefined || summary.valueCount === 0) return undefined;
  const { valueCount, metrics, leftOutCount, durationMs } = summary;
  return {
    path,
    format: reader.format,
    valueCount,
    metrics,
    leftOutCount,
    durationMs,
    target: summary.target,
    targets: summary.targets,
    targetWindow: targets.targetWindow,
    end: reader.end(),
  };
}

/**
 * Reads the metrics of one run of an MLflow tracking store. Undefined if the path is not such a store.
 *
 * @param run its id or name; required if the store contains several runs
 * @throws UserError `tracked-run-unknown`, `tracked-run-ambiguous`, and what `openMlflow` throws
 */
export async function showTrackedRun(
  path: string,
  {
    workingFolder,
    targets,
    run,
  }: { workingFolder: string; targets: TargetRequest; run: string | undefined },
): Promise<TrainingLog | undefined> {
  const absolutePath = resolve(workingFolder, path);
  if (!(await isMlflowStore(absolutePath))) return undefined;
  const store = await openMlflow(absolutePath);
  try {
    const { runId } = chooseRun(path, store.runs, run);
    const summary = new ValueSummary(targets);
    for (const value of await store.valuesOf(runId)) summary.push(named(value, targets));
    const { valueCount, metrics, leftOutCount, durationMs } = summary;
    return {
      path,
      format: `MLflow ${store.kind}, run ${runId}`,
      valueCount,
      metrics,
      leftOutCount,
      durationMs,
      target: summary.target,
      targets: summary.targets,
      targetWindow: targets.targetWindow,
      end: { kind: "complete" },
    };
  } finally {
    await store.close();
  }
}

function chooseRun(
  path: string,
  runs: readonly LoggedRun[],
  requested: string | undefined,
): LoggedRun {
  const fitting =
    requested === undefined
      ? runs
      : runs.filter(({ runId, name }) => runId.startsWith(requested) || name === requested);
  const [only] = fitting;
  if (only !== undefined && fitting.length === 1) return only;
  const listed = (fitting.length === 0 ? runs : fitting)
    .slice(0, listedRuns)
    .map(({ runId, name }) => (name === undefined ? runId : `${runId} (${name})`));
  const place = { at: path, saw: listed.length === 0 ? "no run" : listed.join("\n") };
  if (fitting.length === 0 && requested !== undefined)
    throw new UserError("tracked-run-unknown", `no run \`${requested}\` in \`${path}\``, {
      ...place,
      hint: "give the beginning of a run's id, or its name",
    });
  throw new UserError("tracked-run-ambiguous", `\`${path}\` contains ${fitting.length} runs`, {
    ...place,
    hint: "choose one by its id or name: `--run <id>`",
  });
}

const listedRuns = 10;

/** Undefined for an empty file. */
async function readValues(
  path: string,
  {
    push,
    targetOf,
  }: { push: (value: LoggedValue) => void; targetOf: (name: string) => string | undefined },
): Promise<ValueReader | undefined> {
  let reader: ValueReader | undefined;
  for await (const bytes of readPieces(path)) {
    reader ??= openValueReader(basename(path), bytes, targetOf);
    for (const value of reader.push(bytes)) push(value);
  }
  for (const value of reader?.finish() ?? []) push(value);
  return reader;
}

/** A value of a target's metric carries the target's spelling of its name. */
function named(value: LoggedValue, requested: TargetRequest): LoggedValue {
  const { metric: name, section } = value;
  const metric = targetMetric(name, requested, section);
  return { ...value, metric: metric ?? nameInSection(name, section) };
}

function targetMetric(
  name: string,
  requested: TargetRequest,
  section?: Section,
): string | undefined {
  const targets = targetsOf(requested);
  return targets.find(({ metric }) => namesMetricInSection(name, section, metric))?.metric;
}
