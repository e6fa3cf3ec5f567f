import type { Calibration, CalibrationScope } from "../../schema/plan/calibration.ts";
import type { IntervalReach } from "../../schema/plan/interval-reach.ts";
import type { StepPrediction } from "../../schema/plan/step-prediction.ts";

/** What an interval is looked up by. */
export interface StepScope {
  generation: string;
  precision: string;
  stack: string;
  family: "dense" | "experts";
}

/** Distances that a reach ends at; those of the last one are larger. */
const reachEnds = [
  ["beside", 1.5],
  ["near", 4],
  ["far", 8],
] as const satisfies readonly (readonly [IntervalReach, number])[];

/** The reach of a prediction whose closest measurement has this distance. */
export function intervalReach(distance: number): IntervalReach {
  return reachEnds.find(([, end]) => distance < end)?.[0] ?? "beyond";
}

/** An unmeasured generation or precision widens the interval by this factor, in logarithms. */
const transferredWidening = 2.5;

/**
 * The interval that `level` of the measured steps fall into: quantiles of measured over predicted time of points that
 * the fit did not see (split conformal prediction, Vovk et al. 2005), from the most specific group that has them and as
 * far from any measurement. Choices that a layout leaves open widen it, since the fastest was taken.
 */
export function stepInterval(
  stepTimeMs: number,
  calibration: Calibration,
  scope: StepScope,
  certainty: { isTransferred: boolean; distance: number; spreadOfChoices: number },
): StepPrediction["intervalMs"] {
  let best: Calibration["intervals"][number] | undefined;
  let mostFields = -1;
  const reach = intervalReach(certainty.distance);
  for (const each of calibration.intervals) {
    if (each.reach !== reach) continue;
    const fields = matchingFields(each, scope);
    if (fields > mostFields) {
      best = each;
      mostFields = fields;
    }
  }
  const widening = certainty.isTransferred ? transferredWidening : 1;
  const low = (best?.low ?? 0.8) ** widening;
  const high = (best?.high ?? 1.25) ** widening * certainty.spreadOfChoices;
  return {
    low: stepTimeMs * Math.min(1, low),
    high: stepTimeMs * Math.max(1, high),
    level: calibration.level,
  };
}

/** Fields of the group that agree; -1 if one does not. */
function matchingFields(group: CalibrationScope, scope: StepScope): number {
  const { generation, precision, stack, family } = group;
  if (generation !== undefined && generation !== scope.generation) return -1;
  if (precision !== undefined && precision !== scope.precision) return -1;
  if (stack !== undefined && stack !== scope.stack) return -1;
  if (family !== undefined && family !== scope.family) return -1;
  return [generation, precision, stack, family].filter((name) => name !== undefined).length;
}
