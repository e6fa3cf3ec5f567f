import type {
  ReplayedEvaluation,
  ReplayPosition,
  ReplayTrack,
} from "../../schema/atlas/results/replay.ts";
import type { RunCurve } from "../../schema/atlas/results/run-curve.ts";

/** The state of a training `clockMs` after its run_start: the last point of each curve until then. */
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

/** The index of the last time that is not later, by binary search; -1 if all are later. */
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
