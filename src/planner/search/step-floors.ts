import { spreadLayoutOf } from "../step/prepare-step.ts";
import type { LayerCosts, StepContext } from "../step/step-context.ts";
import { stepFloor } from "../step/step-time.ts";
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
  return microBatches * (floors.batchMs[at] ?? 0) + (floors.stepMs[at] ?? 0);
}

function computeFloor(
  { batchMs, stepMs }: StepFloors,
  at: number,
  { layers, stages }: Trial,
  { setting, context, costs }: FloorInputs,
): void {
  const trial = { layers, stages, dp: 1, globalBatch: layers.microBatch };
  const spread = spreadLayoutOf(layoutOfTrial(trial, setting), 1);
  const floor = stepFloor(context, costs, spread);
  batchMs[at] = floor.batchMs;
  stepMs[at] = floor.stepMs;
}
