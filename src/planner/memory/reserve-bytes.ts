import type { TransformerShape } from "../../schema/plan/model-shape.ts";
import type { FilledLayout } from "./fill-layout.ts";
import { elementBytes } from "./layer-activations.ts";
import type { PipelineStage } from "./pipeline-stages.ts";
import type { StageParameters } from "./stage-parameters.ts";

/** CUDA context with the kernels of a training program, bytes. */
const contextBytes = 0.6 * 2 ** 30;
/** Buffers of NCCL's communicators, bytes. */
const communicatorBytes = 0.6 * 2 ** 30;
/** Share of activations and buffers that the allocator cannot use. */
const fragmentationFraction = 0.03;

/**
 * Memory that no tensor uses: the context of the device, buffers for communication, and gaps between blocks.
 *
 * @param changingBytes activations and buffers, which come and go
 */
export function reserveBytes(acceleratorCount: number, changingBytes: number): number {
  const communicators = acceleratorCount > 1 ? communicatorBytes : 0;
  return contextBytes + communicators + fragmentationFraction * changingBytes;
}

/**
 * What PyTorch's allocator reserves and cannot use for other tensors: the buffer that FSDP gathers its largest group of
 * weights into, which belongs to a stream of its own (embedding and output matrix are one group); and the place of the bf16
 * logits, into which none of their fp32 gradients fits.
 *
 * @see https://github.com/pytorch/pytorch/blob/v2.6.0/torch/distributed/fsdp/_fully_shard/_fsdp_collectives.py
 */
export function poolBytes({
  shape,
  layout,
  stage,
  parameters,
}: {
  shape: TransformerShape;
  layout: FilledLayout;
  stage: PipelineStage;
  parameters: StageParameters;
}): number {
  if (layout.framework !== "fsdp") return 0;
  const bytes = elementBytes(layout.precision);
  const { largestLayer, vocabulary } = parameters;
  // Without a pipeline, the layer that is on the way is a buffer of its step.
  const onTheWay = layout.pp > 1 ? largestLayer : 0;
  const gathered =
    layout.sharding === "fsdp" && layout.shardCount > 1
      ? bytes * (onTheWay + Math.max(largestLayer, vocabulary))
      : 0;
  const isPlain = stage.hasHead && layout.loss === "plain";
  const tokens = (layout.microBatch * shape.seq) / layout.cp;
  return gathered + (isPlain && bytes === 2 ? (bytes * tokens * shape.vocab) / layout.tp : 0);
}
