import { spreadLayoutOf } from "../step/prepare-step.ts";
import type { LayerCosts, StepContext } from "../step/step-context.ts";
import { part, partCount, stepPartsInto } from "../step/step-time.ts";
import { layoutOfTrial, type SplitSetting, type Trial } from "./model-split.ts";

/** Lower bounds of the step time of one split of layers, ms, by index of its stages. */
export interface StepFloors {
  /** Of each micro batch; 0: not computed yet. */
  batchMs: Float64Array;
  /** Of each step. */
  stepMs: Float64Array;
}

/** What the floors of a split depend on. */
export interface FloorInputs {
  setting: SplitSetting;
  context: StepContext;
  costs: LayerCosts;
}

/** A lower bound of the step time of a trial, whose stages are number `at`. */
export function leastStepMs(
  floors: StepFloors,
  at: number,
  trial: Trial,
  inputs: FloorInputs,
): number {
  if (floors.batchMs[at] === 0) computeFloor(floors, at, trial, inputs);
  const microBatches = trial.globalBatch / (trial.dp * trial.layers.microBatch);
  return microBatches * valueAt(floors.batchMs, at) + valueAt(floors.stepMs, at);
}

/** Parts that are proportional to the number of micro batches and do not depend on ranks. */
const layerParts = [
  part.gemm,
  part.attention,
  part.elementwise,
  part.tensorParallel,
  part.contextParallel,
  part.expertParallel,
];

/**
 * Bounds what does not depend on the number of data-parallel ranks, from a step of one micro batch on one rank. Transfers
 * between stages are at least those of the faster link.
 */
function computeFloor(
  { batchMs, stepMs }: StepFloors,
  at: number,
  trial: Trial,
  inputs: FloorInputs,
): void {
  const near = partsOn(trial, inputs, 1);
  let transfer = valueAt(near, part.pipelineTransfer);
  let bubble = valueAt(near, part.bubble);
  if (transfer > 0 && !hasFasterLinksInside(inputs.context)) {
    const far = partsOn(trial, inputs, inputs.context.hardware.perNode + 1);
    transfer = Math.min(transfer, valueAt(far, part.pipelineTransfer));
    bubble = Math.min(bubble, valueAt(far, part.bubble));
  }
  let layers = 0;
  for (const each of layerParts) layers += valueAt(near, each);
  batchMs[at] = layers + transfer;
  stepMs[at] = valueAt(near, part.host) + bubble;
}

/** Links inside a scale-up domain are faster than the network, as everywhere but in some workstations. */
function hasFasterLinksInside({ hardware, constants }: StepContext): boolean {
  const inside = hardware.scaleUpBytesPerMs * constants.scaleUpShare;
  const outside = hardware.networkBytesPerMs * constants.networkShare;
  return inside >= outside && constants.scaleUpLatencyMs <= constants.networkLatencyMs;
}

function partsOn(
  { layers, stages }: Trial,
  { setting, context, costs }: FloorInputs,
  dp: number,
): Float64Array {
  const globalBatch = dp * layers.microBatch;
  const layout = layoutOfTrial({ layers, stages, dp, globalBatch }, setting);
  const parts = new Float64Array(partCount);
  stepPartsInto(parts, context, costs, spreadLayoutOf(layout, 1));
  return parts;
}

function valueAt(values: Float64Array, at: number): number {
  return values[at] ?? 0;
}
