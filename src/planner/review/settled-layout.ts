import type { StepPrediction } from "../../schema/plan/step-prediction.ts";
import type { TrainingLayout } from "../../schema/plan/training-layout.ts";

const recomputes = ["none", "selective", "full"] as const;

/** A layout with the choices that its prediction made: `assumed` begins with the value, as in `5: the fastest that fits`. */
export function settledLayout(layout: TrainingLayout, { assumed }: StepPrediction): TrainingLayout {
  const valueOf = (name: string): string | undefined => assumed[name]?.split(":")[0];
  const microBatch = layout.microBatch ?? countOf(valueOf("microBatch"));
  const vp = layout.vp ?? countOf(valueOf("vp"));
  const recompute = layout.recompute ?? recomputes.find((one) => one === valueOf("recompute"));
  return {
    ...layout,
    ...(microBatch === undefined ? {} : { microBatch }),
    ...(vp === undefined ? {} : { vp }),
    ...(recompute === undefined ? {} : { recompute }),
  };
}

function countOf(text: string | undefined): number | undefined {
  const count = Number(text);
  return Number.isInteger(count) && count > 0 ? count : undefined;
}
