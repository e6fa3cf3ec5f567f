import type { MetricTarget } from "./metric-target.ts";

/** In the form that `parseTarget` reads: `val_acc >= 0.94`. */
export function formatTarget(target: MetricTarget): string {
  return `${target.metric} ${target.direction === "at-least" ? ">=" : "<="} ${target.value}`;
}

const targetText =
  /^\s*(?<metric>[\p{L}_][^<>=\n]*?)\s*(?<sign>>=|<=)\s*(?<value>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*$/u;

/** Reads `val_acc >= 0.94`, `loss<=2.0` or `lm loss<=2.0`; undefined for anything else. */
export function parseTarget(text: string): MetricTarget | undefined {
  const groups = targetText.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const { metric, sign, value } = groups;
  if (metric === undefined || value === undefined) return undefined;
  return { metric, direction: sign === ">=" ? "at-least" : "at-most", value: Number(value) };
}
