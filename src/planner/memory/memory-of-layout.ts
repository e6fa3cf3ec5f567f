import type { TransformerShape } from "../../schema/plan/model-shape.ts";
import type { MemoryParts } from "../../schema/plan/step-prediction.ts";
import type { TrainingLayout } from "../../schema/plan/training-layout.ts";
import { countParameters } from "../model/count-parameters.ts";
import { fillLayout, type FilledLayout } from "./fill-layout.ts";
import { layerActivations, type LayerActivations } from "./layer-activations.ts";
import { candidateStages, passesKept, type PipelineStage } from "./pipeline-stages.ts";
import { poolBytes, reserveBytes } from "./reserve-bytes.ts";
import { stageParameters, type StageParameters } from "./stage-parameters.ts";
import { stageStates } from "./stage-states.ts";
import { stageBuffers, type WeightBuffers, weightBuffers } from "./stage-buffers.ts";

/**
 * Memory of the fullest accelerator in bytes, by part; the parts add up to what the accelerator must have.
 *
 * @param layout what it leaves open is filled in with the framework's usual value, and one sequence in a pass
 * @param hardware `count`: all accelerators of the run
 * @example memoryOfLayout(shape, { tp: 2, pp: 1, cp: 1, ep: 1, globalBatch: 64, precision: "bf16" }, { count: 8 })
 */
export function memoryOfLayout(
  shape: TransformerShape,
  layout: TrainingLayout,
  hardware: { readonly count: number },
): MemoryParts {
  return memoryOfFilled(shape, fillLayout(layout, shape, hardware.count), hardware.count);
}

/** Like `memoryOfLayout`, with every choice made. */
export function memoryOfFilled(
  shape: TransformerShape,
  filled: FilledLayout,
  acceleratorCount: number,
): MemoryParts {
  return memoryFrom(memoryBasis(shape, filled), filled, acceleratorCount);
}

/** What memory depends on whatever the micro batch, what is recomputed and offloaded: layouts that differ in these share it. */
export interface MemoryBasis {
  shape: TransformerShape;
  /** Bytes that layers keep per token. */
  perToken: { dense: LayerActivations; expert: LayerActivations };
  /** Those that can be the fullest. */
  stages: readonly StageBasis[];
}

interface StageBasis {
  stage: PipelineStage;
  parameters: StageParameters;
  states: Pick<MemoryParts, "weights" | "gradients" | "optimizer">;
  weightBuffers: WeightBuffers;
}

/** @param filled its micro batches, `recompute`, `recomputeFraction` and `offloadActivationLayers` do not count */
export function memoryBasis(shape: TransformerShape, filled: FilledLayout): MemoryBasis {
  const counts = countParameters(shape);
  return {
    shape,
    perToken: {
      dense: layerActivations(shape, filled, "dense"),
      expert: shape.experts === 0 ? noLayer : layerActivations(shape, filled, "expert"),
    },
    stages: candidateStages(shape, filled).map((stage) => {
      const parameters = stageParameters(counts, shape, filled, stage);
      const inputs = { shape, layout: filled, counts, stage, parameters };
      const states = stageStates(shape, filled, parameters);
      return { stage, parameters, states, weightBuffers: weightBuffers(inputs) };
    }),
  };
}

/** Memory of the fullest accelerator of one of the layouts that share a basis. */
export function memoryFrom(
  basis: MemoryBasis,
  filled: FilledLayout,
  acceleratorCount: number,
): MemoryParts {
  let fullest: MemoryParts | undefined;
  for (const each of basis.stages) {
    const parts = stageMemory(basis, each, filled, acceleratorCount);
    if (fullest === undefined || sumOfParts(parts) > sumOfParts(fullest)) fullest = parts;
  }
  return fullest ?? nothing;
}

/** Sum of all parts, bytes. */
export function sumOfParts(parts: MemoryParts): number {
  const { weights, gradients, optimizer, activations, buffers, reserve } = parts;
  return weights + gradients + optimizer + activations + buffers + reserve;
}

const noLayer: LayerActivations = { all: 0, selective: 0, input: 0 };
const nothing: MemoryParts = {
  weights: 0,
  gradients: 0,
  optimizer: 0,
  activations: 0,
  buffers: 0,
  reserve: 0,
};

function stageMemory(
  { shape, perToken }: MemoryBasis,
  { stage, parameters, states, weightBuffers: weights }: StageBasis,
  layout: FilledLayout,
  acceleratorCount: number,
): MemoryParts {
  const tokens = (layout.microBatch * shape.seq) / layout.cp;
  const passes = passesKept(layout, stage);
  const held = { shape, layout, perToken, stage, tokens, passes };
  const kept = keptActivations(held);
  const recomputed = recomputedActivations(held);
  const activations = kept + recomputed;
  const buffers = stageBuffers({ shape, layout, stage, weights, tokens, passes, recomputed });
  const pools = poolBytes({ shape, layout, stage, parameters });
  return {
    weights: states.weights,
    gradients: gradientsAtPeak(states.gradients, activations, layout, parameters),
    optimizer: states.optimizer,
    activations,
    buffers,
    reserve: reserveBytes(acceleratorCount, activations + buffers) + pools,
  };
}

/**
 * PyTorch frees gradients after each step: with one pass in a step, they grow while activations are freed, so that both
 * never exist in full. With several passes they stay. Those that FSDP reduces stay reserved on the stream that reduces them.
 */
function gradientsAtPeak(
  gradients: number,
  activations: number,
  layout: FilledLayout,
  { largestLayer, vocabulary, hasBothEnds }: StageParameters,
): number {
  const largest = Math.max(largestLayer, vocabulary / (hasBothEnds ? 2 : 1));
  const ofLayer = Math.min(gradients, (layout.masterWeights ? 4 : 2) * largest);
  if (layout.optimizerInBackward) return ofLayer;
  const grows = layout.framework === "fsdp" && layout.shardCount === 1 && layout.microBatches === 1;
  if (!grows || layout.pp > 1) return gradients;
  return Math.max(layout.adapter === undefined ? ofLayer : 0, gradients - activations);
}

interface HeldActivations {
  shape: TransformerShape;
  layout: FilledLayout;
  perToken: MemoryBasis["perToken"];
  stage: PipelineStage;
  tokens: number;
  passes: number;
}

/** Activations that wait for their backward pass, bytes. */
function keptActivations(held: HeldActivations): number {
  const { layout, perToken, stage, tokens, passes } = held;
  const denseLayers = denseLayersOf(held);
  const expertLayers = expertLayersOf(held);
  const dense = keptPerToken(perToken.dense, layout);
  const expert = keptPerToken(perToken.expert, layout);
  const kept = denseLayers * dense + expertLayers * expert;
  const layers = denseLayers + expertLayers;
  const offloaded = Math.min(layout.offloadActivationLayers, layers);
  const resident = layers === 0 ? 0 : (kept * (layers - offloaded)) / layers;
  const largest = Math.max(denseLayers > 0 ? dense : 0, expertLayers > 0 ? expert : 0);
  const copied = Math.min(offloaded, 2) * largest;
  // The last stage also keeps the input and output of the norm before the output matrix.
  const head = stage.hasHead ? 2 * perToken.dense.input : 0;
  return tokens * (passes * resident + copied + head);
}

/** Activations of the layer that is recomputed, bytes. */
function recomputedActivations(held: HeldActivations): number {
  const { layout, perToken, tokens } = held;
  const recomputed = Math.max(
    denseLayersOf(held) > 0 ? recomputedPerToken(perToken.dense, layout) : 0,
    expertLayersOf(held) > 0 ? recomputedPerToken(perToken.expert, layout) : 0,
  );
  return tokens * recomputed;
}

function denseLayersOf({ shape, stage }: HeldActivations): number {
  return stage.denseLayers + (shape.experts > 0 ? 0 : stage.mtpLayers);
}

function expertLayersOf({ shape, stage }: HeldActivations): number {
  return stage.expertLayers + (shape.experts > 0 ? stage.mtpLayers : 0);
}

function keptPerToken(layer: LayerActivations, layout: FilledLayout): number {
  const share = layout.recomputeFraction;
  switch (layout.recompute) {
    case "none":
      return layer.all;
    case "selective":
      return share * layer.selective + (1 - share) * layer.all;
    case "full":
      return share * layer.input + (1 - share) * layer.all;
  }
}

/** What one layer recomputes before its backward pass. */
function recomputedPerToken(layer: LayerActivations, layout: FilledLayout): number {
  if (layout.recomputeFraction === 0) return 0;
  switch (layout.recompute) {
    case "none":
      return 0;
    case "selective":
      return layer.all - layer.selective;
    case "full":
      return layer.all - layer.input;
  }
}
