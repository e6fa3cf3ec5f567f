import { countedRuns, retriedRuns } from "../../schema/run/outcome/counted-runs.ts";
import type { RunPage } from "../../schema/run/run-page.ts";

/** A run that an export leaves out. */
export interface SkippedRun {
  runId: string;
  /** Continues the sentence that begins with the run. */
  reason: string;
}

/** The runs of a format that takes only runs with a score: each with a verdict and the log of a whole training. */
export function runsWithScore(pages: readonly RunPage[]): {
  runs: RunPage[];
  skipped: SkippedRun[];
} {
  const counted = new Set(countedRuns(pages));
  const retried = new Set(retriedRuns(pages));
  const reasonOf = (page: RunPage): string | undefined => {
    if (page.result === undefined) return "has no verdict";
    if (retried.has(page)) return "died and was started again";
    if (!counted.has(page)) return "is a warm-up, which is not counted";
    const isContinued = page.request.continues !== undefined;
    return isContinued ? "continues another run; its log has only the last part" : undefined;
  };
  const judged = pages.map((page) => ({ page, reason: reasonOf(page) }));
  return {
    runs: judged.flatMap(({ page, reason }) => (reason === undefined ? [page] : [])),
    skipped: judged.flatMap(({ page, reason }) =>
      reason === undefined ? [] : [{ runId: page.request.runId, reason }],
    ),
  };
}
