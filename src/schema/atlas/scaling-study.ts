import type { ResultRow } from "./result-row.ts";

/** The fastest result at one number of accelerators. */
export interface ScalingPoint {
  row: ResultRow;
  acceleratorCount: number;
  timeMs: number;
  /** Times as fast as the smallest system. */
  speedup: number;
  /** Speed-up over how many times more accelerators: 1 is perfect. */
  efficiency: number;
  /**
   * Why the efficiency is what it is; the three multiply to it. `samples`: more samples needed than at the smallest system (larger
   * batch); `throughput`: samples per second of each accelerator against the smallest; `scalingFactor`: MLPerf's correction.
   */
  parts: { samples: number; throughput: number; scalingFactor: number } | undefined;
  /** Of the fits, as a fraction of the fit: 0.05 is 5 % above it. */
  samplesResidual: number | undefined;
  throughputResidual: number | undefined;
}

/** Samples to converge against batch size: S(B) = base + perBatch x B. */
export type SamplesFit =
  | {
      kind: "fitted";
      base: number;
      perBatch: number;
      /** Where the samples needed are twice the base; absent where they do not grow. */
      criticalBatchSize: number | undefined;
      batchSizeCount: number;
      medianResidual: number;
    }
  | { kind: "too-few-points"; have: number; need: number };

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
  | { kind: "too-few-points"; have: number; need: number };

/** From which number of accelerators on a doubling gives less than `threshold` times the speed. */
export type StopsPaying =
  | { kind: "at"; acceleratorCount: number; threshold: number; doublingSpeedup: number }
  | { kind: "pays-throughout"; largest: number; threshold: number; doublingSpeedup: number }
  | { kind: "not-known"; reason: "too-few-points" };

export interface ScalingStudy {
  benchmark: string;
  rounds: readonly string[];
  accelerators: readonly string[];
  /** In ascending order of accelerators. */
  points: readonly ScalingPoint[];
  samplesUnit: ResultRow["samplesUnit"];
  samplesFit: SamplesFit;
  throughputFit: ThroughputFit;
  stopsPaying: StopsPaying;
  /** Slower results at the same number of accelerators, left out. */
  leftOutCount: number;
}
