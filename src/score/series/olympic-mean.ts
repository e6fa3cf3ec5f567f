import type { OlympicMean } from "../../schema/run/outcome/series-summary.ts";

/** One run to score: its time, or none because it did not converge. */
export interface ScoredRun {
  runId: string;
  /** Absent for a run that did not reach the target. */
  timeToTrainMs: number | undefined;
}

/**
 * Mean of the runs without the fastest and the slowest. A run that did not converge is the slowest. If
 * more runs did not converge than may be dropped, there is no score.
 *
 * @param dropCount runs dropped at either end: 1, and 4 for MLPerf's unet3d
 * @see MLPerf training rules, section "Results"
 */
export function olympicMean(runs: readonly ScoredRun[], { dropCount = 1 } = {}): OlympicMean {
  const need = dropCount * 2 + 1;
  if (runs.length < need) return { kind: "too-few-runs", have: runs.length, need };
  const unconverged = runs.filter((run) => run.timeToTrainMs === undefined).map((run) => run.runId);
  if (unconverged.length > dropCount)
    return { kind: "too-few-converged", unconverged, allowed: dropCount };
  const converged = runs
    .flatMap(({ runId, timeToTrainMs }) =>
      timeToTrainMs === undefined ? [] : [{ runId, timeToTrainMs }],
    )
    .toSorted((a, b) => a.timeToTrainMs - b.timeToTrainMs || a.runId.localeCompare(b.runId));
  const slowFrom = converged.length - (dropCount - unconverged.length);
  const counted = converged.slice(dropCount, slowFrom);
  return {
    kind: "scored",
    meanMs: counted.reduce((sum, run) => sum + run.timeToTrainMs, 0) / counted.length,
    droppedFastest: converged.slice(0, dropCount).map((run) => run.runId),
    droppedSlowest: [...unconverged, ...converged.slice(slowFrom).map((run) => run.runId)],
    countedRuns: counted.map((run) => run.runId),
  };
}
