import type { TransformerShape } from "../../schema/plan/model-shape.ts";
import type { TrainingMethod } from "../../schema/plan/fit-answer.ts";
import type { TrainingLayout } from "../../schema/plan/training-layout.ts";
import { memoryOfLayout, sumOfParts } from "../memory/memory-of-layout.ts";

/** A training whose memory is in question. */
export interface FitRequest {
  shape: TransformerShape;
  method: TrainingMethod;
  /** `globalBatch` and `dp` do not matter: they follow from the accelerators. */
  layout: TrainingLayout;
}

/** Memory of the fullest of some accelerators, bytes. */
export function requestBytes({ shape, layout }: FitRequest, count: number): number {
  return sumOfParts(memoryOfLayout(shape, layoutOn(layout, count), { count }));
}

/** The layout on a number of accelerators: one of them shares nothing. */
export function layoutOn(layout: TrainingLayout, count: number): TrainingLayout {
  const dp = Math.max(1, Math.floor(count / (layout.tp * layout.pp * layout.cp)));
  // Gradients of several passes are added up, as is usual where memory is scarce.
  const passes = layout.optimizerInBackward === true ? 1 : 4 * layout.pp;
  return { ...layout, dp, globalBatch: dp * (layout.microBatch ?? 1) * passes };
}
