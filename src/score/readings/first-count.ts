import type { Evaluation } from "../../schema/run/run-result.ts";

/** A first count this many times above the growth between evaluations cannot be from this run. */
const farAbove = 5;
/** Evaluations that are closer together than this have no rate. */
const shortestMs = 100;

/**
 * The count of samples at the first evaluation, if it is far above zero: neither the growth between the first two
 * evaluations nor the time until the first explains it. Such a program goes on counting from a checkpoint.
 */
export function firstCountFarAboveZero([first, second]: readonly Evaluation[]): number | undefined {
  const firstCount = first?.samplesCount;
  if (first === undefined || second?.samplesCount === undefined || firstCount === undefined)
    return undefined;
  const growth = second.samplesCount - firstCount;
  const betweenMs = second.clockMs - first.clockMs;
  if (growth <= 0 || betweenMs < shortestMs || firstCount <= farAbove * growth) return undefined;
  const ratePerMs = growth / betweenMs;
  return firstCount > farAbove * ratePerMs * first.clockMs ? firstCount : undefined;
}
