import { z } from "zod";

const bytes = z.number().nonnegative();
const milliseconds = z.number().nonnegative();

/** Memory of the fullest accelerator. */
export const memoryParts = z.strictObject({
  weights: bytes,
  gradients: bytes,
  optimizer: bytes,
  activations: bytes,
  /** Logits, and buffers of layers that are gathered or sent. */
  buffers: bytes,
  /** CUDA context, NCCL, and what the allocator loses. */
  reserve: bytes,
});
export type MemoryParts = z.output<typeof memoryParts>;

/** Where the time of a step goes, as far as nothing else hides it; the parts add up to the step. */
export const stepParts = z.strictObject({
  gemm: milliseconds,
  attention: milliseconds,
  elementwise: milliseconds,
  tensorParallel: milliseconds,
  contextParallel: milliseconds,
  expertParallel: milliseconds,
  pipelineTransfer: milliseconds,
  bubble: milliseconds,
  dataParallel: milliseconds,
  optimizer: milliseconds,
  offload: milliseconds,
  host: milliseconds,
  /** Waiting for the slowest rank, which grows with their number. */
  stragglers: milliseconds,
});
export type StepParts = z.output<typeof stepParts>;

/** The published measurement that is closest to a prediction. */
export const predictionEvidence = z.strictObject({
  measurement: z.string(),
  source: z.string(),
  /** 0: the same layout; grows with each factor between them, most with that between the sizes of two models. */
  distance: z.number().nonnegative(),
  /** Predicted over measured step time of that measurement. */
  ratio: z.number().positive(),
});

export const stepPrediction = z.strictObject({
  kind: z.literal("predicted"),
  stepTimeMs: milliseconds,
  /** `level` of all measured steps are inside, such as 0.8; wider if the layout leaves choices open. */
  intervalMs: z.strictObject({ low: milliseconds, high: milliseconds, level: z.number() }),
  tokensPerSecondPerAccelerator: z.number().nonnegative().optional(),
  samplesPerSecondPerAccelerator: z.number().nonnegative(),
  /** Causal attention counts as half. */
  modelFlopPerSecondPerAccelerator: z.number().nonnegative(),
  modelFlopPerSecondPerAcceleratorFullAttention: z.number().nonnegative(),
  /** Of the dense peak in the precision of the layout, 0 to 1; causal attention counts as half. */
  mfu: z.number().nonnegative(),
  mfuFullAttention: z.number().nonnegative(),
  /** With what is recomputed. */
  hfu: z.number().nonnegative(),
  /** Sum of `memoryBytesPerAccelerator`. */
  memoryBytes: bytes,
  memoryBytesPerAccelerator: memoryParts,
  fits: z.boolean(),
  breakdown: stepParts,
  evidence: predictionEvidence.optional(),
  /** What the line left open, and what was filled in: `vp`: `5: the fastest that fits`. */
  assumed: z.record(z.string(), z.string()),
});
export type StepPrediction = z.output<typeof stepPrediction>;

/** In place of a prediction: this layout cannot be run, or is not modelled. */
export const predictionError = z.strictObject({
  kind: z.literal("error"),
  error: z.strictObject({ code: z.string(), message: z.string(), hint: z.string().optional() }),
});
export type PredictionError = z.output<typeof predictionError>;

export const layoutAnswer = z.discriminatedUnion("kind", [stepPrediction, predictionError]);
export type LayoutAnswer = z.output<typeof layoutAnswer>;
