import { z } from "zod";

const positive = z.number().positive();
const amount = z.number().nonnegative();
/** `listed` in the source, `recalled` from memory, `fitted` to measurements, `assumed` without a source. */
const status = z.enum(["listed", "recalled", "fitted", "assumed"]);
const origin = { source: z.string(), status };
const datedOrigin = { ...origin, checkedOn: z.string() };

/** `data/planner/interruptions.json`: what stops trainings, and what it costs to continue. */
export const interruptionTable = z.strictObject({
  /** Unplanned interruptions of a number of accelerators over some days. */
  failures: z.array(
    z.strictObject({
      cluster: z.string(),
      interruptions: positive,
      accelerators: positive,
      days: positive,
      ...datedOrigin,
    }),
  ),
  restart: z.strictObject({ minutes: positive, ...datedOrigin }),
  checkpoint: z.strictObject({
    bytesPerParameter: positive,
    bytesPerSecondPerAccelerator: positive,
    minimumSeconds: positive,
    ...datedOrigin,
  }),
  /** Bands of spot instances that are interrupted within a month, by provider and start of the accelerator's name. */
  spot: z.array(
    z.strictObject({
      provider: z.string(),
      accelerators: z.array(z.string()),
      lowFractionPerMonth: positive,
      highFractionPerMonth: positive,
      ...datedOrigin,
    }),
  ),
  spotReplacement: z.strictObject({ minutes: positive, ...datedOrigin }),
  /** Initialization and compilation before the first step. */
  start: z.strictObject({ seconds: amount, secondsPerDoubling: amount, ...datedOrigin }),
  /** Share of the training time that evaluations add where the time is predicted from steps. */
  evaluation: z.strictObject({ fraction: amount, ...datedOrigin }),
});
export type InterruptionTable = z.output<typeof interruptionTable>;

/** `data/planner/energy.json`: power of a training, per accelerator. */
export const energyTable = z.strictObject({
  /** Power as a share of the limit: idle + (1 - idle) x (busy + perMfu x MFU), at most 1. */
  accelerator: z.strictObject({
    idleFraction: amount,
    busyFraction: amount,
    fractionPerMfu: amount,
    /** Where the utilization is not known. */
    defaultFraction: positive,
    ...datedOrigin,
  }),
  /** The first entry whose prefix starts the accelerator's name applies. */
  hosts: z.array(z.strictObject({ prefix: z.string(), wattsPerAccelerator: amount, ...origin })),
  network: z.strictObject({ wattsPerGbps: amount, ...datedOrigin }),
});
export type EnergyTable = z.output<typeof energyTable>;

/** Carbon intensity of a region's grid and efficiency of its data centers. */
export const region = z.strictObject({
  region: z.string(),
  provider: z.string(),
  carbonKgPerKwh: amount,
  carbonSource: z.string(),
  /** Power usage effectiveness: energy of the building over that of the computers. */
  pue: z.number().min(1),
  pueSource: z.string(),
  checkedOn: z.string(),
  status,
});
export type Region = z.output<typeof region>;

/** `data/planner/regions.json`. */
export const regionTable = z.strictObject({ default: region, entries: z.array(region) });
export type RegionTable = z.output<typeof regionTable>;

/** `data/planner/scaling-laws.json`. */
export const scalingLawTable = z.strictObject({
  entries: z.array(
    z.strictObject({
      name: z.string(),
      irreducible: amount,
      parameterFactor: positive,
      parameterExponent: positive,
      tokenFactor: positive,
      tokenExponent: positive,
      ...datedOrigin,
    }),
  ),
  /** Tokens of the largest batch that hardly costs samples: tokensAtLossOne / loss ^ lossExponent. */
  criticalBatch: z.strictObject({
    tokensAtLossOne: positive,
    lossExponent: positive,
    ...datedOrigin,
  }),
});
export type ScalingLawTable = z.output<typeof scalingLawTable>;

/** What a sample of a benchmark is, and which model it trains. */
export const benchmarkGoal = z.strictObject({
  benchmark: z.string(),
  /** Names of the benchmark in reference convergence points, newest first. */
  referenceNames: z.array(z.string()),
  /** Samples of one unit of the reference points: of an epoch; 1 for samples; 1 / tokens per sample for tokens. */
  samplesPerUnit: positive.optional(),
  /** Tokens of one sample of a language model. */
  tokensPerSample: positive.optional(),
  /** Name in `data/planner/models.json`, if the benchmark trains it. */
  model: z.string().optional(),
  adapterRank: positive.optional(),
  source: z.string(),
});
export type BenchmarkGoal = z.output<typeof benchmarkGoal>;

/** `data/planner/benchmark-goals.json`. */
export const benchmarkGoalTable = z.strictObject({ entries: z.array(benchmarkGoal) });
export type BenchmarkGoalTable = z.output<typeof benchmarkGoalTable>;
