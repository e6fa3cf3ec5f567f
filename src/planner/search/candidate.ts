import type { Accelerator } from "../../schema/catalogue.ts";
import type { PlannedEnergy, PlannedPrice } from "../../schema/plan/run-plan.ts";
import type { InterruptionRisk } from "../odds/interruptions.ts";
import type { TimeEstimate } from "./time-estimate.ts";

/** A machine with a time, a price and its expected cost and energy. */
export interface Candidate {
  accelerator: Accelerator;
  count: number;
  estimate: TimeEstimate;
  price: PlannedPrice;
  risk: InterruptionRisk;
  startMs: number;
  /** Expected, with restarts and checkpoints, without the queue; infinite if it never ends. */
  paidMs: number;
  usd: number;
  energy: PlannedEnergy | undefined;
}

/** Time, cost and energy; an unknown energy counts as the worst. */
export function valuesOf({ paidMs, usd, energy }: Candidate): readonly number[] {
  return [paidMs, usd, energy?.kwh ?? Number.POSITIVE_INFINITY];
}

/** Whole machines are paid. */
export function usdPerHour(
  { usdPerAcceleratorHour, perMachine }: PlannedPrice,
  count: number,
): number {
  return usdPerAcceleratorHour * perMachine * Math.ceil(count / perMachine);
}

/** The candidate with the smallest value; unknown values are the largest. */
export function least(
  candidates: readonly Candidate[],
  valueOf: (candidate: Candidate) => number | undefined,
): Candidate {
  const value = (candidate: Candidate): number => valueOf(candidate) ?? Number.POSITIVE_INFINITY;
  return candidates.reduce((best, one) => (value(one) < value(best) ? one : best));
}

/** Time times cost: twice the accelerators pay as long as they are more than the square root of 2 faster. */
export function balance({ paidMs, usd }: { paidMs: number; usd: number }): number {
  return paidMs * usd;
}
