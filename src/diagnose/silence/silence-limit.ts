/** Added to any multiple, for noise of fast programs. */
const marginMs = 5000;
const periods = 3;
/** An alarm comes within a minute, unless a step itself takes that long. */
const minuteMs = 59_000;
/** Of the longest pause of a kind that ended by itself. */
const pauseFactor = 1.5;
/** After a line that was never printed before. */
const unknownMs = 55_000;
/** A pause is expected after this fraction of the fewest steps that were between two. */
const dueFraction = 0.75;
const dueMargin = 2;

/** Limits before the period of steps is known: for processes that use almost no CPU time, and for others. */
export const earlyLimitMs = { idleMs: 55_000, busyMs: 3_600_000 } as const;

/** Pauses between two steps, such as evaluations that print nothing before they end. */
export type PastPauses = readonly { durationMs: number; atBeat: number }[];

/**
 * How long a program may print nothing before that is an alarm: three periods of its steps plus 5 s, and at most 59 s; at least 1.5
 * periods. A pause that was seen before may take 1.5 times the longest one plus 5 s, where it is due: after the same line, or, if
 * no line announces it, after about as many steps as before.
 *
 * @param expected `beat`: the number of the current step, from 1; `longestMs`: how long the program was silent after this line before,
 *   undefined if never
 */
export function silenceLimitMs(expected: {
  periodMs: number;
  after: { kind: "step" } | { kind: "other"; longestMs: number | undefined };
  pauses: PastPauses;
  beat: number;
}): number {
  const { periodMs, after, pauses, beat } = expected;
  const stepMs = Math.max(
    Math.min(periods * periodMs + marginMs, minuteMs),
    pauseFactor * periodMs,
  );
  if (after.kind === "other") {
    const { longestMs } = after;
    return Math.max(stepMs, longestMs === undefined ? unknownMs : pauseMs(longestMs));
  }
  if (!isPauseDue(pauses, beat)) return stepMs;
  return Math.max(stepMs, ...pauses.map(({ durationMs }) => pauseMs(durationMs)));
}

function pauseMs(longestMs: number): number {
  return pauseFactor * longestMs + marginMs;
}

function isPauseDue(pauses: PastPauses, beat: number): boolean {
  const last = pauses.at(-1);
  if (last === undefined) return false;
  const intervals = pauses.map(({ atBeat }, index) => atBeat - (pauses[index - 1]?.atBeat ?? 0));
  return beat - last.atBeat >= dueFraction * Math.min(...intervals) - dueMargin;
}
