import type { FigureGap, MeasuredRow, Measure, MixedLabels } from "./figures.ts";

/** A result that no other one of the same sources and scaling beats in every objective. */
export interface FrontMember {
  measured: MeasuredRow;
  /** Objectives in which no other result of the same source and scaling is better. */
  wins: readonly Measure[];
  /** Best in `best` of all that take no more of `within` than this one; absent if there is no such pair. */
  tradeOff: { best: Measure; within: Measure } | undefined;
}

/** Results without a figure of one measure, for one reason. */
export interface LeftOut {
  measure: Measure;
  reason: FigureGap;
  count: number;
  /** Catalog names of their accelerators, most frequent first. */
  accelerators: readonly string[];
}

export interface ParetoFront {
  objectives: readonly Measure[];
  /** In order of the first objective. */
  members: readonly FrontMember[];
  /** Objectives whose figures are from different sources, which do not dominate each other. */
  mixedLabels: readonly MixedLabels[];
  /** Results that had every figure. */
  candidateCount: number;
  /** Results that lacked a figure, and which. */
  leftOut: readonly LeftOut[];
}
