import type { TransformerShape } from "../../schema/plan/model-shape.ts";
import type { MemoryParts } from "../../schema/plan/step-prediction.ts";
import type { FilledLayout } from "./fill-layout.ts";
import type { StageParameters } from "./stage-parameters.ts";
import { frozenWeightBytes, stateBytes, type StateBytes } from "./state-bytes.ts";

/** Weights, gradients and optimizer states of one rank of a stage, in bytes. */
export function stageStates(
  shape: TransformerShape,
  layout: FilledLayout,
  parameters: StageParameters,
): Pick<MemoryParts, "weights" | "gradients" | "optimizer"> {
  const each = stateBytes(layout, shape);
  if (layout.adapter !== undefined) return adapterStates(layout, parameters, each);
  const { dense, experts } = parameters;
  const shared = (part: keyof StateBytes): number =>
    dense / sharers(layout, part, layout.shardCount) +
    experts / sharers(layout, part, layout.expertShardCount);
  return {
    weights: each.weights * shared("weights") + castCopies(layout, parameters),
    gradients: each.gradients * shared("gradients"),
    optimizer: layout.offloadOptimizer ? 0 : each.optimizer * shared("optimizer"),
  };
}

/** How many ranks share a part of the states under ZeRO. */
function sharers(layout: FilledLayout, part: keyof StateBytes, ranks: number): number {
  switch (layout.sharding) {
    case "none":
      return 1;
    case "zero1":
      return part === "optimizer" ? ranks : 1;
    case "zero2":
      return part === "weights" ? 1 : ranks;
    case "zero3":
    case "fsdp":
      return ranks;
  }
}

/** On one accelerator PyTorch's autocast keeps a bf16 copy of each fp32 weight for the length of a step. */
function castCopies(layout: FilledLayout, { dense, experts }: StageParameters): number {
  const isCast =
    layout.framework === "fsdp" &&
    layout.masterWeights &&
    layout.precision !== "fp32" &&
    layout.precision !== "tf32" &&
    layout.shardCount === 1;
  return isCast ? 2 * (dense + experts) : 0;
}

/** A frozen base model without gradients, and trained adapters. Embeddings and output matrix stay in 16 bits. */
function adapterStates(
  layout: FilledLayout,
  { dense, experts, vocabulary, adapters }: StageParameters,
  each: StateBytes,
): Pick<MemoryParts, "weights" | "gradients" | "optimizer"> {
  const frozen = frozenWeightBytes(layout.adapter?.base ?? "bf16");
  const shards = sharers(layout, "weights", layout.shardCount);
  const expertShards = sharers(layout, "weights", layout.expertShardCount);
  const base =
    (2 * vocabulary + frozen * (dense - vocabulary)) / shards + (frozen * experts) / expertShards;
  const trained = (part: keyof StateBytes): number =>
    (each[part] * adapters) / sharers(layout, part, layout.shardCount);
  return {
    weights: base + trained("weights"),
    gradients: trained("gradients"),
    optimizer: layout.offloadOptimizer ? 0 : trained("optimizer"),
  };
}
