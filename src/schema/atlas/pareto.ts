import type { FigureGap, MeasuredRow, Measure } from "./figures.ts";

/** A result that no other beats in every objective. */
export interface FrontMember {
  measured: MeasuredRow;
  /** Objectives in which no other result is better. */
  wins: readonly Measure[];
  /** Best in `best` of all that take no more of `within` than this one; absent if there is no such pair. */
  tradeOff: { best: Measure; within: Measure } | undefined;
}

export interface ParetoFront {
  objectives: readonly Measure[];
  /** In order of the first objective. */
  members: readonly FrontMember[];
  /** Results that had every figure. */
  candidateCount: number;
  /** Results that lacked a figure, and which. */
  leftOut: readonly { measure: Measure; reason: FigureGap; count: number }[];
}
