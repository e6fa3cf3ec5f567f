import type { Finding } from "../../schema/run/findings/finding.ts";
import type { CpuHistory } from "./cpu-history.ts";

/** The times of a run's timed part, milliseconds. */
export interface TimedSpan {
  launchedMs: number;
  /** When `run_start` arrived, by the launching host's clock. */
  startMs: number;
  durationMs: number;
}

/** A timed part below this share of the time from launch to its end is doubtful. */
const negligibleFraction = 0.001;
/** The same for a timed part of less than a second. */
const shortFraction = 0.01;
const shortMs = 1000;
/** Shorter programs are not checked: starting them takes most of the time. */
const leastUntimedMs = 1000;
/** A timed part with this share of the CPU time is accepted, however short: the program only waited before it. */
const believedCpuFraction = 0.1;

/**
 * Finds runs whose clock covers almost none of the program's work until the target: it may have trained before it logged
 * `run_start`. Long initialization with training of a realistic length is not reported.
 *
 * @param cpu absent if CPU time was not measured
 */
export function checkTimedPart(span: TimedSpan, cpu: CpuHistory | undefined): Finding[] {
  const { launchedMs, startMs, durationMs } = span;
  const untimedMs = startMs - launchedMs;
  if (untimedMs < leastUntimedMs) return [];
  const fraction = durationMs / (untimedMs + durationMs);
  const isNegligible =
    fraction < negligibleFraction || (durationMs < shortMs && fraction < shortFraction);
  if (!isNegligible) return [];
  const untimedCpuSeconds = cpu?.secondsAt(startMs);
  const atEnd = cpu?.secondsAt(startMs + durationMs);
  if (untimedCpuSeconds === undefined || atEnd === undefined)
    return [{ rule: "timed-part-negligible", timedMs: durationMs, untimedMs }];
  const timedCpuSeconds = Math.max(0, atEnd - untimedCpuSeconds);
  if (timedCpuSeconds > 0 && timedCpuSeconds >= believedCpuFraction * atEnd) return [];
  return [
    {
      rule: "timed-part-negligible",
      timedMs: durationMs,
      untimedMs,
      timedCpuSeconds,
      untimedCpuSeconds,
    },
  ];
}
