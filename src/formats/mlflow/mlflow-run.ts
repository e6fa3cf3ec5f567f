import { utf8Bytes } from "../../foundation/bytes/utf8.ts";
import type { ExportedRun } from "../../schema/run/exported-run.ts";
import { runName } from "../../schema/run/request/run-name.ts";
import type { RunPage } from "../../schema/run/run-page.ts";
import { crc32 } from "../binary/crc32.ts";
import { crc32c } from "../binary/crc32c.ts";
import { markdownNote } from "../tracked/markdown-note.ts";
import { trackedRun, type TrackedRun } from "../tracked/tracked-run.ts";
import { validNames } from "./valid-names.ts";

/** A run in the terms of MLflow, within its limits. */
export interface MlflowRun {
  /** Pitwall's id of the run; also the tag `pitwall.run_id`. */
  runId: string;
  /** 32 hexadecimal digits, the same for every export of a run. For file stores: a server chooses its own. */
  uuid: string;
  runName: string;
  user: string;
  status: (typeof statuses)[TrackedRun["status"]];
  /** Milliseconds since the epoch, whole. */
  startTime: number;
  /** Absent while the run is running. */
  endTime: number | undefined;
  metrics: readonly MlflowMetric[];
  params: readonly MlflowEntry[];
  tags: readonly MlflowEntry[];
}

export interface MlflowMetric {
  key: string;
  value: number;
  timestamp: number;
  step: number;
}

export interface MlflowEntry {
  key: string;
  value: string;
}

const statuses = {
  running: "RUNNING",
  finished: "FINISHED",
  failed: "FAILED",
  killed: "KILLED",
} as const;
/** MLflow's limits on the length of values, in characters. */
const maximumParamLength = 6000;
const maximumTagLength = 5000;

/** @param card the result as text, shown as the description of the run; empty for none */
export function mlflowRun(page: ExportedRun, card: string): MlflowRun {
  const run = trackedRun(page);
  const paramNames = validNames(run.parameters.map(([name]) => name));
  return {
    runId: run.runId,
    uuid: uuidOf(run.runId),
    runName: run.title,
    user: run.hostname,
    status: statuses[run.status],
    startTime: Math.round(run.startedMs),
    endTime: run.status === "running" ? undefined : Math.round(run.endedMs),
    metrics: metricsOf(run),
    params: run.parameters.map(([name, value]) => ({
      key: paramNames.get(name) ?? name,
      value: shortened(String(value), maximumParamLength),
    })),
    tags: tagsOf(page, run, card),
  };
}

/** The experiment of runs: their name if they have the same one. */
export function defaultExperiment(runs: readonly RunPage[]): string {
  const names = new Set(runs.map(({ request }) => runName(request)));
  const [name = "pitwall"] = names;
  return names.size === 1 ? name : "pitwall";
}

/** The points, and the figures of the verdict at the last step. MLflow shows `system/…` on a page of its own. */
function metricsOf({ points, system, figures, endedMs, lastStep }: TrackedRun): MlflowMetric[] {
  const all = [
    ...[...points, ...system].map(({ metric, value, timeMs, step }) => ({
      key: metric,
      value,
      timeMs,
      step,
    })),
    ...figures.map(([key, value]) => ({ key, value, timeMs: endedMs, step: lastStep })),
  ];
  const names = validNames(all.map(({ key }) => key));
  return all.map(({ key, value, timeMs, step }) => {
    return { key: names.get(key) ?? key, value, timestamp: Math.round(timeMs), step };
  });
}

function tagsOf({ request, result }: RunPage, run: TrackedRun, card: string): MlflowEntry[] {
  const { startable, environment } = request;
  const tagNames = validNames(Object.keys(run.tags));
  const entries: [string, string | undefined][] = [
    ...Object.entries(run.tags).map(([key, value]): [string, string] => [
      tagNames.get(key) ?? key,
      value === "" ? "true" : value,
    ]),
    ["pitwall.run_id", run.runId],
    ["pitwall.series_id", run.seriesId],
    ["pitwall.outcome", result?.outcome.kind],
    ["mlflow.source.name", startable.kind === "command" ? startable.command.join(" ") : run.name],
    ["mlflow.source.type", "LOCAL"],
    ["mlflow.source.git.commit", environment.commit],
    ["mlflow.note.content", markdownNote(run.note, card)],
  ];
  return entries.flatMap(([key, value]) =>
    value === undefined || value === "" ? [] : [{ key, value: shortened(value, maximumTagLength) }],
  );
}

function shortened(text: string, maximumLength: number): string {
  return text.length <= maximumLength ? text : `${text.slice(0, maximumLength - 1)}…`;
}

function uuidOf(runId: string): string {
  const bytes = utf8Bytes(runId);
  const reversed = bytes.toReversed();
  return [crc32(bytes), crc32c(bytes), crc32(reversed), crc32c(reversed)]
    .map((checksum) => checksum.toString(16).padStart(8, "0"))
    .join("");
}
