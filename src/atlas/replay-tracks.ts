import type { RunCurve } from "../schema/atlas/run-curve.ts";

/** What a replay shows of one training: its curves, and when it ended. */
export interface ReplayTrack {
  /** For people: who, what, how many accelerators. */
  title: string;
  /** The clocked time; the track stands still from then on. Milliseconds. */
  timeToTrainMs: number;
  hasReachedTarget: boolean;
  curves: readonly RunCurve[];
}

/** Where one training was at a time on its clock; a figure that no point came for yet is absent. */
export interface ReplayPosition {
  isDone: boolean;
  /** Of the track's whole time, in 0..1. */
  doneFraction: number;
  quality: number | undefined;
  samples: number | undefined;
  loss: number | undefined;
  stepMs: number | undefined;
  samplesPerSecond: number | undefined;
}

/** Where a training was `clockMs` after its run_start: the last point of each curve until then. */
export function positionAt(track: ReplayTrack, clockMs: number): ReplayPosition {
  const at = (
    series: RunCurve["series"],
  ): { value: number; samples: number | undefined } | undefined => {
    const curve = track.curves.find((each) => each.series === series);
    if (curve === undefined) return undefined;
    const index = lastIndexUntil(curve.clockMs, clockMs);
    const value = curve.value[index];
    return value === undefined ? undefined : { value, samples: curve.samples?.[index] };
  };
  const [quality, loss, stepMs, rate] = [
    at("quality"),
    at("loss"),
    at("stepMs"),
    at("samplesPerSecond"),
  ];
  const seen = [quality, loss, stepMs, rate].flatMap((point) => point?.samples ?? []);
  return {
    isDone: clockMs >= track.timeToTrainMs,
    doneFraction: Math.min(1, clockMs / track.timeToTrainMs),
    quality: quality?.value,
    samples: seen.length === 0 ? undefined : Math.max(...seen),
    loss: loss?.value,
    stepMs: stepMs?.value,
    samplesPerSecond: rate?.value,
  };
}

/** One evaluation, as it comes by. */
export interface ReplayedEvaluation {
  track: number;
  clockMs: number;
  quality: number;
  samples: number | undefined;
}

/** The evaluations of all tracks later than one time and not later than another, in order of time. */
export function evaluationsBetween(
  tracks: readonly ReplayTrack[],
  afterMs: number,
  untilMs: number,
): ReplayedEvaluation[] {
  return tracks
    .flatMap((track, index) => {
      const curve = track.curves.find(({ series }) => series === "quality");
      if (curve === undefined) return [];
      const first = lastIndexUntil(curve.clockMs, afterMs) + 1;
      const end = lastIndexUntil(curve.clockMs, untilMs) + 1;
      return curve.clockMs.slice(first, end).map((clockMs, offset) => ({
        track: index,
        clockMs,
        quality: curve.value[first + offset] ?? Number.NaN,
        samples: curve.samples?.[first + offset],
      }));
    })
    .toSorted((a, b) => a.clockMs - b.clockMs);
}

/** The place of the last time that is not later, by halving; -1 where all are. */
function lastIndexUntil(timesMs: readonly number[], untilMs: number): number {
  let low = 0;
  let high = timesMs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((timesMs[middle] ?? Number.POSITIVE_INFINITY) <= untilMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
