import type { Evaluation } from "../../schema/run/outcome/run-result.ts";

/** A first count this many times above the growth between evaluations cannot be from this run. */
const farAbove = 5;
/** Evaluations that are closer together than this have no rate. */
const shortestMs = 100;

/**
 * The count of samples at the first evaluation, if it is far above zero. Such a program goes on counting from a
 * checkpoint.
 */
export function firstCountFarAboveZero([first, second]: readonly Evaluation[]): number | undefined {
  if (first?.samplesCount === undefined || second?.samplesCount === undefined) return undefined;
  const isFar = isFarAboveZero(
    { count: first.samplesCount, timeMs: first.clockMs },
    { count: second.samplesCount, timeMs: second.clockMs },
  );
  return isFar ? first.samplesCount : undefined;
}

/**
 * Whether a count is far above zero when it is first seen: neither its growth to the second value nor the time until the
 * first explains it.
 *
 * @param first times are since the launch or the start of the clock, in milliseconds
 */
export function isFarAboveZero(
  first: { count: number; timeMs: number },
  second: { count: number; timeMs: number },
): boolean {
  const growth = second.count - first.count;
  const betweenMs = second.timeMs - first.timeMs;
  if (growth <= 0 || betweenMs < shortestMs || first.count <= farAbove * growth) return false;
  return isAheadOfRate(first, growth / betweenMs);
}

/** Whether a count is far above what a rate explains. @param perMs counted per millisecond */
export function isAheadOfRate(
  { count, timeMs }: { count: number; timeMs: number },
  perMs: number,
): boolean {
  return count > farAbove * perMs * timeMs;
}
