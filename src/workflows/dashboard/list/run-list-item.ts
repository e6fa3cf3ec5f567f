import type { RunListItem } from "../../../schema/dashboard/run-list.ts";
import { seriesRole } from "../../../schema/run/outcome/counted-runs.ts";
import { runName } from "../../../schema/run/request/run-name.ts";
import type { RunProgress } from "../../../schema/run/run-progress.ts";
import type { RunRequest } from "../../../schema/run/request/run-request.ts";
import type { Evaluation, RunResult } from "../../../schema/run/outcome/run-result.ts";
import { formatTag } from "../../../schema/run/request/tag-text.ts";
import { finalProgress } from "../follow/final-progress.ts";

export type ReadableItem = Extract<RunListItem, { kind: "readable" }>;
export type Spark = Pick<ReadableItem, "spark" | "sparkMetric">;

const sparkPoints = 60;

/** The list entry of a run with a verdict, which contains all of it: no other file of the record is read. */
export function finishedItem(request: RunRequest, result: RunResult): ReadableItem {
  const progress = { target: request.target, ...finalProgress(result) };
  const { startable } = request;
  const workers = startable.kind === "embedded" ? startable.workers : 1;
  return {
    ...headOf(request),
    state: "finished",
    outcome: result.outcome,
    ...figuresOf(progress),
    progressFraction: result.outcome.kind === "reached" ? 1 : undefined,
    rankCount: Math.max(workers, result.job?.rankCount ?? 1),
    ...(sparkOf(result.evaluations) ?? { spark: [] }),
    findingsCount: result.findings.length,
  };
}

export function headOf(request: RunRequest) {
  const { id, index, count } = request.series;
  return {
    kind: "readable" as const,
    runId: request.runId,
    seriesId: id,
    seriesIndex: index,
    seriesCount: count,
    role: seriesRole(request),
    name: runName(request),
    seed: request.seed,
    ...(request.startable.kind === "imported" ? { isImported: true as const } : {}),
    ...labelsOf(request),
    createdMs: request.createdMs,
    system: request.system.system_name,
  };
}

function labelsOf({ labels = {} }: RunRequest) {
  const { tags = {}, note, isArchived } = labels;
  const texts = Object.entries(tags).map(formatTag);
  return {
    ...(texts.length === 0 ? {} : { tags: texts }),
    ...(note === undefined ? {} : { note }),
    ...(isArchived === undefined ? {} : { isArchived }),
  };
}

export function figuresOf(progress: Partial<RunProgress>) {
  const { clockMs, target, best, loss, predicted, costUsd, energy, samplesPerSecond } = progress;
  return { clockMs, target, best, loss, predicted, costUsd, energy, samplesPerSecond };
}

/** The target metric, if it has at least two evaluations. */
export function sparkOf(evaluations: readonly Evaluation[]): Spark | undefined {
  if (evaluations.length < 2) return undefined;
  const stride = Math.ceil(evaluations.length / sparkPoints);
  const last = evaluations.length - 1;
  const shown = evaluations.filter((_, index) => (last - index) % stride === 0);
  return { spark: shown.map(({ value }) => value), sparkMetric: "quality" };
}
