import { meanOf } from "../../foundation/numbers/statistics.ts";
import type { Ledger } from "../../schema/run/measured/ledger.ts";
import type { RunTimeline } from "./run-timeline.ts";

/** How often to write checkpoints, from the failures and the checkpoints of a run; undefined without either. */
export function adviseCheckpoints({
  timeline: { attempts, checkpoints, basis },
  wallMs,
  failureCount,
}: {
  timeline: RunTimeline;
  wallMs: number;
  failureCount: number;
}): Ledger["checkpointAdvice"] {
  if (failureCount === 0 || checkpoints.length === 0) return undefined;
  const checkpointMs = meanOf(checkpoints.map(({ fromMs, toMs }) => toMs - fromMs));
  const meanBetweenFailuresMs = wallMs / failureCount;
  if (!(checkpointMs > 0) || meanBetweenFailuresMs <= 0) return undefined;
  const intervalMs = dalyIntervalMs(checkpointMs, meanBetweenFailuresMs);
  const progress = attempts.flatMap((attempt) => attempt.progress);
  const steps = progress.reduce((sum, { from, to }) => sum + to - from, 0);
  const trainedMs = progress.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  const isCounted = basis === "steps" && steps > 0 && trainedMs > 0;
  return {
    intervalMs,
    ...(isCounted
      ? { intervalSteps: Math.max(1, Math.round((intervalMs * steps) / trainedMs)) }
      : {}),
    meanBetweenFailuresMs,
    checkpointMs,
    checkpointCount: checkpoints.length,
  };
}

/**
 * The time between checkpoints that loses the least, for failures at random times.
 *
 * @param checkpointMs for which the training stops
 * @param betweenMs mean time between failures
 * @see Daly 2006, "A higher order estimate of the optimum checkpoint interval for restart dumps", equation 37; its first term is Young's
 */
export function dalyIntervalMs(checkpointMs: number, betweenMs: number): number {
  if (checkpointMs >= 2 * betweenMs) return betweenMs;
  const ratio = checkpointMs / (2 * betweenMs);
  const young = Math.sqrt(2 * checkpointMs * betweenMs);
  return young * (1 + Math.sqrt(ratio) / 3 + ratio / 9) - checkpointMs;
}
