import type { Finding } from "../schema/run/finding.ts";
import type { CpuHistory } from "./cpu-history.ts";

/** The times of a run's timed part, milliseconds. */
export interface TimedSpan {
  launchedMs: number;
  /** When `run_start` arrived, by the launching host's clock. */
  startMs: number;
  durationMs: number;
}

/** A timed part below this share of the time from launch to its end is in doubt. */
const negligibleFraction = 0.001;
/** The same for a timed part of less than a second. */
const shortFraction = 0.01;
const shortMs = 1000;
/** Programs that are over sooner after their launch are not judged: their starting takes most of the time. */
const leastUntimedMs = 1000;
/** A timed part with this share of the CPU time is believed, however short: the program had only waited before. */
const believedCpuFraction = 0.1;

/**
 * Finds runs whose clock covers next to nothing of what the program did until the target: it may have trained before
 * it logged `run_start`. Long initialization with training of a realistic length is not found.
 *
 * @param cpu absent where CPU time was not measured
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
