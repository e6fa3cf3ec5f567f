import type { ResultContents } from "../schema/atlas/rounds/round-contents.ts";
import type { ResultRow } from "../schema/atlas/results/result-row.ts";

type SharedFields =
  | "compatibilityGroup"
  | "scaling"
  | "scoreKind"
  | "scalingFactor"
  | "runCount"
  | "convergedRunCount"
  | "scoreMs"
  | "unscaledMs"
  | "fastestMs"
  | "medianMs"
  | "slowestMs";

/** A result whose source states one time: one row with one run. */
export function singleRunEntry(row: Omit<ResultRow, SharedFields>, timeMs: number): ResultContents {
  const scoreMs = Number(timeMs.toFixed(3));
  return {
    row: {
      compatibilityGroup: 1,
      scaling: "strong",
      scoreKind: "score",
      scalingFactor: 1,
      runCount: 1,
      convergedRunCount: 1,
      scoreMs,
      unscaledMs: scoreMs,
      fastestMs: scoreMs,
      medianMs: scoreMs,
      slowestMs: scoreMs,
      ...row,
    },
    runs: [{ rowId: row.rowId, run: "entry", fate: "counted", timeToTrainMs: scoreMs }],
    curves: [],
  };
}
