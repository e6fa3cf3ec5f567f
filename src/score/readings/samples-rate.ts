import { isAheadOfRate } from "./first-count.ts";
import type { Evaluation } from "../../schema/run/outcome/run-result.ts";

/** What of a run its throughput is computed from. */
export interface CountedRun {
  /** Samples before the clock started, such as those of a warm-up. */
  samplesBeforeClock: number | undefined;
  evaluations: readonly Evaluation[];
}

interface CountedMoment {
  samplesCount: number;
  clockMs: number;
}

/** Of fewer evaluations, one that took long would decide. */
const fewestEvaluations = 3;

/**
 * Samples per second up to a time of the clock: of the samples that were counted on the clock. A run whose first count
 * includes samples from before, such as those of a checkpoint, is measured from its first evaluation on.
 */
export function samplesPerSecond(
  run: CountedRun,
  samplesCount: number | undefined,
  clockMs: number | undefined,
): number | undefined {
  if (samplesCount === undefined || clockMs === undefined) return undefined;
  const beyond = countsFromBefore(run);
  if (beyond === undefined)
    return rateBetween(
      { samplesCount: run.samplesBeforeClock ?? 0, clockMs: 0 },
      { samplesCount, clockMs },
    );
  const [first, last] = beyond;
  return rateBetween(first, clockMs > first.clockMs ? { samplesCount, clockMs } : last);
}

/** The first and the last evaluation with a count, if the first count includes samples from before the clock. */
export function countsFromBefore({
  samplesBeforeClock,
  evaluations,
}: CountedRun): readonly [CountedMoment, CountedMoment] | undefined {
  if (samplesBeforeClock !== undefined) return undefined;
  const counted = evaluations.flatMap(({ samplesCount = 0, clockMs }) =>
    samplesCount > 0 ? [{ samplesCount, clockMs }] : [],
  );
  const [first, last] = [counted[0], counted.at(-1)];
  if (first === undefined || last === undefined || counted.length < fewestEvaluations)
    return undefined;
  const rate = rateBetween(first, last);
  if (rate === undefined || rate === 0) return undefined;
  const started = { count: first.samplesCount, timeMs: first.clockMs };
  return isAheadOfRate(started, rate / 1000) ? [first, last] : undefined;
}

function rateBetween(from: CountedMoment, to: CountedMoment): number | undefined {
  const durationMs = to.clockMs - from.clockMs;
  const count = to.samplesCount - from.samplesCount;
  return durationMs <= 0 || count < 0 ? undefined : count / (durationMs / 1000);
}
