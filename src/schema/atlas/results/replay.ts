import type { RunCurve } from "./run-curve.ts";

/** The data of one training in a replay: its curves and end time. */
export interface ReplayTrack {
  /** Display title: submitter, system, number of accelerators. */
  title: string;
  /** The time to train in milliseconds; the track does not change after it. */
  timeToTrainMs: number;
  hasReachedTarget: boolean;
  curves: readonly RunCurve[];
}

/** The state of one training at a time on its clock; figures without a point so far are absent. */
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
