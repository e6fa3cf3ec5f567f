import type { MetricTarget, TargetRequest, TargetWindow } from "./metric-target.ts";
import { targetsOf } from "./targets-of.ts";

/** In the form that `parseTarget` reads: `val_acc >= 0.94`. */
export function formatTarget(target: MetricTarget): string {
  return `${target.metric} ${target.direction === "at-least" ? ">=" : "<="} ${target.value}`;
}

/** `val_acc >= 0.94 and loss <= 0.3, mean of 3 evaluations`; undefined if there is no target. */
export function formatTargets(requested: TargetRequest): string | undefined {
  const targets = targetsOf(requested);
  if (targets.length === 0) return undefined;
  const text = targets.map((target) => formatTarget(target)).join(" and ");
  const { targetWindow: window } = requested;
  return window === undefined ? text : `${text}, ${formatWindow(window)}`;
}

function formatWindow({ kind, count }: TargetWindow): string {
  return kind === "mean" ? `mean of ${count} evaluations` : `${count} consecutive evaluations`;
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
