import type { MeasuredRow } from "./figures.ts";
import type { ResultRow } from "../results/result-row.ts";
import type { CurveSeries, RunCurve } from "../results/run-curve.ts";
import type { ResultRun } from "../results/result-run.ts";

/** One of the things compared: a result, its runs and their curves. */
export interface CompareSubject {
  /** How it is called on screen: the row's id, shortened as far as it stays unique. */
  name: string;
  measured: MeasuredRow;
  runs: readonly ResultRun[];
  curves: readonly RunCurve[];
  /** Own runs: the quality that ended the clock, `accuracy>=0.99`. Published ones have their benchmark's. */
  target: string | undefined;
}

/** Why results may not be compared. */
export type CompareRefusal =
  | { kind: "benchmarks-differ"; benchmarks: readonly string[] }
  | { kind: "suites-differ"; suites: readonly string[] }
  | {
      kind: "groups-differ";
      benchmark: string;
      groups: readonly number[];
      reasons: readonly string[];
    }
  | { kind: "scaling-differs" }
  | { kind: "targets-differ"; targets: readonly string[] };

/** Warnings about an allowed comparison. */
export type CompareWarning =
  | { kind: "divisions-mixed"; values: readonly string[] }
  | { kind: "availabilities-mixed"; values: readonly string[] }
  | { kind: "own-beside-published" }
  | { kind: "energy-labels-mixed" }
  | { kind: "cost-labels-mixed" }
  /** Some times are middle runs before scaling: of all subjects, or beside scores. */
  | { kind: "middle-runs"; names: readonly string[]; isMixed: boolean }
  | { kind: "no-score"; name: string };

/** One line of the table of differences, with one value per subject; absent if unknown. */
export interface Difference {
  field: DifferenceField;
  values: readonly (string | number | undefined)[];
}

/** In the order of the table. Milliseconds, joules, US dollars, samples per second. */
export const differenceFields = [
  "benchmark",
  "round",
  "division",
  "availability",
  "submitter",
  "system",
  "target",
  "nodes",
  "accelerators",
  "accelerator",
  "framework",
  "globalBatchSize",
  "precision",
  "tensorParallel",
  "pipelineParallel",
  "contextParallel",
  "expertParallel",
  "runs",
  "convergedRuns",
  "scoreMs",
  "scoreKind",
  "fastestMs",
  "medianMs",
  "slowestMs",
  "scalingFactor",
  "samplesToConverge",
  "samplesUnit",
  "samplesPerSecond",
  "samplesPerAcceleratorSecond",
  "acceleratorMs",
  "costUsd",
  "costLabel",
  "energyJoules",
  "energyLabel",
] as const;
export type DifferenceField = (typeof differenceFields)[number];

/**
 * The ratio of two times as a product: B is `totalRatio` times as fast as A because it needed so many times fewer samples,
 * had so many times the accelerators, each so many times as fast, and was charged so many times less for converging early.
 * The factors multiply to the total. Above 1 helps B.
 */
export type TimeSplit =
  | {
      kind: "split";
      totalRatio: number;
      factors: readonly { factor: TimeFactor; ratio: number }[];
    }
  /** `totalRatio` is absent if one of the two has no time. */
  | {
      kind: "no-split";
      totalRatio: number | undefined;
      reason: "no-score" | "no-samples" | "units-differ";
    }
  /** A factor that cannot be right: the two logs do not count the same thing. */
  | { kind: "implausible"; totalRatio: number; factor: TimeFactor; ratio: number };

/** `throughput` replaces both others if the number of accelerators is unknown. */
export type TimeFactor =
  | "samples"
  | "throughput"
  | "accelerators"
  | "throughput-per-accelerator"
  | "scaling-factor";

/**
 * Whether two sets of run times differ by more than chance: Mann and Whitney's exact test, both sides. `missedCounts`: runs among
 * `counts` that missed the target, which rank slowest. `excludedCounts`: runs that failed for another reason and are not used.
 */
export type RunTimeTest = {
  counts: readonly [number, number];
  missedCounts: readonly [number, number];
  excludedCounts: readonly [number, number];
} & (
  | {
      kind: "tested";
      pValue: number;
      /** The minimum p-value possible with this number of runs. */
      leastPossible: number;
      method: "exact" | "normal";
    }
  | { kind: "too-few-runs" }
);

/** Where the costs of two results with different accelerators are equal. */
export interface BreakEven {
  fromAccelerator: string;
  toAccelerator: string;
  /** `to` costs less while its accelerator-hour costs less than this many times that of `from`. */
  priceRatio: number;
  /**
   * US dollars per accelerator-hour at which both cost the same: `pricedSide` at its price, and the other, which is cheaper
   * below. Absent if neither has a cost.
   */
  equalPrices?: { pricedSide: "from" | "to"; fromUsdPerHour: number; toUsdPerHour: number };
}

/** A later subject compared with the first. */
export interface PairComparison {
  from: string;
  to: string;
  split: TimeSplit;
  test: RunTimeTest;
  /** Absent if both have the same accelerator, or if one or its number is unknown. */
  breakEven?: BreakEven;
}

/**
 * What curves are laid over each other by. `clock`: milliseconds since `run_start`; `samples`: in the results' `samplesUnit`;
 * `dollars` and `energy`: US dollars and joules, spent evenly over the result's time.
 */
export const curveAxes = ["clock", "samples", "dollars", "energy"] as const;
export type CurveAxis = (typeof curveAxes)[number];

/** One curve of each subject, on one axis. `value[i]` is at `x[i]`; absent outside the curve. */
export interface AlignedCurves {
  series: CurveSeries;
  metricName: string;
  axis: CurveAxis;
  /** The unit of `samples`. */
  samplesUnit: ResultRow["samplesUnit"];
  x: readonly number[];
  lines: readonly { name: string; run: string; value: readonly (number | undefined)[] }[];
}

export interface Comparison {
  subjects: readonly CompareSubject[];
  /** Empty if the subjects may be compared. */
  refusals: readonly CompareRefusal[];
  warnings: readonly CompareWarning[];
  differences: readonly Difference[];
  pairs: readonly PairComparison[];
  /** Absent where fewer than two subjects have a curve of the same metric. */
  curves: AlignedCurves | undefined;
}
