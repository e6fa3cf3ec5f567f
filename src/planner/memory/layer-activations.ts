import { headSizes } from "../model/count-parameters.ts";
import type { TransformerShape } from "../../schema/plan/model-shape.ts";
import { keptInputs } from "./adapter-parameters.ts";
import type { FilledLayout } from "./fill-layout.ts";

/** Bytes that one layer keeps between its forward and backward pass, per token of a rank. */
export interface LayerActivations {
  /** Without recomputation. */
  all: number;
  /** With selective recomputation. */
  selective: number;
  /** With full recomputation: the input of the layer. */
  input: number;
}

/**
 * Activations that a layer keeps, per token of the rank (sequences of a pass x sequence length / cp).
 *
 * Generalizes Korthikanti et al. 2022, equations 1 to 5, https://arxiv.org/abs/2205.05198, to gated feed-forward
 * layers, grouped-query and latent attention, experts and attention without stored scores.
 */
export function layerActivations(
  shape: TransformerShape,
  layout: FilledLayout,
  kind: "dense" | "expert",
): LayerActivations {
  const bytes = elementBytes(layout.precision);
  const tokens = layout.sequenceParallel ? layout.tp : 1;
  const input = (bytes * shape.hidden) / tokens;
  const attention = attentionActivations(shape, layout, input);
  const ffn =
    kind === "dense" ? ffnActivations(shape, layout, input) : expertActivations(shape, layout);
  // Two norms keep their inputs; a parallel block has one norm for both halves.
  const norms = shape.parallelBlock ? input : 2 * input;
  const eager = layout.isEager ? eagerActivations(shape, layout, kind) : 0;
  const all = norms + attention.kept + attention.scores + ffn + eager;
  const withoutScores = all - attention.scores;
  const cheap = layout.recomputesCheapModules ? cheapActivations(shape, layout, kind) : 0;
  return { all, selective: selectiveActivations(shape, layout, withoutScores - cheap), input };
}

/**
 * What eager PyTorch keeps beyond that: a norm its input in fp32 instead of 16 bits, and the normalized input in 16 bits before it is
 * scaled, 4 bytes per hidden unit; a gated feed-forward layer the output of the activation function. torch.compile computes them again.
 *
 * Explains what torchtune saves by compiling 3B: 13.3 bytes per token, layer and hidden unit, measured 13.7.
 */
function eagerActivations(
  shape: TransformerShape,
  layout: FilledLayout,
  kind: "dense" | "expert",
): number {
  const bytes = elementBytes(layout.precision);
  const sequences = layout.sequenceParallel ? layout.tp : 1;
  const norms = shape.parallelBlock ? 1 : 2;
  const inner = innerUnits(shape, layout, kind);
  const gates = shape.gated ? (bytes * inner) / layout.tp : 0;
  return (4 * norms * shape.hidden) / sequences + gates;
}

/** Inner units of the feed-forward layer that a token visits, in all of its experts. */
function innerUnits(
  shape: TransformerShape,
  layout: FilledLayout,
  kind: "dense" | "expert",
): number {
  if (kind === "dense") return shape.ffn;
  const width = shape.expertFfn === 0 ? shape.ffn : shape.expertFfn;
  return width * (shape.topK * layout.expertImbalance + shape.sharedExperts);
}

/** Bytes of one stored activation. */
export function elementBytes(precision: FilledLayout["precision"]): number {
  return precision === "fp32" || precision === "tf32" ? 4 : 2;
}

/** Bytes of one stored input of a matrix product: Transformer Engine keeps the converted copy. */
function productInputBytes(layout: FilledLayout, part: "attention" | "ffn"): number {
  const { adapter, framework, precision } = layout;
  // A frozen matrix needs no gradient, so its input is only kept for an adapter.
  if (adapter !== undefined && !keptInputs(adapter)[part]) return 0;
  if (framework !== "megatron") return elementBytes(precision);
  switch (precision) {
    case "fp8":
      return 1;
    case "mxfp8":
      return 1 + 1 / 32;
    case "nvfp4":
      return 0.5 + 1 / 16;
    case "bf16":
    case "fp16":
    case "tf32":
    case "fp32":
      return elementBytes(precision);
  }
}

interface AttentionActivations {
  kept: number;
  /** Stored scores, which selective recomputation drops. */
  scores: number;
}

function attentionActivations(
  shape: TransformerShape,
  layout: FilledLayout,
  input: number,
): AttentionActivations {
  const bytes = elementBytes(layout.precision);
  const heads = shape.heads / layout.tp;
  const normOutput = (input / bytes) * productInputBytes(layout, "attention");
  const statistics = 4 * heads;
  // Context parallelism by all-to-all keeps the output before and after the exchange.
  const outputs = layout.cp > 1 ? 2 : 1;
  if (shape.mla !== undefined) {
    const { qRank, kvRank, ropeSize, nopeSize, vSize } = shape.mla;
    const sequences = layout.sequenceParallel ? layout.tp : 1;
    const compressed = (bytes * (2 * qRank + 2 * kvRank + ropeSize)) / sequences;
    const queriesAndKeys = 2 * bytes * heads * (nopeSize + ropeSize);
    const values = (1 + outputs) * bytes * heads * vSize;
    const kept = normOutput + compressed + queriesAndKeys + values + statistics;
    return { kept, scores: 0 };
  }
  const { kvHeads, headSize } = headSizes(shape);
  const keysAndValues = 2 * (layout.copiesHeads ? heads : Math.max(1, kvHeads / layout.tp));
  const kept =
    normOutput + bytes * headSize * (heads + keysAndValues + outputs * heads) + statistics;
  if (layout.attention === "flash") return { kept, scores: 0 };
  // Softmax output, dropout mask and dropout output; one more mask after the projection.
  const scores = (2 * bytes + 1) * heads * shape.seq;
  return { kept: kept - statistics + input / bytes, scores };
}

function ffnActivations(shape: TransformerShape, layout: FilledLayout, input: number): number {
  const bytes = elementBytes(layout.precision);
  const normOutput = (input / bytes) * productInputBytes(layout, "ffn");
  const dropoutMask = layout.attention === "unfused" ? input / bytes : 0;
  const shared = shape.parallelBlock ? 0 : normOutput;
  return shared + innerActivations(shape, layout) * (shape.ffn / layout.tp) + dropoutMask;
}

/** Bytes per inner element: the products before the nonlinearity, and the input of the last product. */
function innerActivations(shape: TransformerShape, layout: FilledLayout): number {
  const bytes = elementBytes(layout.precision);
  return (shape.gated ? 2 : 1) * bytes + productInputBytes(layout, "ffn");
}

function expertActivations(shape: TransformerShape, layout: FilledLayout): number {
  const bytes = elementBytes(layout.precision);
  const tokens = layout.sequenceParallel ? layout.tp : 1;
  const inner = innerActivations(shape, layout);
  const width = shape.expertFfn === 0 ? shape.ffn : shape.expertFfn;
  const normOutput = (bytes * shape.hidden) / tokens;
  // Probabilities and the routing map of each token, in fp32.
  const router = (8 * shape.experts) / tokens;
  // Tokens are spread over the tensor-parallel ranks before they visit experts, and gathered again inside one.
  const visits = (shape.topK * layout.expertImbalance) / layout.tp;
  const routed =
    visits * (layout.etp * shape.hidden * productInputBytes(layout, "ffn") + inner * width + 4);
  const shared = (inner * shape.sharedExperts * width) / layout.tp;
  return normOutput + router + routed + shared;
}

/** What Megatron-LM can recompute for little time: outputs of norms and activation functions, expanded latent attention. */
function cheapActivations(
  shape: TransformerShape,
  layout: FilledLayout,
  kind: "dense" | "expert",
): number {
  const bytes = elementBytes(layout.precision);
  const sequences = layout.sequenceParallel ? layout.tp : 1;
  const normOutputs = (2 * shape.hidden * productInputBytes(layout, "ffn")) / sequences;
  const inner = innerUnits(shape, layout, kind);
  const products = (productInputBytes(layout, "ffn") * inner) / layout.tp;
  const { mla } = shape;
  const expanded =
    mla === undefined
      ? 0
      : (bytes * shape.heads * (2 * (mla.nopeSize + mla.ropeSize) + mla.vSize)) / layout.tp;
  return normOutputs + products + expanded;
}

/**
 * Selective checkpointing. PyTorch's, as torchtitan sets it up, keeps the input of the layer, the output of attention and
 * of every second matrix product (query, value, the first of the feed-forward layer and its last); compiled layers not the
 * last, which no gradient needs. MaxText's keeps the input of the layer, queries, keys and values (`save_qkv_proj`).
 */
function selectiveActivations(
  shape: TransformerShape,
  layout: FilledLayout,
  withoutScores: number,
): number {
  const { framework } = layout;
  if (framework === "maxtext") return Math.min(withoutScores, projectedActivations(shape, layout));
  if (framework !== "fsdp" || shape.experts > 0 || shape.mla !== undefined) return withoutScores;
  const bytes = elementBytes(layout.precision);
  const { heads, kvHeads, headSize } = headSizes(shape);
  const tokens = layout.sequenceParallel ? layout.tp : 1;
  const residual = ((layout.isEager ? 2 : 1) * bytes * shape.hidden) / tokens;
  const width = (headSize * (2 * heads + kvHeads) + shape.ffn) / layout.tp;
  return Math.min(withoutScores, residual + bytes * width + (4 * heads) / layout.tp);
}

function projectedActivations(shape: TransformerShape, layout: FilledLayout): number {
  const bytes = elementBytes(layout.precision);
  const { heads, kvHeads, headSize } = headSizes(shape);
  const sequences = layout.sequenceParallel ? layout.tp : 1;
  const projected = (headSize * (heads + 2 * Math.max(kvHeads, layout.tp))) / layout.tp;
  return bytes * (shape.hidden / sequences + projected);
}
