import { runName } from "../../schema/run/request/run-name.ts";
import type { ExportedRun } from "../../schema/run/exported-run.ts";
import type { RunPage } from "../../schema/run/run-page.ts";
import { metricOf, metricPoints, type MetricPoint, stepPoints } from "./metric-points.ts";
import { hasSeed, runParameters, type Parameter } from "./run-parameters.ts";
import { runFigures, type Figure } from "./run-figures.ts";
import { systemPoints, type SystemPoint } from "./system-metrics.ts";

/** A run in the terms of experiment trackers such as TensorBoard, MLflow and W&B. */
export interface TrackedRun {
  runId: string;
  seriesId: string;
  /** Name for people: `train, seed 3`. */
  title: string;
  /** The runs of one program have the same name. */
  name: string;
  hostname: string;
  status: TrackedStatus;
  exitCode: number;
  /** Milliseconds since the epoch. */
  startedMs: number;
  /** Of a run without a result: its last event. */
  endedMs: number;
  /** The values of all metrics, and the telemetry of training steps. */
  points: readonly MetricPoint[];
  system: readonly SystemPoint[];
  /** The step of the last value of the first target's metric: that of the figures. */
  lastStep: number;
  parameters: readonly Parameter[];
  /** As the user typed them, by key; empty for a single word. */
  tags: Readonly<Record<string, string>>;
  /** Empty without one. */
  note: string;
  figures: readonly Figure[];
}

export type TrackedStatus = "running" | "finished" | "failed" | "killed";

export function trackedRun(page: ExportedRun): TrackedRun {
  const { request } = page;
  const { labels, seed, runId, series, owner } = request;
  const name = runName(request);
  const points = metricPoints(page);
  const { startedMs, endedMs } = spanOf(page);
  return {
    runId,
    seriesId: series.id,
    title: hasSeed(request) ? `${name}, seed ${seed}` : name,
    name,
    hostname: owner.hostname,
    status: statusOf(page),
    exitCode: exitCodeOf(page),
    startedMs,
    endedMs,
    points: [...points, ...stepPoints(page)],
    system: systemPoints(page.telemetry, startedMs),
    lastStep: points.findLast(({ metric }) => metric === metricOf(page))?.step ?? 0,
    parameters: runParameters(page),
    tags: labels?.tags ?? {},
    note: labels?.note ?? "",
    figures: runFigures(page),
  };
}

function spanOf({ request, result, events }: ExportedRun): { startedMs: number; endedMs: number } {
  if (result !== undefined)
    return { startedMs: result.clock.launchedMs, endedMs: result.clock.endedMs };
  const { createdMs } = request;
  return { startedMs: createdMs, endedMs: events.at(-1)?.timeMs ?? createdMs };
}

function statusOf({ result, state }: RunPage): TrackedStatus {
  switch (result?.outcome.kind) {
    case "reached":
    case "missed":
    case "untimed":
      return "finished";
    case "died":
      return "failed";
    case "interrupted":
      return "killed";
    case undefined:
      return state.kind === "running" ? "running" : "killed";
  }
}

/** Trackers mark a run as failed if its exit code is not 0. */
function exitCodeOf(page: RunPage): number {
  const status = statusOf(page);
  if (status === "finished" || status === "running") return 0;
  const outcome = page.result?.outcome;
  return outcome?.kind === "died" && (outcome.exitCode ?? 0) !== 0 ? (outcome.exitCode ?? 1) : 1;
}
