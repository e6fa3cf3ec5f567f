import { z } from "zod";
import { modelReference } from "./model-shape.ts";

const count = z.number().int().positive();

export const precisions = ["bf16", "fp16", "fp8", "mxfp8", "nvfp4", "tf32", "fp32"] as const;
export type Precision = (typeof precisions)[number];

export const recomputes = ["none", "selective", "full"] as const;
export type Recompute = (typeof recomputes)[number];

/** Who holds optimizer states (zero1), gradients (zero2) and weights (zero3, fsdp) in parts. */
export const shardings = ["none", "zero1", "zero2", "zero3", "fsdp"] as const;
export type Sharding = (typeof shardings)[number];

export const frameworks = ["megatron", "fsdp", "maxtext", "deepspeed"] as const;
export type Framework = (typeof frameworks)[number];

export const pipelineSchedules = ["1f1b", "interleaved", "zb", "dualpipe", "gpipe"] as const;
export type PipelineSchedule = (typeof pipelineSchedules)[number];

export const optimizers = [
  "adamw",
  "adamw-8bit",
  "muon",
  "adafactor",
  "sgd",
  "lamb",
  "lars",
] as const;
export type Optimizer = (typeof optimizers)[number];

/** How attention is computed: `unfused` stores the scores and, as was usual then, dropout masks. */
export const attentionKernels = ["flash", "unfused"] as const;
export type AttentionKernel = (typeof attentionKernels)[number];

/**
 * How the loss is computed. `plain`: fp32 logits, log-probabilities and gradients, as PyTorch does. `fused`: one kernel
 * that overwrites the logits with their gradients. `chunked`: for a part of the tokens at a time; PyTorch keeps their
 * 16-bit logits until the backward pass.
 */
export const lossKernels = ["plain", "fused", "chunked"] as const;
export type LossKernel = (typeof lossKernels)[number];

/** Number formats of gradients and of the moments that an optimizer keeps. */
export const stateFormats = ["fp32", "bf16"] as const;
export type StateFormat = (typeof stateFormats)[number];

/** Number formats of a frozen base model that adapters are trained on. */
export const adapterBases = ["bf16", "int8", "nf4"] as const;
export type AdapterBase = (typeof adapterBases)[number];

/** Layers that adapters may be added to, as Hugging Face and Megatron-LM name them, and groups of them. */
export const adapterTargets = [
  "all-linear",
  "attention",
  "mlp",
  "q_proj",
  "k_proj",
  "v_proj",
  "o_proj",
  "gate_proj",
  "up_proj",
  "down_proj",
  "linear_qkv",
  "linear_proj",
  "linear_fc1",
  "linear_fc2",
] as const;
export type AdapterTarget = (typeof adapterTargets)[number];

/** Accelerators by their name in the catalogue, or with numbers of one's own that replace the catalogue's. */
export const hardwareReference = z.strictObject({
  accelerator: z.string(),
  /** All accelerators of the run. */
  count,
  /** Accelerators in one scale-up domain (NVLink, ICI) as the program sees it; default: that of the catalogue. */
  perNode: count.optional(),
  /** Network per accelerator, one direction, in Gbit/s; default: that of the catalogue. */
  interconnectGbps: z.number().positive().optional(),
  /** Dense FLOP/s in the precision of the layout. */
  peakFlopPerSecond: z.number().positive().optional(),
  memoryBytes: z.number().positive().optional(),
  memoryBytesPerSecond: z.number().positive().optional(),
  /** Both directions together, per accelerator. */
  scaleUpBytesPerSecond: z.number().positive().optional(),
});
export type HardwareReference = z.output<typeof hardwareReference>;

/** How a training is spread over the accelerators. What is absent is chosen: the fastest that fits. */
export const trainingLayout = z.strictObject({
  tp: count.default(1),
  pp: count.default(1),
  cp: count.default(1),
  /** Expert parallel. */
  ep: count.default(1),
  /** Tensor parallel inside an expert; default: 1 if `ep` is above 1, else `tp`. */
  etp: count.optional(),
  /** Default: what is left of `count`. */
  dp: count.optional(),
  /** Virtual pipeline stages per accelerator. */
  vp: count.optional(),
  /** Sequences of one rank in one pass. */
  microBatch: count.optional(),
  /** Sequences of one step. */
  globalBatch: count,
  precision: z.enum(precisions).default("bf16"),
  recompute: z.enum(recomputes).optional(),
  /** Share of the layers that are recomputed, 0 to 1; default: all that `recompute` names. */
  recomputeFraction: z.number().min(0).max(1).optional(),
  /** Layers whose activations wait in host memory. */
  offloadActivationLayers: z.number().int().nonnegative().optional(),
  sequenceParallel: z.boolean().optional(),
  sharding: z.enum(shardings).optional(),
  /** Ranks of one group that shards (HSDP); default: all of `dp`. */
  shardGroup: count.optional(),
  schedule: z.enum(pipelineSchedules).optional(),
  optimizer: z.enum(optimizers).optional(),
  framework: z.enum(frameworks).optional(),
  /** Month of the software, such as `2026-03`; default: the newest that was measured. */
  software: z
    .string()
    .regex(/^\d{4}-\d{2}$/u)
    .optional(),
  /** Default: `flash` from 2023 on. */
  attention: z.enum(attentionKernels).optional(),
  /** Default: `plain` with FSDP and DeepSpeed, else `fused`. */
  loss: z.enum(lossKernels).optional(),
  /** With torch.compile, which keeps fewer activations than eager PyTorch; of FSDP and DeepSpeed. Default: true. */
  compiled: z.boolean().optional(),
  /** In which gradients are added up; default: `fp32`, and `bf16` with DeepSpeed. */
  gradientFormat: z.enum(stateFormats).optional(),
  /** Of the optimizer's moments; default: `fp32`. */
  momentFormat: z.enum(stateFormats).optional(),
  /** Weights are updated during the backward pass, so that gradients of one layer exist at a time. */
  optimizerInBackward: z.boolean().optional(),
  /** Communication runs beside computation where the framework can do that; default: true. */
  overlap: z.boolean().optional(),
  /** Optimizer states and the weights that it updates wait in host memory. */
  offloadOptimizer: z.boolean().optional(),
  /** Whether weights and states are also kept in fp32; false: all in bf16. Default: true. */
  masterWeights: z.boolean().optional(),
  /** Low-rank adapters (LoRA); the base model is frozen. `base: nf4` is QLoRA. Default of `targets`: all linear layers. */
  adapter: z
    .strictObject({
      rank: count,
      targets: z.array(z.enum(adapterTargets)).optional(),
      base: z.enum(adapterBases).optional(),
    })
    .optional(),
  /** The busiest expert rank's tokens over the mean; default: 1. */
  expertImbalance: z.number().min(1).optional(),
});
export type TrainingLayout = z.output<typeof trainingLayout>;

/** One line of `pitwall predict`. */
export const layoutLine = z.strictObject({
  model: modelReference,
  hardware: hardwareReference,
  layout: trainingLayout,
});
export type LayoutLine = z.output<typeof layoutLine>;
