import type { RunTimeTest } from "../../schema/atlas/comparison.ts";
import type { ResultRun } from "../../schema/atlas/result-run.ts";
import { mannWhitney } from "./mann-whitney.ts";

/**
 * Whether the times of two sets of runs differ by more than chance.
 *
 * Mann and Whitney's rank test, because run times are no bell curve: quality is looked at every so many steps, so that times
 * come in a few clumps, and a run that never reached the target is slower than any other without having a time. Ranks take both
 * as they are; a t-test on three runs would trust a spread that three clumped values cannot show. The price is stated:
 * three runs against three never give less than p = 0.1.
 */
export function testRunTimes(a: readonly ResultRun[], b: readonly ResultRun[]): RunTimeTest {
  const [first, second] = [timesOf(a), timesOf(b)];
  const counts = [first.length, second.length] as const;
  if (first.length < 2 || second.length < 2) return { kind: "too-few-runs", counts };
  return { kind: "tested", ...mannWhitney(first, second), counts };
}

/** Runs without a valid time are left out, but for those that never reached the target. */
function timesOf(runs: readonly ResultRun[]): number[] {
  return runs.flatMap(({ fate, failure, timeToTrainMs }) => {
    if (fate !== "failed") return timeToTrainMs ?? [];
    return failure === "not-converged" ? Number.POSITIVE_INFINITY : [];
  });
}
