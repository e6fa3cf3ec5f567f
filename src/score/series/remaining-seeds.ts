import type { RunRequest } from "../../schema/run/request/run-request.ts";
import type { RunResult } from "../../schema/run/outcome/run-result.ts";
import { countedRuns } from "../../schema/run/outcome/counted-runs.ts";

/** A run of a series, with its verdict if it has one. */
interface SeriesRun {
  request: Pick<RunRequest, "runId" | "seed" | "series" | "isWarmup" | "retryOf">;
  result: Pick<RunResult, "outcome"> | undefined;
}

/**
 * The requested seeds of a series that no run has completed, in the order of the request. An
 * interrupted run or a run without a result did not complete its seed; warm-ups complete none.
 */
export function remainingSeeds(runs: readonly SeriesRun[]): number[] {
  const remaining = requestedSeeds(runs);
  for (const { request, result } of countedRuns(runs)) {
    if (result === undefined || result.outcome.kind === "interrupted") continue;
    const position = remaining.indexOf(request.seed);
    if (position !== -1) remaining.splice(position, 1);
  }
  return remaining;
}

/** All seeds that the command requested. Records of 0.1.0 do not list them: they count up from the first. */
export function requestedSeeds(runs: readonly SeriesRun[]): number[] {
  const listed = runs.find(({ request }) => request.series.seeds !== undefined);
  if (listed?.request.series.seeds !== undefined) return [...listed.request.series.seeds];
  const [first] = runs;
  if (first === undefined) return [];
  const { seed, series } = first.request;
  return Array.from({ length: series.count }, (_, position) => seed - series.index + 1 + position);
}
