import type { RunResult } from "./run-result.ts";

/** The metric of `eval_accuracy` in MLPerf logs. */
export const loggedQuality = "accuracy";

/**
 * The quality that a run reached, or its best. Of a run without a target, such as an imported MLPerf log, the last
 * `eval_accuracy` of its log.
 */
export function qualityOfRun({
  outcome,
  target,
  curves,
}: Pick<RunResult, "outcome" | "target" | "curves">): number | undefined {
  const judged = outcome.kind === "reached" ? outcome.quality : outcome.bestQuality;
  if (judged !== undefined || target !== undefined) return judged;
  return curves?.find(({ metric }) => metric === loggedQuality)?.values.at(-1);
}
