import { z } from "zod";
import { plannedPrice } from "./run-plan.ts";

const amount = z.number().nonnegative();
const count = z.number().int().positive();

/** Where a value of the layout is from; `inferred` by search, `assumed` as is usual. */
export const reviewOrigins = [
  "option",
  "log",
  "settings",
  "record",
  "system file",
  "published configuration",
  "inferred",
  "assumed",
] as const;

/** One value of the layout. */
export const reviewedField = z.strictObject({
  /** As a layout file names it: `tp`, `microBatch`; and `accelerator`, `count`, `model`. */
  field: z.string(),
  value: z.string(),
  origin: z.enum(reviewOrigins),
  /** Other values that the field has in layouts that are as likely; only if inferred. */
  otherValues: z.array(z.string()).optional(),
});
export type ReviewedField = z.output<typeof reviewedField>;

/** A quantity as it was predicted and as it was; 80 % of measured values are between `low` and `high`. */
export const reviewedFigure = z.strictObject({
  predicted: amount.optional(),
  low: amount.optional(),
  high: amount.optional(),
  got: amount.optional(),
});
export type ReviewedFigure = z.output<typeof reviewedFigure>;

/** What the time of a training is divided into. */
export const gapParts = [
  "initialization",
  "samples",
  "data",
  "compute",
  "communication",
  "steps",
  "first-steps",
  "stragglers",
  "slow-steps",
  "evaluation",
  "checkpoints",
  "pauses",
  "restarts",
  "not-explained",
] as const;
export type GapPartName = (typeof gapParts)[number];

/** One reason why a training took longer, or shorter, than predicted. */
export const gapPart = z.strictObject({
  part: z.enum(gapParts),
  /** Of the whole training; absent where it is not a time of its own, such as more samples. */
  predictedMs: amount.optional(),
  gotMs: z.number().optional(),
  /** Positive: longer than predicted. */
  gapMs: z.number(),
  gapUsd: z.number().optional(),
  /** How the part is known. */
  evidence: z.enum(["measured", "against an assumption", "reference", "remainder"]),
  text: z.string(),
});
export type GapPart = z.output<typeof gapPart>;

/** Where the time of the steps goes by the model; the parts add up to all steps. */
export const stepShare = z.strictObject({
  part: z.enum(["compute", "recomputation", "communication", "bubble", "stragglers", "other"]),
  ms: amount,
  usd: amount.optional(),
  fraction: z.number(),
});
export type StepShare = z.output<typeof stepShare>;

/** Something to change, and what it is expected to gain; negative gains are losses. */
export const reviewedChange = z.strictObject({
  kind: z.enum([
    "micro-batch",
    "recomputation",
    "layout",
    "precision",
    "batch",
    "count",
    "data",
    "stragglers",
    "evaluation",
    "checkpoints",
    "first-steps",
    "initialization",
  ]),
  text: z.string(),
  /** Of the time that is paid. */
  gainMs: z.number(),
  /** 80 % of the outcomes are between them. */
  lowMs: z.number(),
  highMs: z.number(),
  gainUsd: z.number().optional(),
  lowUsd: z.number().optional(),
  highUsd: z.number().optional(),
  /** That it gains anything. */
  probability: z.number().min(0).max(1),
  basis: z.enum(["model", "measured", "reference"]),
  /** Of the fullest accelerator after the change; only for changes of the layout. */
  memoryBytesPerAccelerator: amount.optional(),
});
export type ReviewedChange = z.output<typeof reviewedChange>;

/** The answer of `pitwall plan --from`. */
export const trainingReview = z.strictObject({
  /** The log or run that is reviewed. */
  source: z.string(),
  /** Of several seeds, the one in the middle is reviewed. */
  seeds: z
    .strictObject({
      count,
      reachedCount: z.number().int().nonnegative(),
      fastestMs: amount,
      medianMs: amount,
      slowestMs: amount,
    })
    .optional(),
  /** `llama31_8b`, or the model. */
  goal: z.string(),
  model: z.string().optional(),
  accelerator: z.string().optional(),
  count: count.optional(),
  outcome: z.enum(["reached", "not-reached", "unknown"]),
  fields: z.array(reviewedField),
  /** How the fields that are inferred were found. */
  inference: z
    .strictObject({
      triedCount: count,
      asLikelyCount: z.number().int().nonnegative(),
      text: z.string(),
    })
    .optional(),
  figures: z.strictObject({
    stepTimeMs: reviewedFigure,
    samples: reviewedFigure,
    /** From the start of the clock to the end. */
    trainMs: reviewedFigure,
    initMs: reviewedFigure,
    /** Initialization and training. */
    paidMs: reviewedFigure,
    usd: reviewedFigure,
    kwh: reviewedFigure,
  }),
  /** Slow end of the measured step times. */
  stepTimeP95Ms: amount.optional(),
  /** Time to train by published results of other trainings of the benchmark. */
  published: z
    .strictObject({
      trainMs: amount,
      low: amount,
      high: amount,
      text: z.string(),
      source: z.string(),
    })
    .optional(),
  price: plannedPrice.optional(),
  /** How the price was chosen, if it is not a price of the catalog. */
  usdPerHour: amount.optional(),
  /** Absent where nothing could be predicted. The parts add up to the total. */
  gap: z
    .strictObject({ parts: z.array(gapPart), totalMs: z.number(), totalUsd: z.number().optional() })
    .optional(),
  stepShares: z.array(stepShare),
  changes: z.array(reviewedChange),
  /** What this log does not show, and which input would. */
  unknown: z.array(z.strictObject({ what: z.string(), input: z.string() })),
  notes: z.array(z.string()),
});
export type TrainingReview = z.output<typeof trainingReview>;
