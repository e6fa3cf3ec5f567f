import { z } from "zod";
import { transformerShape } from "./model-shape.ts";
import { memoryParts } from "./step-prediction.ts";
import { trainingLayout } from "./training-layout.ts";

const bytes = z.number().nonnegative();

/** What is trained: all weights from random ones, all weights, or adapters on frozen ones. */
export const trainingMethods = ["pretrain", "full", "lora", "qlora"] as const;
export type TrainingMethod = (typeof trainingMethods)[number];

/** Settings that save memory, cheapest first in the time that they cost. */
export const memorySavings = [
  "compile",
  "micro-batch-1",
  "chunked-loss",
  "sharding",
  "expert-parallel",
  "adamw-8bit",
  "optimizer-in-backward",
  "bf16-states",
  "recompute-selective",
  "recompute-full",
  "offload-activations",
  "offload-optimizer",
] as const;
export type MemorySaving = (typeof memorySavings)[number];

/** A combination of settings, and what it needs. */
export const savedFit = z.strictObject({
  /** As requested, or a method that trains fewer weights. */
  method: z.enum(trainingMethods),
  savings: z.array(z.enum(memorySavings)),
  /** Expert-parallel ranks, with `expert-parallel`. */
  ep: z.number().int().positive().optional(),
  memoryBytes: bytes,
  /** Additional time of a step, as a share; a rule of thumb, not a prediction. */
  extraTimeFraction: z.number().nonnegative(),
});
export type SavedFit = z.output<typeof savedFit>;

/** A machine of the catalogue on which the training fits. */
export const fittingMachine = z.strictObject({
  accelerator: z.string(),
  count: z.number().int().positive(),
  /** Of one accelerator. */
  capacityBytes: bytes,
  memoryBytes: bytes,
  /** Of the whole machine: the median of the providers' prices. */
  usdPerHour: z.number().positive().optional(),
  priceDate: z.string().optional(),
  priceProviders: z.array(z.string()).optional(),
});
export type FittingMachine = z.output<typeof fittingMachine>;

/** Whether a training fits on the requested accelerators. */
export const machineFit = z.strictObject({
  accelerator: z.string(),
  count: z.number().int().positive(),
  /** Memory of one accelerator that a program can use. */
  capacityBytes: bytes,
  fits: z.boolean(),
  /** Sum of `memoryBytesPerAccelerator`. */
  memoryBytes: bytes,
  memoryBytesPerAccelerator: memoryParts,
  /** Largest number of sequences in one pass; 0: not even one fits. */
  largestMicroBatch: z.number().int().nonnegative(),
  /** Longest sequence with the requested micro batch, in tokens; 0: none. */
  longestSequence: z.number().int().nonnegative(),
  /** The cheapest combination of each method that fits; empty if the request fits. */
  savings: z.array(savedFit),
  /** Fewest accelerators of this kind on which the request fits as it is. */
  fittingCount: z.number().int().positive().optional(),
});
export type MachineFit = z.output<typeof machineFit>;

/** `fits`: whether a training fits, and on what. */
export const fitAnswer = z.strictObject({
  model: z.strictObject({
    name: z.string(),
    parameters: z.number().int().positive(),
    shape: transformerShape,
  }),
  method: z.enum(trainingMethods),
  layout: trainingLayout,
  /** Absent if no accelerator was named. */
  machine: machineFit.optional(),
  /** The machine with the least memory that does; absent if none of the catalogue does. */
  smallestMachine: fittingMachine.optional(),
  /** The cheapest machine that does, among those with a price. */
  cheapestMachine: fittingMachine.optional(),
  /** What was not given, and what was filled in. */
  assumed: z.record(z.string(), z.string()),
  notes: z.array(z.string()),
});
export type FitAnswer = z.output<typeof fitAnswer>;
