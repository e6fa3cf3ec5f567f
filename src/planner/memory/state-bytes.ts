import type { TransformerShape } from "../../schema/plan/model-shape.ts";
import type { FilledLayout } from "./fill-layout.ts";

/** Bytes per parameter on one accelerator, before they are shared among ranks. */
export interface StateBytes {
  weights: number;
  gradients: number;
  optimizer: number;
}

/**
 * Bytes of one trained parameter. Megatron-LM: bf16 weights, fp32 gradients, fp32 master weights and states. PyTorch's
 * FSDP and MaxText: fp32 weights, of which layers are gathered in bf16, fp32 gradients and states. DeepSpeed: bf16
 * weights and gradients, fp32 master weights and states.
 *
 * @see Rajbhandari et al. 2020 (ZeRO), section 3, https://arxiv.org/abs/1910.02054
 */
export function stateBytes(layout: FilledLayout, shape: TransformerShape): StateBytes {
  const { framework, precision, masterWeights } = layout;
  const gradients = layout.gradientFormat === "bf16" ? 2 : 4;
  const states = optimizerBytes(layout, shape);
  if (!masterWeights) return { weights: 2, gradients: 2, optimizer: states };
  if (precision === "fp32" || precision === "tf32") {
    return { weights: 4, gradients: 4, optimizer: states };
  }
  switch (framework) {
    case "megatron":
    case "deepspeed":
      return { weights: computeWeightBytes(layout), gradients, optimizer: 4 + states };
    case "fsdp":
    case "maxtext":
      return { weights: 4, gradients, optimizer: states };
  }
}

/** Bytes of a weight in the format of matrix products; 8-bit and 4-bit formats keep one copy for each direction. */
function computeWeightBytes(layout: FilledLayout): number {
  switch (layout.precision) {
    case "bf16":
    case "fp16":
    case "fp8":
      return 2;
    case "mxfp8":
      return 2 * (1 + 1 / 32);
    case "nvfp4":
      return (layout.keepsOnlyQuantizedWeights ? 0 : 2) + 2 * (0.5 + 1 / 16);
    case "tf32":
    case "fp32":
      return 4;
  }
}

/** States of the optimizer per parameter, without master weights. */
function optimizerBytes(layout: FilledLayout, shape: TransformerShape): number {
  const bytes = layout.masterWeights && layout.momentFormat === "fp32" ? 4 : 2;
  switch (layout.optimizer) {
    case "adamw":
    case "lamb":
      return 2 * bytes;
    case "adamw-8bit":
      // Two bytes, and one fp32 scale for 256 of each; embeddings keep fp32: Dettmers et al. 2022,
      // https://arxiv.org/abs/2110.02861.
      return 2 * (1 + 4 / 256) + (8 - 2 * (1 + 4 / 256)) * inputShare(shape);
    case "muon":
      return bytes * (1 + embeddingShare(shape));
    case "sgd":
    case "lars":
      return bytes;
    case "adafactor":
      // Row and column sums of each matrix: Shazeer and Stern 2018, https://arxiv.org/abs/1804.04235.
      return (2 * bytes) / shape.hidden;
  }
}

/** Share of the input embedding. */
function inputShare(shape: TransformerShape): number {
  return embeddingShare(shape) / (shape.tiedEmbeddings ? 1 : 2);
}

/** Muon leaves embeddings to AdamW, which keeps a second moment. */
function embeddingShare(shape: TransformerShape): number {
  const embeddings = (shape.tiedEmbeddings ? 1 : 2) * shape.vocab * shape.hidden;
  const matrices = shape.gated ? 3 : 2;
  const experts = Math.max(1, shape.experts);
  const width = shape.experts === 0 || shape.expertFfn === 0 ? shape.ffn : shape.expertFfn;
  const rest =
    shape.layers * (4 * shape.hidden * shape.hidden + matrices * experts * shape.hidden * width);
  return embeddings / (embeddings + rest);
}

/** Bytes of one weight of a frozen base model. */
export function frozenWeightBytes(base: "bf16" | "int8" | "nf4"): number {
  switch (base) {
    case "bf16":
      return 2;
    case "int8":
      return 1 + 4 / 4096;
    case "nf4":
      // One 8-bit scale for 64 weights, and an fp32 one for 256 of those: QLoRA, https://arxiv.org/abs/2305.14314.
      return 0.5 + 1 / 64 + 4 / (64 * 256);
  }
}
