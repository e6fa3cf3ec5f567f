import { continuesText } from "../request/continued-run.ts";
import type { RunRequest } from "../request/run-request.ts";

/** A run of a series, whether or not it has ended. */
interface SeriesRun {
  request: Pick<RunRequest, "runId" | "isWarmup" | "retryOf">;
}

/** The roles of runs that are not simply one run for one seed. */
export const seriesRoles = ["warm-up", "retry"] as const;
export type SeriesRole = (typeof seriesRoles)[number];

/** What a run is in its series; undefined for the first attempt of a seed. */
export function seriesRole({
  isWarmup,
  retryOf,
}: Pick<RunRequest, "isWarmup" | "retryOf">): SeriesRole | undefined {
  if (isWarmup === true) return "warm-up";
  return retryOf === undefined ? undefined : "retry";
}

/** The role or the run that it continues in parentheses, after the position of a run. */
export function roleSuffix(
  request: Pick<RunRequest, "isWarmup" | "retryOf" | "continues">,
): string {
  const role = seriesRole(request) ?? continuesText(request);
  return role === undefined ? "" : ` (${role})`;
}

/** The runs of a series that its score counts: no warm-ups, and of a run that was retried only the last attempt. */
export function countedRuns<Run extends SeriesRun>(runs: readonly Run[]): Run[] {
  const retried = retriedIds(runs);
  return runs.filter(({ request }) => request.isWarmup !== true && !retried.has(request.runId));
}

/** The attempts that died and were started again. */
export function retriedRuns<Run extends SeriesRun>(runs: readonly Run[]): Run[] {
  const retried = retriedIds(runs);
  return runs.filter(({ request }) => retried.has(request.runId));
}

function retriedIds(runs: readonly SeriesRun[]): Set<string> {
  return new Set(runs.flatMap(({ request }) => request.retryOf ?? []));
}
