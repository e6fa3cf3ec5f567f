/** Where a value of a finished training is from. */
export type FactOrigin =
  | "option"
  | "log"
  | "settings"
  | "record"
  | "system file"
  /** A launch configuration that its submitter published. */
  | "published configuration";

/** Values of a layout that logs and settings state, by the name that a layout file has for them. */
export const statedFields = [
  "globalBatch",
  "microBatch",
  "accumulation",
  "tp",
  "pp",
  "cp",
  "ep",
  "etp",
  "dp",
  "vp",
  "precision",
  "recompute",
  "sequenceParallel",
  "sharding",
  "framework",
  "seq",
  "count",
  "perNode",
  "adapterRank",
] as const;
export type StatedField = (typeof statedFields)[number];

export interface StatedValue {
  value: string;
  origin: FactOrigin;
}

/** How far a training was at a time. */
export interface ProgressMark {
  timeMs: number;
  /** In the unit of the training's progress. */
  amount: number;
}

/** A span in which a training did something other than steps, milliseconds since the epoch. */
export interface TimeSpan {
  fromMs: number;
  toMs: number;
}

/** Mean times of a step, as ranks reported them, milliseconds. */
export interface RankStep {
  rank: number;
  stepCount: number;
  computeMs: number;
  communicationMs: number;
  dataWaitMs: number;
}

/** A training that has ended, as its log and what is stored beside it describe it. */
export interface FinishedTraining {
  /** The log or run, as the user can find it. */
  name: string;
  benchmark: string | undefined;
  submitter: string | undefined;
  /** As the log or a system file names it: `128xNVIDIA GB200`. */
  platform: string | undefined;
  acceleratorText: string | undefined;
  /** Name of the trained model, as settings give it. */
  modelText: string | undefined;
  /** Sizes of the trained model, as settings give them. */
  sizes: Readonly<Record<string, number>>;
  stated: Readonly<Partial<Record<StatedField, StatedValue>>>;
  outcome: "reached" | "not-reached" | "unknown";
  /** When the program began; undefined if the log does not show it. */
  initStartMs: number | undefined;
  startMs: number;
  endMs: number;
  /** Whether the log has times of its own; else only the step times that it prints are known. */
  hasTimes: boolean;
  /** Between `startMs` and `endMs`, in order. */
  marks: readonly ProgressMark[];
  /** What marks count. `epochs` as the benchmark counts them: epochs, samples or tokens. */
  progressUnit: "samples" | "steps" | "epochs";
  /** Samples of one epoch, where the log states it. */
  samplesPerEpoch: number | undefined;
  evaluations: readonly TimeSpan[];
  checkpoints: readonly TimeSpan[];
  /** Times of single steps or means of a few, as printed, milliseconds. */
  printedStepMs: readonly number[];
  /** Tokens per second and accelerator, as printed. */
  printedTokensPerSecond: readonly number[];
  restartCount: number;
  ranks: readonly RankStep[];
  /** Milliseconds that the slowest rank computed longer than the mean of all, per step; undefined with one rank. */
  rankSpreadMs: number | undefined;
  /** Per hour of the whole system, where the record has a price. */
  usdPerHour: { amount: number; source: string } | undefined;
  /** Where it was measured. */
  measuredKwh: number | undefined;
}
