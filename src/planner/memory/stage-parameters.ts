import type { TransformerShape } from "../../schema/plan/model-shape.ts";
import { headSizes, type ParameterCounts } from "../model/count-parameters.ts";
import { adapterParameters } from "./adapter-parameters.ts";
import type { FilledLayout } from "./fill-layout.ts";
import type { PipelineStage } from "./pipeline-stages.ts";

/** Parameters that one rank of a stage computes with, before they are sharded over data-parallel ranks. */
export interface StageParameters {
  /** Shared by all data-parallel ranks: everything but routed experts. */
  dense: number;
  /** Routed experts. */
  experts: number;
  /** Of `dense`, embedding and output matrix. */
  vocabulary: number;
  /** `vocabulary` holds two matrices. */
  hasBothEnds: boolean;
  /** The largest layer. */
  largestLayer: number;
  /** Trained parameters of adapters; 0 without adapters. */
  adapters: number;
}

/** Counts the parameters of a stage on one rank. */
export function stageParameters(
  counts: ParameterCounts,
  shape: TransformerShape,
  layout: FilledLayout,
  stage: PipelineStage,
): StageParameters {
  const { tp, ep, etp } = layout;
  const attention = attentionOnRank(counts, shape, tp) + counts.norms;
  const denseLayer = attention + counts.denseFfn / tp;
  const beside = attention + counts.router + counts.sharedExperts / tp;
  const routed = counts.routedExperts / (ep * etp);
  const ahead = 2 * shape.hidden * shape.hidden + 3 * shape.hidden;
  const hasExperts = shape.experts > 0;
  const denseLayers = stage.denseLayers + (hasExperts ? 0 : stage.mtpLayers);
  const expertLayers = stage.expertLayers + (hasExperts ? stage.mtpLayers : 0);
  const vocabulary =
    ((stage.hasEmbedding ? counts.embedding : 0) + (stage.hasHead ? counts.head : 0)) / tp;
  const dense =
    denseLayers * denseLayer + expertLayers * beside + stage.mtpLayers * ahead + vocabulary;
  return {
    dense: dense + (stage.hasHead ? shape.hidden : 0),
    experts: expertLayers * routed,
    vocabulary,
    hasBothEnds: stage.hasEmbedding && stage.hasHead && counts.head > 0,
    largestLayer: Math.max(
      denseLayers > 0 ? denseLayer : 0,
      expertLayers > 0 ? beside + routed : 0,
    ),
    adapters: adaptersOnRank(shape, layout, { denseLayers, expertLayers }),
  };
}

/** Heads of keys and values are copied where there are fewer of them than tensor-parallel ranks. */
function attentionOnRank(counts: ParameterCounts, shape: TransformerShape, tp: number): number {
  const divided = (counts.attention - counts.attentionReplicated) / tp;
  if (shape.mla !== undefined) return counts.attentionReplicated + divided;
  const { kvHeads, headSize } = headSizes(shape);
  const copied = Math.max(0, 1 - kvHeads / tp);
  return divided + 2 * shape.hidden * headSize * copied;
}

function adaptersOnRank(
  shape: TransformerShape,
  { adapter, tp, ep, etp }: FilledLayout,
  layers: { denseLayers: number; expertLayers: number },
): number {
  if (adapter === undefined) return 0;
  const each = adapterParameters(shape, adapter);
  const dense = layers.denseLayers * (each.attention + each.dense);
  const expert = layers.expertLayers * (each.attention + each.shared);
  return (dense + expert) / tp + (layers.expertLayers * each.expert) / (ep * etp);
}
