import type { RunCurve } from "./run-curve.ts";

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

/** One evaluation, as it comes by. */
export interface ReplayedEvaluation {
  track: number;
  clockMs: number;
  quality: number;
  samples: number | undefined;
}
