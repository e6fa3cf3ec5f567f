import type { MetricTarget } from "./metric-target.ts";

/** Whether a value meets the target. NaN and infinities never do. */
export function meetsTarget(target: MetricTarget, value: number): boolean {
  if (!Number.isFinite(value)) return false;
  return target.direction === "at-least" ? value >= target.value : value <= target.value;
}

/** Whether `a` is better than `b`; any number is better than NaN. */
export function isBetter(target: MetricTarget, a: number, b: number): boolean {
  if (Number.isNaN(b)) return !Number.isNaN(a);
  return target.direction === "at-least" ? a > b : a < b;
}
