import type { MetricTarget } from "../../../src/schema/run/outcome/metric-target.ts";
import type { Mark } from "./chart-spec.ts";

/** One line for each different target, labeled with it. */
export function targetLevels(targets: readonly MetricTarget[]): Mark[] {
  const levels = targets.map(({ direction, value }): Extract<Mark, { kind: "level" }> => {
    const sign = direction === "at-least" ? "≥" : "≤";
    return { kind: "level", label: `target ${sign} ${value}`, y: value };
  });
  return [...new Map(levels.map((level) => [level.label, level])).values()];
}

/** The line of a target such as `>= 0.94` or `accuracy >= 0.94`; those of several parts have none. */
export function writtenTargetLevel(target: string | undefined): Mark[] {
  const [, sign, value] = /^[^,<>]*([<>])= ?(-?[\d.]+(?:e[+-]?\d+)?)$/u.exec(target ?? "") ?? [];
  if (value === undefined) return [];
  const direction = sign === ">" ? "at-least" : "at-most";
  return targetLevels([{ metric: "", direction, value: Number(value) }]);
}
