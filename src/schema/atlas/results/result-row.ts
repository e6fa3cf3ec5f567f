import { z } from "zod";
import {
  availabilities,
  divisions,
  energyLabels,
  layoutSources,
  rcpOutcomes,
  samplesUnits,
  scalings,
  scoreKinds,
  suites,
} from "./result-words.ts";

export type Suite = (typeof suites)[number];
export type ScoreKind = (typeof scoreKinds)[number];
export type Availability = (typeof availabilities)[number];

const text = z.string().optional();
const count = z.number().int().positive().optional();
const amount = z.number().nonnegative().optional();

/**
 * One benchmark result, published or one's own: a system, a benchmark, and how long it took. Flat, so that it is a row of
 * a table in any tool. Unknown fields are absent.
 */
export const resultRow = z.strictObject({
  /** Unique over everything: `mlperf-training/v5.0/Dell/XE9680x8/bert`, `own/<series id>`. */
  rowId: z.string(),
  suite: z.enum(suites),
  /** `v5.0`; DAWNBench and the speedrun have one round each, `2017-2020` and `2024-`; own runs have `own`. */
  round: z.string(),
  /** The day the round, entry or record was published, or the own run made: `2025-06-04`, `2025-06`. */
  publishedOn: text,
  division: z.enum(divisions).optional(),
  availability: z.enum(availabilities).optional(),
  /** The organization; `rowId` has its folder, which some rounds spell differently. */
  submitter: z.string(),
  /** The system's folder, else its name. */
  system: z.string(),
  systemName: text,
  /** The current name: `retinanet`, even if round 2.0 logged `ssd`. */
  benchmark: z.string(),
  benchmarkAsPublished: z.string(),
  /** Rows of one benchmark and group may be compared: the compatibility table's group, 1 where there is none. */
  compatibilityGroup: z.number().int().positive(),
  /** HPC's two measures. `weak`: many trainings at once; `scoreMs` is then the time until all are done. */
  scaling: z.enum(scalings),
  /** `training-5.0`. */
  edition: text,
  nodeCount: count,
  /** Accelerators of all nodes together; absent for systems that train on processors. */
  acceleratorCount: count,
  /** Processors of all nodes together, of systems without accelerators. */
  processorCount: count,
  /** Name in accelerators.json: `h100-sxm`. */
  accelerator: text,
  /** The family, for chart colors: `H100`, `TPU v5p`. */
  acceleratorFamily: text,
  acceleratorAsPublished: text,
  framework: text,
  /** Runs in the folder, and those of them that reached the target by the rules. */
  runCount: z.number().int().nonnegative(),
  convergedRunCount: z.number().int().nonnegative(),
  /**
   * The score in milliseconds: mean of the counted runs times the scaling factor. If `scoreKind` is `middle-run`, the
   * time of the middle run (of an even number, the slower of the two in the middle), without a scaling factor.
   */
  scoreMs: amount,
  /** Do not mix the kinds silently: a middle run is usually within 3 % of the score, but it is not the score. */
  scoreKind: z.enum(scoreKinds),
  unscaledMs: amount,
  scalingFactor: z.number().positive(),
  /** Of the runs that reached the target, unscaled. */
  fastestMs: amount,
  medianMs: amount,
  slowestMs: amount,
  /** Mean over the runs without the smallest and largest value. */
  samplesToConverge: amount,
  samplesUnit: z.enum(samplesUnits).optional(),
  rcpOutcome: z.enum(rcpOutcomes).optional(),
  globalBatchSize: z.number().positive().optional(),
  /** As logged or configured: `fp8`, `bf16`, `amp`. */
  precision: text,
  tensorParallel: count,
  pipelineParallel: count,
  contextParallel: count,
  expertParallel: count,
  /** Where the parallel layout is from: the logs, or a published configuration file. */
  layoutSource: z.enum(layoutSources).optional(),
  /**
   * Joules of one training, by the power rules: the mean power of the whole measurement times the time to train. The
   * measurement of some results includes idle time before and after the runs.
   */
  energyJoules: amount,
  /** Joules between `run_start` and `run_stop`, if the readings cover the runs; times the scaling factor. */
  inRunEnergyJoules: amount,
  energyLabel: z.enum(energyLabels).optional(),
  /** Where the source itself states what a training cost (DAWNBench), US dollars. */
  statedCostUsd: amount,
  /** Weak scaling: trainings done in `scoreMs`. */
  modelCount: count,
  /** Weak scaling: `modelCount` per minute of `scoreMs`. */
  modelsPerMinute: amount,
  /**
   * Another row with the same runs, published earlier or under another system: its `rowId`. Rows with the same runs
   * count once.
   */
  repeats: text,
  /** A link to the source folder or file; for own runs the record's folder. */
  source: z.string(),
  note: text,
});
export type ResultRow = z.output<typeof resultRow>;
