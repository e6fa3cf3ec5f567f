import type { MetricTarget } from "./metric-target.ts";

/** Whether a value is good enough. NaN never is; an infinity never counts as reached. */
export function meetsTarget(target: MetricTarget, value: number): boolean {
  if (!Number.isFinite(value)) return false;
  return target.direction === "at-least" ? value >= target.value : value <= target.value;
}

/** Whether `a` is closer to the goal than `b`; a number beats NaN. */
export function isBetter(target: MetricTarget, a: number, b: number): boolean {
  if (Number.isNaN(b)) return !Number.isNaN(a);
  return target.direction === "at-least" ? a > b : a < b;
}
