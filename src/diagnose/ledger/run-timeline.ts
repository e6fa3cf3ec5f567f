export interface Span {
  fromMs: number;
  toMs: number;
}

/** Training from one step, or count of samples, to another. */
export interface Progress extends Span {
  from: number;
  to: number;
}

export interface TimelineAttempt {
  launchedMs: number;
  /** When its failure was seen; undefined if it did not fail. */
  failedMs: number | undefined;
  /** When the next attempt was decided on; undefined for the last one. */
  decidedMs: number | undefined;
  /** When the next attempt was queued by a scheduler, and when it left the queue; absent without one. */
  queue?: Span | undefined;
  /** In order of time, without overlap. */
  progress: readonly Progress[];
}

/** What is known of the times of a run. All times are by the launching host's clock, milliseconds since the epoch. */
export interface RunTimeline {
  endedMs: number;
  /** When the clock started and stopped, if they did. */
  clockStartMs: number | undefined;
  clockStopMs: number | undefined;
  /** At least one, in order. */
  attempts: readonly TimelineAttempt[];
  evaluations: readonly Span[];
  /** The training waits for them; checkpoints that are written in the background cost only their copy. */
  checkpoints: readonly Span[];
  basis: "steps" | "evaluations";
  billedUsd?: number | undefined;
  /** Of it, for spare nodes. */
  spareUsd?: number | undefined;
}
