import type { Evaluation } from "../../schema/run/outcome/run-result.ts";

/** One moment on both clocks: the program's own, if it logs times, and Pitwall's. */
export interface Moment {
  loggedMs: number | undefined;
  arrivalMs: number;
}

export interface SeenEvaluation extends Moment {
  metric: string;
  /** When it was seen, if it completed the targets and its arrival is not on record. */
  reachedMs?: number | undefined;
  value: number;
  samplesCount: number | undefined;
  epochNum: number | undefined;
  programMs: number | undefined;
  step?: number | undefined;
}

export function evaluationOf(
  { arrivalMs, loggedMs, value, samplesCount, epochNum, programMs, step }: SeenEvaluation,
  start: Moment,
  earlierMs: number,
): Evaluation {
  return {
    timeMs: arrivalMs,
    clockMs: earlierMs + Math.max(0, elapsedMs(start, { arrivalMs, loggedMs })),
    value,
    ...(samplesCount === undefined ? {} : { samplesCount }),
    ...(epochNum === undefined ? {} : { epochNum }),
    ...(programMs === undefined ? {} : { programMs }),
    ...(step === undefined || !Number.isFinite(step) ? {} : { step }),
  };
}

/** Between two moments, on the program's own clock if both were logged, otherwise on Pitwall's. Milliseconds. */
export function elapsedMs(from: Moment, to: Moment): number {
  const isLogged = from.loggedMs !== undefined && to.loggedMs !== undefined;
  return isLogged ? (to.loggedMs ?? 0) - (from.loggedMs ?? 0) : to.arrivalMs - from.arrivalMs;
}
