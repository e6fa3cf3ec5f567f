import type { ResultRow, ScoreKind } from "../results/result-row.ts";

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
  /** The greatest gain over the first step so far: a later round may be slower. */
  bestGain: number;
  /** The gain predicted by Moore's law since the first step; absent without both dates. */
  mooreGain: number | undefined;
  /** Whether the rules changed between the step before and this one, and how. */
  change: { kind: "none" } | { kind: "group"; from: number; to: number; reason: string };
}

/** How a benchmark got faster over the rounds. */
export interface Gains {
  benchmark: string;
  per: "system" | "chip";
  /**
   * What the values of all steps are computed from. `middle-run`: for some round only middle runs are on record, so all
   * rounds are compared by their middle runs before scaling.
   */
  basis: ScoreKind;
  division: string | undefined;
  steps: readonly GainStep[];
  /** First to last, whether they may be compared or not. Below `best.gain` if the last round is slower than an earlier one. */
  totalGain: number;
  /** Days from the first publication to the last. */
  days: number | undefined;
  mooreGain: number | undefined;
  /** Months that a doubling took; absent without days or without gain. */
  doublingMonths: number | undefined;
  /** From the first round to the best of all. The dates are those of these two rounds. */
  best: {
    round: string;
    gain: number;
    days: number | undefined;
    mooreGain: number | undefined;
    doublingMonths: number | undefined;
  };
  /** Whether all steps used the same number of the same accelerator, so that the gain is of software and configuration. */
  isSameHardware: boolean;
  /** HPC results that train many models at once, which do not count. */
  weakCount: number;
  /** Results that are left out, because they cannot be so much better per chip than the best of the round before. */
  implausible: readonly { rowId: string; gainOverPrevious: number }[];
  /** Whether no rule changed on the way. */
  isComparable: boolean;
  /** The gain from the first round of the last step's group, where the rules changed on the way; `best` is the greatest one. */
  withinLastGroup:
    | { from: string; gain: number; best: { round: string; gain: number } }
    | undefined;
  /** The benchmark that replaced this one, and its first round. */
  successor?: { benchmark: string; firstRound: string };
}
