import type { TransformerShape } from "../../schema/plan/model-shape.ts";
import type { ParameterCounts } from "../model/count-parameters.ts";
import { elementBytes } from "./layer-activations.ts";
import type { FilledLayout } from "./fill-layout.ts";
import type { PipelineStage } from "./pipeline-stages.ts";
import type { StageParameters } from "./stage-parameters.ts";

interface StageInputs {
  shape: TransformerShape;
  layout: FilledLayout;
  counts: ParameterCounts;
  stage: PipelineStage;
  parameters: StageParameters;
}

/** Buffers of weights and their gradients, whatever the micro batch and what is recomputed; bytes. */
export interface WeightBuffers {
  gathered: number;
  placeholders: number;
  dequantized: number;
  /** Gradients of one layer, after the logits are freed. */
  layerGradients: number;
}

export function weightBuffers(inputs: StageInputs): WeightBuffers {
  return {
    gathered: gatheredWeights(inputs),
    placeholders: placeholderGradients(inputs),
    dequantized: dequantizedWeights(inputs),
    layerGradients: layerGradients(inputs),
  };
}

interface BufferInputs {
  shape: TransformerShape;
  layout: FilledLayout;
  stage: PipelineStage;
  weights: WeightBuffers;
  /** Tokens of a rank in one pass. */
  tokens: number;
  /** Passes whose activations are kept. */
  passes: number;
  /** Activations of the layer that is recomputed, bytes; logits are freed before. */
  recomputed: number;
}

/** What exists for a moment when memory is fullest: logits or gradients of activations, and gathered weights. */
export function stageBuffers(inputs: BufferInputs): number {
  const { weights } = inputs;
  const logits = inputs.stage.hasHead ? logitsBytes(inputs) : 0;
  return (
    Math.max(logits - inputs.recomputed, activationGradients(inputs) + weights.layerGradients) +
    gatheredSequences(inputs) +
    pipelineBuffers(inputs) +
    weights.gathered +
    weights.placeholders +
    weights.dequantized
  );
}

/** Share of the logits that a chunked loss computes at a time. */
const lossChunk = 1 / 8;

function logitsBytes(inputs: BufferInputs): number {
  const { shape, layout, stage, tokens } = inputs;
  const logits = (tokens * shape.vocab) / layout.tp;
  return (1 + stage.mtpLayers) * logits * bytesPerLogit(layout);
}

/**
 * Megatron-LM's fused cross-entropy writes gradients over the bf16 logits, and without it keeps them in fp32 too.
 *
 * PyTorch's keeps log-probabilities and two gradients in fp32; with logits split by tensor parallelism, one more. Its
 * chunked loss, as in torchtune, keeps the bf16 logits of all chunks, and the gradient of one.
 *
 * @see https://github.com/pytorch/pytorch/blob/v2.6.0/torch/distributed/tensor/parallel/loss.py
 */
function bytesPerLogit({ framework, attention, precision, loss, tp }: FilledLayout): number {
  const bytes = elementBytes(precision);
  const isFused = loss === "fused" && attention === "flash";
  if (loss === "chunked")
    return framework === "fsdp" ? (1 + lossChunk) * bytes : lossChunk * (bytes + 4);
  if (framework === "megatron") return isFused ? bytes : bytes + 4;
  if (isFused) return 2 * bytes;
  return tp > 1 ? 16 : 12;
}

/**
 * PyTorch's pipelines have a buffer for the input of each pass and for the gradient of its output, and keep the output
 * until it goes back. Inputs of passes that are in flight are activations.
 *
 * @see https://github.com/pytorch/pytorch/blob/v2.6.0/torch/distributed/pipelining/stage.py
 */
function pipelineBuffers(inputs: BufferInputs): number {
  const { shape, layout, stage, passes } = inputs;
  const { framework, pp, vp, microBatches, sequenceParallel, tp } = layout;
  if (framework !== "fsdp" || pp === 1) return 0;
  const tokens = inputs.tokens / (sequenceParallel ? tp : 1);
  const boundary = elementBytes(layout.precision) * tokens * shape.hidden * vp;
  const waiting = stage.hasEmbedding ? 0 : microBatches - passes;
  const outputs = stage.hasHead ? 0 : microBatches + passes;
  return boundary * (waiting + outputs);
}

/** Gradients of the inner activations of a feed-forward layer during its backward pass. */
function activationGradients(inputs: BufferInputs): number {
  const { shape, layout, stage } = inputs;
  const inner = shape.gated ? 3 : 2;
  const width = shape.expertFfn === 0 ? shape.ffn : shape.expertFfn;
  const dense = stage.denseLayers > 0 ? inner * shape.ffn : 0;
  const expert =
    stage.expertLayers > 0 ? shape.topK * (inner * width + shape.hidden * layout.etp) : 0;
  const tokens = inputs.tokens / layout.tp;
  return elementBytes(layout.precision) * tokens * Math.max(dense, expert);
}

/** With sequence parallelism, the whole sequence is gathered before a matrix product and scattered after it. */
function gatheredSequences(inputs: BufferInputs): number {
  const { shape, layout, tokens } = inputs;
  if (!layout.sequenceParallel || layout.tp === 1) return 0;
  return 2 * elementBytes(layout.precision) * tokens * shape.hidden;
}

/** Weights that are gathered for one layer while the next is on its way, and gradients that wait to be reduced. */
function gatheredWeights({ shape, layout, parameters }: StageInputs): number {
  const { sharding, framework, shardCount } = layout;
  if (sharding === "none" || shardCount === 1) return 0;
  if (framework === "deepspeed") {
    return deepSpeedBuckets(layout, parameters.dense + parameters.experts);
  }
  if (sharding !== "fsdp" && sharding !== "zero3") return 0;
  return framework === "maxtext"
    ? matricesOnTheWay(shape, layout, parameters)
    : layersOnTheWay(layout, parameters);
}

/**
 * XLA gathers the matrices of a layer and reduces their gradients; where memory is scarce, one after the other. The largest are
 * those of the feed-forward layer or of all experts.
 */
function matricesOnTheWay(
  { gated }: TransformerShape,
  layout: FilledLayout,
  { largestLayer }: StageParameters,
): number {
  const copies = layout.adapter === undefined ? 2 : 1;
  const matrices = layout.gathersOneMatrix ? (gated ? 3 : 2) : 1;
  return (copies * elementBytes(layout.precision) * largestLayer) / matrices;
}

/** Whether PyTorch gathers layers before they compute, and frees them after it. */
function isGatheredInTorch({ framework, sharding, shardCount, pp }: FilledLayout): boolean {
  return framework === "fsdp" && sharding === "fsdp" && shardCount > 1 && pp === 1;
}

/** Gradients of one layer that PyTorch reduces, and their copy in the format of the reduction; after the logits are freed. */
function layerGradients({ layout, parameters }: StageInputs): number {
  if (!isGatheredInTorch(layout) || layout.adapter !== undefined) return 0;
  const reduced = layout.gradientFormat === "bf16" ? 0 : 4;
  return (elementBytes(layout.precision) + reduced) * parameters.largestLayer;
}

/**
 * PyTorch and Megatron-LM gather and reduce layer by layer. PyTorch gathers embedding and output matrix together, for the
 * whole step, and reduces the gradient of the output matrix at its end; others gather them one after the other.
 */
function layersOnTheWay(layout: FilledLayout, parameters: StageParameters): number {
  const bytes = elementBytes(layout.precision);
  const isTrained = layout.adapter === undefined;
  const isNarrow = layout.gradientFormat === "bf16";
  if (layout.framework === "fsdp" && layout.pp > 1) {
    // With a pipeline, a stage stays gathered for all passes and adds up its gradients.
    const added = isNarrow ? 2 : 4;
    const whole = parameters.dense + parameters.experts;
    return bytes * whole + (isTrained ? added * whole + bytes * parameters.largestLayer : 0);
  }
  const { largestLayer, vocabulary, hasBothEnds } = parameters;
  const oneEnd = vocabulary / (hasBothEnds ? 2 : 1);
  if (isGatheredInTorch(layout))
    return bytes * (2 * largestLayer + vocabulary + (isTrained ? oneEnd : 0));
  const reduced = bytes + (isNarrow ? 0 : 4);
  const gradients = isTrained ? reduced * largestLayer : 0;
  return bytes * (2 * largestLayer + oneEnd) + gradients;
}

/**
 * Buckets of DeepSpeed's defaults: 5e8 elements to reduce and to gather; ZeRO-3 keeps up to 1e9 weights gathered.
 *
 * @see https://www.deepspeed.ai/docs/config-json/#zero-optimizations-for-fp16-training
 */
function deepSpeedBuckets({ sharding }: FilledLayout, parameters: number): number {
  const bucket = Math.min(parameters, 5e8);
  const live = sharding === "zero3" ? Math.min(parameters, 1e9) : bucket;
  return 2 * (bucket + live);
}

/**
 * Transformer Engine hands autograd one bf16 tensor of each weight's shape in place of the gradient that it has added
 * to the fp32 sum; layers of equal shape share it.
 */
function placeholderGradients({ shape, layout, counts, stage }: StageInputs): number {
  const isUsed =
    layout.framework === "megatron" &&
    layout.attention === "flash" &&
    layout.masterWeights &&
    layout.adapter === undefined;
  if (!isUsed) return 0;
  const attention =
    counts.attentionReplicated + (counts.attention - counts.attentionReplicated) / layout.tp;
  const dense = stage.denseLayers > 0 ? counts.denseFfn : 0;
  const experts =
    stage.expertLayers > 0 ? counts.sharedExperts + (counts.oneExpert * layout.tp) / layout.etp : 0;
  const head = stage.hasHead ? shape.vocab * shape.hidden : 0;
  return 2 * (attention + (dense + experts + head) / layout.tp);
}

/** The largest matrix of a quantized base model, in 16 bits. */
function dequantizedWeights({ shape, layout }: StageInputs): number {
  const base = layout.adapter?.base ?? "bf16";
  return base === "bf16" ? 0 : (2 * shape.hidden * shape.ffn) / layout.tp;
}
