import type { ResultRow } from "../results/result-row.ts";

/** The fastest result at one number of accelerators. */
export interface ScalingPoint {
  row: ResultRow;
  acceleratorCount: number;
  timeMs: number;
  /** Times as fast as the smallest system. */
  speedup: number;
  /** Speed-up over how many times more accelerators: 1 is perfect. Absent if implausible. */
  efficiency: number | undefined;
  /** Why the efficiency is what it is: the three multiply to it. Absent if unknown or implausible. */
  parts: ScalingParts | undefined;
  /** Figures that are left out because they cannot be right. */
  implausible: readonly ImplausibleFigure[];
  /** Of the fits, as a fraction of the fit: 0.05 is 5 % above it. */
  samplesResidual: number | undefined;
  throughputResidual: number | undefined;
}

export interface ScalingParts {
  /** Samples needed by the smallest system over those needed here: below 1 if a larger batch needs more. */
  samples: number;
  /** Samples per second of each accelerator, relative to the smallest system. */
  throughput: number;
  /** MLPerf's correction for runs that converge faster than the reference: that of the smallest system over this one. */
  scalingFactor: number;
}

export interface ImplausibleFigure {
  figure: "efficiency" | "samples" | "throughput";
  value: number;
}

/** Samples to converge against batch size: S(B) = base + perBatch x B. */
export type SamplesFit =
  | {
      kind: "fitted";
      base: number;
      perBatch: number;
      /** The batch size at which the samples needed are twice the base; absent if they do not grow. */
      criticalBatchSize: number | undefined;
      batchSizeCount: number;
      medianResidual: number;
    }
  | TooFewPoints
  /** `falling`: larger batches seem to need fewer samples. `negative-base`: small batches seem to need none. */
  | { kind: "implausible"; reason: "falling" | "negative-base"; batchSizeCount: number };

/** Samples per second against accelerators: R(n) = rate x n^exponent. */
export type ThroughputFit =
  | {
      kind: "fitted";
      /** Samples per second of one accelerator, by the fit. */
      ratePerSecond: number;
      /** 1: each accelerator is worth as much as the first. */
      exponent: number;
      pointCount: number;
      medianResidual: number;
    }
  | TooFewPoints
  /** `falling`: more accelerators seem slower. `superlinear`: each seems faster the more there are. */
  | {
      kind: "implausible";
      reason: "falling" | "superlinear";
      exponent: number;
      pointCount: number;
    };

interface TooFewPoints {
  kind: "too-few-points";
  have: number;
  need: number;
}

/**
 * From which number of accelerators on a doubling gives less than `threshold` times the speed. `samples`: whether the samples
 * to converge are from their fit, or assumed not to grow, which is optimistic.
 */
export type StopsPaying =
  | {
      kind: "at";
      acceleratorCount: number;
      threshold: number;
      doublingSpeedup: number;
      samples: "fitted" | "assumed-constant";
    }
  | {
      kind: "pays-throughout";
      largest: number;
      threshold: number;
      doublingSpeedup: number;
      samples: "fitted" | "assumed-constant";
    }
  | { kind: "not-known"; reason: "too-few-points" | "implausible-fit" };

/** One curve: a benchmark on one accelerator by one submitter and its partners. */
export interface ScalingStudy {
  benchmark: string;
  rounds: readonly string[];
  accelerator: string;
  submitters: readonly string[];
  /** In ascending order of accelerators. */
  points: readonly ScalingPoint[];
  samplesUnit: ResultRow["samplesUnit"];
  samplesFit: SamplesFit;
  throughputFit: ThroughputFit;
  stopsPaying: StopsPaying;
  /** Slower results at the same number of accelerators, left out. */
  leftOutCount: number;
}

/** The curve with the most sizes, and the others. Curves of different accelerators or submitters are never joined. */
export interface ScalingReport extends ScalingStudy {
  otherCurves: readonly ScalingStudy[];
  /** Results of an accelerator and submitter with a single size, which have no curve. */
  singleSizes: readonly { accelerator: string; submitter: string; acceleratorCount: number }[];
  /** HPC results that train many models at once, which have no place on a curve. */
  weakCount: number;
}
