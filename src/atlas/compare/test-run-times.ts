import type { RunTimeTest } from "../../schema/atlas/answers/comparison.ts";
import type { ResultRun } from "../../schema/atlas/results/result-run.ts";
import { mannWhitney } from "./mann-whitney.ts";

/**
 * Whether the difference between the times of two sets of runs is statistically significant.
 *
 * Two-sided Mann–Whitney U test. Run times are not normally distributed: quality is evaluated at fixed step intervals, so
 * times cluster, and a run that never reached the target ranks last without having a time. Ranks handle both; a t-test
 * on three runs would rely on a variance that three clustered values cannot show. The trade-off, which the output states,
 * is that three runs against three can never give p < 0.1.
 */
export function testRunTimes(a: readonly ResultRun[], b: readonly ResultRun[]): RunTimeTest {
  const [first, second] = [timesOf(a), timesOf(b)];
  const runs = {
    counts: [first.length, second.length],
    missedCounts: [missedCount(first), missedCount(second)],
    excludedCounts: [a.length - first.length, b.length - second.length],
  } as const;
  if (first.length < 2 || second.length < 2) return { kind: "too-few-runs", ...runs };
  return { kind: "tested", ...mannWhitney(first, second), ...runs };
}

/** Excludes runs without a valid time, except those that never reached the target. */
function timesOf(runs: readonly ResultRun[]): number[] {
  return runs.flatMap(({ fate, failure, timeToTrainMs }) => {
    if (fate !== "failed") return timeToTrainMs ?? [];
    return failure === "not-converged" ? Number.POSITIVE_INFINITY : [];
  });
}

function missedCount(times: readonly number[]): number {
  return times.filter((time) => time === Number.POSITIVE_INFINITY).length;
}
