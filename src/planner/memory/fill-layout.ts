import type { TransformerShape } from "../../schema/plan/model-shape.ts";
import type { TrainingLayout } from "../../schema/plan/training-layout.ts";

/** A layout with every choice made that memory depends on. */
export interface FilledLayout {
  tp: number;
  pp: number;
  cp: number;
  ep: number;
  etp: number;
  dp: number;
  vp: number;
  /** Sequences of one rank in one pass. */
  microBatch: number;
  /** Passes of one step. */
  microBatches: number;
  precision: TrainingLayout["precision"];
  recompute: NonNullable<TrainingLayout["recompute"]>;
  /** Share of the layers that `recompute` applies to. */
  recomputeFraction: number;
  offloadActivationLayers: number;
  sequenceParallel: boolean;
  sharding: NonNullable<TrainingLayout["sharding"]>;
  /** Ranks that share the parameters outside experts. */
  shardCount: number;
  /** Ranks that share the parameters of experts. */
  expertShardCount: number;
  schedule: NonNullable<TrainingLayout["schedule"]>;
  optimizer: NonNullable<TrainingLayout["optimizer"]>;
  framework: NonNullable<TrainingLayout["framework"]>;
  attention: NonNullable<TrainingLayout["attention"]>;
  loss: NonNullable<TrainingLayout["loss"]>;
  /** Keys and values are copied to every head of queries. */
  copiesHeads: boolean;
  /** Eager PyTorch keeps what each of its operations needs for the backward pass. */
  isEager: boolean;
  gradientFormat: NonNullable<TrainingLayout["gradientFormat"]>;
  momentFormat: NonNullable<TrainingLayout["momentFormat"]>;
  /** Selective recomputation covers norms, activation functions and expanded latent attention too. */
  recomputesCheapModules: boolean;
  /** Weights exist in the format of matrix products alone, without a bf16 copy. */
  keepsOnlyQuantizedWeights: boolean;
  /** Weights of a layer are gathered matrix by matrix, never all at once. */
  gathersOneMatrix: boolean;
  offloadOptimizer: boolean;
  optimizerInBackward: boolean;
  masterWeights: boolean;
  adapter: TrainingLayout["adapter"];
  expertImbalance: number;
}

/**
 * Fills in what a layout leaves open, with the value that needs the least memory for the number of sequences in a pass
 * (one) and with the framework's usual value for the rest.
 *
 * @param acceleratorCount of the run
 */
export function fillLayout(
  layout: TrainingLayout,
  shape: TransformerShape,
  acceleratorCount: number,
): FilledLayout {
  const { tp, pp, cp, ep } = layout;
  const etp = expertTensorRanks(layout);
  const dp = layout.dp ?? Math.max(1, Math.floor(acceleratorCount / (tp * pp * cp)));
  const microBatch = layout.microBatch ?? 1;
  const framework = layout.framework ?? usualFramework(layout);
  const vp = layout.vp ?? 1;
  const sharding = layout.sharding ?? usualSharding(framework);
  const shardCount = layout.shardGroup ?? dp * cp;
  const activations = activationChoices(layout, shape);
  const states = optimizerChoices(layout, framework);
  // Every field by name: copying objects takes longer than the rest of a prediction of memory.
  return {
    tp,
    pp,
    cp,
    ep,
    etp,
    dp,
    vp,
    microBatch,
    microBatches: Math.max(1, Math.round(layout.globalBatch / (dp * microBatch))),
    precision: layout.precision,
    recompute: activations.recompute,
    recomputeFraction: activations.recomputeFraction,
    offloadActivationLayers: activations.offloadActivationLayers,
    attention: activations.attention,
    loss: states.loss,
    isEager: isPyTorch(framework) && layout.compiled === false,
    copiesHeads: copiesHeads(layout, framework),
    gradientFormat: states.gradientFormat,
    momentFormat: states.momentFormat,
    optimizer: states.optimizer,
    offloadOptimizer: states.offloadOptimizer,
    optimizerInBackward: states.optimizerInBackward,
    masterWeights: states.masterWeights,
    recomputesCheapModules: false,
    gathersOneMatrix: false,
    keepsOnlyQuantizedWeights: layout.precision !== "nvfp4",
    sequenceParallel: layout.sequenceParallel ?? tp > 1,
    sharding,
    shardCount,
    expertShardCount: Math.max(1, (shardCount * tp) / (ep * etp)),
    schedule: layout.schedule ?? (vp > 1 ? "interleaved" : "1f1b"),
    framework,
    adapter: layout.adapter,
    expertImbalance: layout.expertImbalance ?? 1,
  };
}

function expertTensorRanks({ etp, ep, tp }: TrainingLayout): number {
  return etp ?? (ep > 1 ? 1 : tp);
}

function optimizerChoices(
  layout: TrainingLayout,
  framework: FilledLayout["framework"],
): Pick<
  FilledLayout,
  | "optimizer"
  | "offloadOptimizer"
  | "optimizerInBackward"
  | "masterWeights"
  | "gradientFormat"
  | "momentFormat"
  | "loss"
> {
  return {
    loss: layout.loss ?? (isPyTorch(framework) ? "plain" : "fused"),
    gradientFormat: layout.gradientFormat ?? (framework === "deepspeed" ? "bf16" : "fp32"),
    momentFormat: layout.momentFormat ?? "fp32",
    optimizer: layout.optimizer ?? "adamw",
    offloadOptimizer: layout.offloadOptimizer ?? false,
    optimizerInBackward: layout.optimizerInBackward ?? false,
    masterWeights: layout.masterWeights ?? true,
  };
}

/** Whether layers are written in plain PyTorch, without kernels of their own. */
function isPyTorch(framework: FilledLayout["framework"]): boolean {
  return framework === "fsdp" || framework === "deepspeed";
}

function activationChoices(
  layout: TrainingLayout,
  shape: TransformerShape,
): Pick<FilledLayout, "recompute" | "recomputeFraction" | "offloadActivationLayers" | "attention"> {
  const stageLayers = Math.ceil(shape.layers / layout.pp);
  return {
    recompute: layout.recompute ?? "none",
    recomputeFraction: layout.recomputeFraction ?? 1,
    offloadActivationLayers: Math.min(layout.offloadActivationLayers ?? 0, stageLayers),
    attention: layout.attention ?? (isBeforeFlash(layout.software) ? "unfused" : "flash"),
  };
}

/** PyTorch's scaled_dot_product_attention takes grouped heads; programs use that since the middle of 2025. */
function copiesHeads({ software }: TrainingLayout, framework: FilledLayout["framework"]): boolean {
  return framework === "fsdp" && software !== undefined && software < "2025-07";
}

/** Megatron-LM uses FlashAttention since the beginning of 2023. */
function isBeforeFlash(software: string | undefined): boolean {
  return software !== undefined && software < "2023-01";
}

function usualFramework({ sharding }: TrainingLayout): FilledLayout["framework"] {
  if (sharding === "fsdp") return "fsdp";
  return sharding === "zero2" || sharding === "zero3" ? "deepspeed" : "megatron";
}

function usualSharding(framework: FilledLayout["framework"]): FilledLayout["sharding"] {
  switch (framework) {
    case "megatron":
      return "zero1";
    case "deepspeed":
      return "zero3";
    case "fsdp":
    case "maxtext":
      return "fsdp";
  }
}
