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

/** Distance at which the closest measurement tells nothing about the model. */
export const farEnd = 8;

/** Distance at which another layout of the model is no longer next to a measurement. */
export const besideEnd = 1.5;

/** Distances that a reach ends at; those of the last one are larger. */
const reachEnds = [
  ["beside", besideEnd],
  ["near", 4],
  ["far", farEnd],
] as const satisfies readonly (readonly [IntervalReach, number])[];

/** The setting of a prediction was measured with another model if one is at most this far away without the models. */
const settingEnd = 4;

/** Distances of the closest measurement of each kind; infinite without one. */
export interface EvidenceDistances {
  /** Of any. */
  distance: number;
  /** Of those of the same layout, on another number of accelerators; read only next to a measurement. */
  scaleDistance: number;
  /** Of any, without the sizes of the models; read only beyond `farEnd`. */
  settingDistance: number;
}

/** The reach of a prediction. */
export function intervalReach({
  distance,
  scaleDistance,
  settingDistance,
}: EvidenceDistances): IntervalReach {
  if (scaleDistance < besideEnd) return "scaled";
  const reach = reachEnds.find(([, end]) => distance < end)?.[0];
  return reach ?? (settingDistance < settingEnd ? "setting" : "beyond");
}

/** What an interval depends on, besides its scope. */
export interface IntervalCertainty extends EvidenceDistances {
  isTransferred: boolean;
  spreadOfChoices: number;
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
  certainty: IntervalCertainty,
): StepPrediction["intervalMs"] {
  let best: Calibration["intervals"][number] | undefined;
  let mostFields = -1;
  const reach = intervalReach(certainty);
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
