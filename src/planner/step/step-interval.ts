import type { Calibration, CalibrationScope } from "../../schema/plan/calibration.ts";
import type { StepPrediction } from "../../schema/plan/step-prediction.ts";

/** What an interval is looked up by. */
export interface StepScope {
  generation: string;
  precision: string;
  stack: string;
  family: "dense" | "experts";
}

/** Measurements that are closer than this correct a prediction. */
export const nearDistance = 4;

/** An unmeasured generation or precision widens the interval by this factor, in logarithms. */
const transferredWidening = 2.5;

/**
 * The interval that `level` of the measured steps fall into: quantiles of measured over predicted time of points that
 * the fit did not see (split conformal prediction, Vovk et al. 2005), from the most specific group that has them. Choices
 * that a layout leaves open widen it, since the fastest was taken.
 */
export function stepInterval(
  stepTimeMs: number,
  calibration: Calibration,
  scope: StepScope & { isTransferred: boolean; distance: number; spreadOfChoices: number },
): StepPrediction["intervalMs"] {
  let best: Calibration["intervals"][number] | undefined;
  let mostFields = -1;
  for (const each of calibration.intervals) {
    if ((each.reach === "near") !== scope.distance < nearDistance) continue;
    const fields = matchingFields(each, scope);
    if (fields > mostFields) {
      best = each;
      mostFields = fields;
    }
  }
  const widening = scope.isTransferred ? transferredWidening : 1;
  const low = (best?.low ?? 0.8) ** widening;
  const high = (best?.high ?? 1.25) ** widening * scope.spreadOfChoices;
  return {
    low: stepTimeMs * Math.min(1, low),
    high: stepTimeMs * Math.max(1, high),
    level: calibration.level,
  };
}

/** Fields of the group that agree; -1 if one does not. */
function matchingFields(group: CalibrationScope, scope: StepScope): number {
  let fields = 0;
  for (const name of ["generation", "precision", "stack", "family"] as const) {
    if (group[name] === undefined) continue;
    if (group[name] !== scope[name]) return -1;
    fields++;
  }
  return fields;
}
