import { runName } from "../../schema/run/run-name.ts";
import type { RunPage } from "../../schema/run/run-page.ts";
import { metricPoints, type MetricPoint, type StepUnit, stepUnitOf } from "./metric-points.ts";
import { hasSeed, runParameters, type Parameter } from "./run-parameters.ts";
import { runFigures, type Figure } from "./run-figures.ts";

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
  stepUnit: StepUnit;
  points: readonly MetricPoint[];
  parameters: readonly Parameter[];
  /** As the user typed them, by key; empty for a single word. */
  tags: Readonly<Record<string, string>>;
  /** Empty without one. */
  note: string;
  figures: readonly Figure[];
}

export type TrackedStatus = "running" | "finished" | "failed" | "killed";

export function trackedRun(page: RunPage): TrackedRun {
  const { request, result, events } = page;
  const { labels, seed, runId, series, createdMs, owner } = request;
  const name = runName(request);
  return {
    runId,
    seriesId: series.id,
    title: hasSeed(request) ? `${name}, seed ${seed}` : name,
    name,
    hostname: owner.hostname,
    status: statusOf(page),
    exitCode: exitCodeOf(page),
    startedMs: result?.clock.launchedMs ?? createdMs,
    endedMs: result?.clock.endedMs ?? events.at(-1)?.timeMs ?? createdMs,
    stepUnit: stepUnitOf(page),
    points: metricPoints(page),
    parameters: runParameters(page),
    tags: labels?.tags ?? {},
    note: labels?.note ?? "",
    figures: runFigures(page),
  };
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
