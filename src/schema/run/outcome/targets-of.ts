import type { MetricTarget, TargetRequest } from "./metric-target.ts";

/** The targets in the order of the request. */
export function targetsOf({ target, furtherTargets = [] }: TargetRequest): MetricTarget[] {
  return target === undefined ? [] : [target, ...furtherTargets];
}

/** Whether one evaluation of one metric is not enough to meet the target. */
export function isCompound({ furtherTargets = [], targetWindow: window }: TargetRequest): boolean {
  return furtherTargets.length > 0 || window !== undefined;
}
