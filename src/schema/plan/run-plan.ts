import { z } from "zod";
import { appliedCalibration } from "./applied-calibration.ts";
import { stepParts } from "./step-prediction.ts";
import { frameworks, precisions, recomputes, shardings } from "./training-layout.ts";

const amount = z.number().nonnegative();
const fraction = z.number().min(0).max(1);
const count = z.number().int().positive();

export const planObjectives = ["time", "cost", "energy", "balanced"] as const;
export type PlanObjective = (typeof planObjectives)[number];

/** Of the draws; null where interruptions come faster than work. */
const quantiles = z.strictObject({
  p10: amount.nullable(),
  p50: amount.nullable(),
  p90: amount.nullable(),
});

/** Kilowatt-hours of the whole training, by term. */
export const plannedEnergy = z.strictObject({
  kwh: amount,
  label: z.enum(["estimated", "measured"]),
  acceleratorKwh: amount,
  hostKwh: amount,
  networkKwh: amount,
  /** Cooling and power conversion: what the power usage effectiveness adds. */
  coolingKwh: amount,
  carbonKg: amount,
  region: z.string(),
  pue: amount,
});
export type PlannedEnergy = z.output<typeof plannedEnergy>;

/** What an accelerator costs, and where that is from. */
export const plannedPrice = z.strictObject({
  usdPerAcceleratorHour: z.number().positive(),
  terms: z.enum(["on-demand", "spot", "own"]),
  /** `aws`; `own` for a price that the user gave. */
  provider: z.string(),
  /** The machine, and its number of accelerators: whole machines are paid. */
  instance: z.string(),
  perMachine: count,
  region: z.string().optional(),
  /** The latest date that the source covers. */
  asOf: z.string(),
  source: z.string(),
});
export type PlannedPrice = z.output<typeof plannedPrice>;

/** Where a planned time is from. */
export const planBases = ["published", "model"] as const;
export type PlanBasis = (typeof planBases)[number];

/** How the training is spread over the accelerators; fields that are not known are absent. */
export const plannedLayout = z.strictObject({
  globalBatch: count.optional(),
  tp: count.optional(),
  pp: count.optional(),
  cp: count.optional(),
  ep: count.optional(),
  dp: count.optional(),
  vp: count.optional(),
  microBatch: count.optional(),
  precision: z.enum(precisions).optional(),
  recompute: z.enum(recomputes).optional(),
  sharding: z.enum(shardings).optional(),
  sequenceParallel: z.boolean().optional(),
  framework: z.enum(frameworks).optional(),
  /** `model`: the fastest that fits; else the published result or configuration that has it. */
  source: z.string(),
});
export type PlannedLayout = z.output<typeof plannedLayout>;

/** One way to train: hardware, layout, and what it takes. */
export const planOffer = z.strictObject({
  accelerator: z.string(),
  count,
  /** The better known of the two: published results of the benchmark, or the analytic model. */
  basis: z.enum(planBases),
  /** Of the training, undisturbed, median. */
  trainMs: amount,
  /** What the other basis gives, if both are known. */
  other: z.strictObject({ basis: z.enum(planBases), trainMs: amount }).optional(),
  layout: plannedLayout,
  /** `low` and `high`: the interval of 80 % over seeds. */
  samples: z
    .strictObject({
      amount,
      low: amount.optional(),
      high: amount.optional(),
      basis: z.string(),
    })
    .optional(),
  /** Initialization and compilation before the training, expected. */
  startMs: amount,
  /** Part of `trainMs` that evaluations take, where it is known. */
  evaluationMs: amount.optional(),
  stepTimeMs: amount.optional(),
  /** The interval of 80 % of the step time. */
  stepTimeIntervalMs: z.strictObject({ low: amount, high: amount }).optional(),
  /** Where the time of a step goes, if the analytic model predicted it. */
  breakdown: stepParts.optional(),
  mfu: amount.optional(),
  memoryBytesPerAccelerator: amount.optional(),
  timeMs: quantiles,
  usd: quantiles.optional(),
  energy: plannedEnergy.optional(),
  /** What the nearest published result of the benchmark measured on the accelerator, and what is estimated for it. */
  measuredEnergy: z
    .strictObject({
      kwh: amount,
      /** Without cooling. */
      estimatedKwh: amount.optional(),
      count,
      timeMs: amount,
      rowId: z.string(),
      source: z.string(),
    })
    .optional(),
  price: plannedPrice.optional(),
  /** Price over goodput, per accelerator. */
  effectiveUsdPerAcceleratorHour: amount.optional(),
  doneByDeadline: fraction.optional(),
  withinBudget: fraction.optional(),
  /** Within the deadline and the budget. */
  both: fraction.optional(),
  goodput: fraction,
  expectedInterruptions: amount,
  checkpointIntervalMs: amount.nullable(),
  /** What keeps it from being faster. */
  limitedBy: z.string(),
  evidence: z.strictObject({ text: z.string(), source: z.string(), distance: amount }).optional(),
  /** What was learned from the user's own runs. */
  calibration: appliedCalibration.optional(),
});
export type PlanOffer = z.output<typeof planOffer>;

/** Why an accelerator, or one count of it, is not on the front. */
export const planLoss = z.strictObject({
  accelerator: z.string(),
  count: count.optional(),
  reason: z.enum([
    "dominated",
    "no-price",
    "no-power-limit",
    "no-rate",
    "does-not-fit",
    "batch-too-large",
    "over-budget",
    "after-deadline",
    "over-energy",
    "not-offered",
  ]),
  text: z.string(),
});
export type PlanLoss = z.output<typeof planLoss>;

/** The answer of `pitwall plan`. */
export const runPlan = z.strictObject({
  /** `llama31_8b to its target`, `llama31-70b on 1.50 T tokens`. */
  goal: z.string(),
  limits: z.strictObject({
    budgetUsd: amount.optional(),
    deadlineMs: amount.optional(),
    maxEnergyKwh: amount.optional(),
    maxCount: count,
  }),
  objective: z.enum(planObjectives),
  seed: z.string(),
  drawCount: count,
  /** Position in `front`. */
  recommended: z.number().int().nonnegative(),
  /** By rising time; no offer is dominated by another in time, cost and energy. At most 250: more are thinned evenly. */
  front: z.array(planOffer).min(1),
  consideredCount: count,
  losses: z.array(planLoss),
  /** Assumptions and gaps that concern all offers. */
  notes: z.array(z.string()),
  /** With `--for`: the command line of the recommended offer. */
  command: z.string().optional(),
});
export type RunPlan = z.output<typeof runPlan>;
