import { z } from "zod";

/** The quality to reach: a metric, which way is better, and how far. */
export const metricTarget = z.strictObject({
  metric: z.string().min(1),
  direction: z.enum(["at-least", "at-most"]),
  value: z.number(),
});
export type MetricTarget = z.output<typeof metricTarget>;

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

/** As a person writes it: `val_acc >= 0.94`. */
export function formatTarget(target: MetricTarget): string {
  return `${target.metric} ${target.direction === "at-least" ? ">=" : "<="} ${target.value}`;
}

const targetText =
  /^\s*(?<metric>[A-Za-z_][\w./@-]*)\s*(?<sign>>=|<=)\s*(?<value>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*$/u;

/** Reads `val_acc >= 0.94` or `loss<=2.0`; undefined for anything else. */
export function parseTarget(text: string): MetricTarget | undefined {
  const groups = targetText.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const { metric, sign, value } = groups;
  if (metric === undefined || value === undefined) return undefined;
  return { metric, direction: sign === ">=" ? "at-least" : "at-most", value: Number(value) };
}
