import type { ResultRow } from "./result-row.ts";

/** The best result of one round. */
export interface GainStep {
  round: string;
  publishedOn: string | undefined;
  row: ResultRow;
  /** Milliseconds, or milliseconds times accelerators. */
  value: number;
  /** Times better than the first step; above 1 is better. */
  gainOverFirst: number;
  gainOverPrevious: number;
  /** The gain predicted by Moore's law since the first step; absent without both dates. */
  mooreGain: number | undefined;
  /** Whether the rules changed between the step before and this one, and how. */
  change: { kind: "none" } | { kind: "group"; from: number; to: number; reason: string };
}

/** How a benchmark got faster over the rounds. */
export interface Gains {
  benchmark: string;
  per: "system" | "chip";
  division: string | undefined;
  steps: readonly GainStep[];
  /** First to last, whether they may be compared or not. */
  totalGain: number;
  /** Days from the first publication to the last. */
  days: number | undefined;
  mooreGain: number | undefined;
  /** Months that a doubling took; absent without days or without gain. */
  doublingMonths: number | undefined;
  /** Whether no rule changed on the way. */
  isComparable: boolean;
  /** The gain from the first round of the last step's group, where the rules changed on the way. */
  withinLastGroup: { from: string; gain: number } | undefined;
}
