import { nearestWord } from "../../../foundation/text/nearest-word.ts";
import { qualityOfRun } from "../../../schema/run/outcome/quality-of-run.ts";
import { runName } from "../../../schema/run/request/run-name.ts";
import type { RunRequest } from "../../../schema/run/request/run-request.ts";
import type { Tag } from "../../../schema/run/request/tag-text.ts";
import type { RunResult } from "../../../schema/run/outcome/run-result.ts";
import type { RunSummary } from "../../../store/records/run-store.ts";

/** Every state of a run in a list. */
export const runStatuses = [
  "reached",
  "missed",
  "died",
  "interrupted",
  "untimed",
  "running",
  "abandoned",
  "broken",
] as const;
export type RunStatus = (typeof runStatuses)[number];

export const runSortKeys = ["started", "name", "time", "quality", "cost"] as const;
export type RunSortKey = (typeof runSortKeys)[number];

/** Conditions on a run; a run must meet all of them. */
export interface RunFilter {
  /** A workload, or the name of its runs. */
  workload: string | undefined;
  tags: readonly Tag[];
  status: RunStatus | undefined;
  /** Started at this time or later, milliseconds since the epoch. */
  sinceMs: number | undefined;
  withArchived: boolean;
}

export function matchesFilter(run: RunSummary, filter: RunFilter): boolean {
  if (filter.status !== undefined && statusOf(run) !== filter.status) return false;
  if (run.kind === "broken")
    return (
      filter.workload === undefined && filter.tags.length === 0 && filter.sinceMs === undefined
    );
  const { request } = run;
  const { workload, tags, sinceMs, withArchived } = filter;
  return (
    (withArchived || !isArchived(request)) &&
    (workload === undefined || namesOf(run).includes(workload)) &&
    (sinceMs === undefined || request.createdMs >= sinceMs) &&
    tags.every((tag) => hasTag(request, tag))
  );
}

function isArchived({ labels }: RunRequest): boolean {
  return labels?.isArchived === true;
}

function hasTag({ labels }: RunRequest, { key, value }: Tag): boolean {
  const own = labels?.tags?.[key];
  return own !== undefined && (value === undefined || own === value);
}

/** The names under which a run is found. */
function namesOf(run: RunSummary): string[] {
  if (run.kind === "broken") return [];
  return [runName(run.request), run.request.startable.name];
}

function statusOf(run: RunSummary): RunStatus {
  if (run.kind === "broken") return "broken";
  if (run.result !== undefined) return run.result.outcome.kind;
  return run.state.kind === "running" ? "running" : "abandoned";
}

/** Sorts rows, smallest first. Rows without a value come last in either direction; equal rows keep their order. */
export function sortByValue<Row>(
  rows: readonly Row[],
  valueOf: (row: Row) => number | string | undefined,
  isReversed: boolean,
): Row[] {
  const sign = isReversed ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [left, right] = [valueOf(a), valueOf(b)];
    if (left === undefined || right === undefined)
      return Number(left === undefined) - Number(right === undefined);
    if (left === right) return 0;
    return (left < right ? -1 : 1) * sign;
  });
}

/** What a run is sorted by; undefined if it has no such value. */
export function sortValue(run: RunSummary, key: RunSortKey): number | string | undefined {
  if (run.kind === "broken") return undefined;
  const { request, result } = run;
  switch (key) {
    case "started":
      return request.createdMs;
    case "name":
      return runName(request);
    case "time":
    case "quality":
    case "cost":
      return result === undefined ? undefined : resultValue(result, key);
  }
}

function resultValue(result: RunResult, key: "time" | "quality" | "cost"): number | undefined {
  const { outcome, cost } = result;
  switch (key) {
    case "time":
      return outcome.kind === "reached" ? outcome.timeToTrainMs : undefined;
    case "quality":
      return qualityOfRun(result);
    case "cost":
      return cost.kind === "priced" ? cost.billedUsd : undefined;
  }
}

/** A workload that exists, where none of the runs has the given name; undefined if no name is near. */
export function nearestWorkload(
  runs: readonly RunSummary[],
  workload: string | undefined,
): string | undefined {
  const names = [...new Set(runs.flatMap(namesOf))];
  if (workload === undefined || names.includes(workload)) return undefined;
  return nearestWord(workload, names);
}
