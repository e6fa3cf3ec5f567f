import type { TransformerShape } from "../../schema/plan/model-shape.ts";
import type { FilledLayout } from "./fill-layout.ts";

/** What one pipeline stage holds. */
export interface PipelineStage {
  denseLayers: number;
  expertLayers: number;
  mtpLayers: number;
  hasEmbedding: boolean;
  hasHead: boolean;
  /** Position in the pipeline. */
  index: number;
}

/**
 * The stages that can be the fullest: the first one keeps the most passes, the second is the first without an
 * embedding, and the last one has the logits. Layers that do not divide leave out one layer of the last chunk, then of
 * the first, as Llama 3 does.
 */
export function candidateStages(shape: TransformerShape, layout: FilledLayout): PipelineStage[] {
  const { pp } = layout;
  if (layout.schedule === "dualpipe" && pp > 1) return [dualPipeStage(shape, layout)];
  const layers = stageLayers(shape.layers, layout);
  const stages = [stageAt(shape, layout, { index: 0, layers: layers.first, skipped: 0 })];
  if (pp > 2) {
    stages.push(stageAt(shape, layout, { index: 1, layers: layers.inner, skipped: layers.first }));
  }
  if (pp > 1) {
    const skipped = shape.layers - layers.last;
    stages.push(stageAt(shape, layout, { index: pp - 1, layers: layers.last, skipped }));
  }
  return stages;
}

function stageLayers(
  layers: number,
  { pp, vp }: FilledLayout,
): { first: number; inner: number; last: number } {
  const chunks = pp * vp;
  const perChunk = Math.ceil(layers / chunks);
  const missing = chunks * perChunk - layers;
  const last = pp === 1 ? layers : vp * perChunk - Math.min(missing, 1);
  const first = pp === 1 ? layers : vp * perChunk - (missing > 1 ? 1 : 0);
  const inner = pp > 2 ? Math.ceil((layers - first - last) / (pp - 2)) : 0;
  return { first, inner, last };
}

interface StagePosition {
  index: number;
  layers: number;
  /** Layers of the stages before. */
  skipped: number;
}

function stageAt(
  shape: TransformerShape,
  layout: FilledLayout,
  { index, layers, skipped }: StagePosition,
): PipelineStage {
  const isLast = index === layout.pp - 1;
  const firstExpertLayer = shape.experts === 0 ? shape.layers : shape.denseLayers;
  const denseLayers = Math.max(0, Math.min(layers, firstExpertLayer - skipped));
  return {
    denseLayers,
    expertLayers: layers - denseLayers,
    mtpLayers: isLast ? shape.mtpLayers : 0,
    hasEmbedding: index === 0 || (isLast && (shape.tiedEmbeddings || shape.mtpLayers > 0)),
    hasHead: isLast,
    index,
  };
}

/**
 * Passes whose activations a stage keeps at the same time; interleaved schedules keep fractions of a pass.
 *
 * @see Narayanan et al. 2021, section 2.2, https://arxiv.org/abs/2104.04473; Qi et al. 2023 (zero bubble),
 * https://arxiv.org/abs/2401.10241
 */
export function passesKept(
  { schedule, pp, vp, microBatches }: FilledLayout,
  { index }: PipelineStage,
): number {
  if (pp === 1) return 1;
  switch (schedule) {
    case "gpipe":
      return microBatches;
    case "1f1b":
      return Math.min(microBatches, pp - index);
    case "zb":
      return Math.min(microBatches, pp);
    case "dualpipe":
      // Two stages on each rank: half of the passes belong to each direction.
      return Math.min(microBatches, pp + 1) / 2;
    case "interleaved": {
      const chunks = vp === 1 ? pp - index : 2 * (pp - index - 1) + (vp - 1) * pp + 1;
      return Math.min(microBatches * vp, chunks) / vp;
    }
  }
}

/**
 * DualPipe: each rank holds the stages of both directions, and keeps one pass more than there are stages.
 *
 * @see DeepSeek-V3, table 2, https://arxiv.org/abs/2412.19437
 */
function dualPipeStage(shape: TransformerShape, layout: FilledLayout): PipelineStage {
  const layers = Math.ceil(shape.layers / layout.pp);
  const dense = shape.experts === 0 ? 2 * layers : Math.min(shape.denseLayers, layers);
  return {
    denseLayers: dense,
    expertLayers: 2 * layers - dense,
    mtpLayers: shape.mtpLayers,
    hasEmbedding: true,
    hasHead: true,
    index: 0,
  };
}
