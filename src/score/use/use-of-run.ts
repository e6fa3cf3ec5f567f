import type { SeriesScore } from "../../schema/run/outcome/series-summary.ts";

/** How a score uses a run; undefined where the series has no score. */
export function useOfRun(
  score: SeriesScore,
  runId: string,
): "counted" | "dropped-fastest" | "dropped-slowest" | "not-counted" | undefined {
  if (score.kind !== "scored") return undefined;
  if (score.droppedFastest.includes(runId)) return "dropped-fastest";
  if (score.droppedSlowest.includes(runId)) return "dropped-slowest";
  return score.countedRuns.includes(runId) ? "counted" : "not-counted";
}
