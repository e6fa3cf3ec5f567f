import type { StepPrediction } from "../../schema/plan/step-prediction.ts";
import type { StepShare } from "../../schema/plan/training-review.ts";

/**
 * What a predicted step is spent on, in words of a training: the parts add up to the step.
 *
 * @param plain the same layout without recomputation; undefined if it does not recompute
 */
export function sharesOfStep(
  { breakdown, stepTimeMs }: StepPrediction,
  plain: StepPrediction | undefined,
): { part: StepShare["part"]; ms: number }[] {
  const recomputation = plain === undefined ? 0 : Math.max(0, stepTimeMs - plain.stepTimeMs);
  const computed = breakdown.gemm + breakdown.attention + breakdown.elementwise;
  const shares: { part: StepShare["part"]; ms: number }[] = [
    { part: "compute", ms: computed - Math.min(recomputation, computed) },
    { part: "recomputation", ms: Math.min(recomputation, computed) },
    {
      part: "communication",
      ms:
        breakdown.tensorParallel +
        breakdown.contextParallel +
        breakdown.expertParallel +
        breakdown.pipelineTransfer +
        breakdown.dataParallel,
    },
    { part: "bubble", ms: breakdown.bubble },
    { part: "stragglers", ms: breakdown.stragglers },
    { part: "other", ms: breakdown.optimizer + breakdown.offload + breakdown.host },
  ];
  return shares.filter(({ ms }) => ms > 0);
}
