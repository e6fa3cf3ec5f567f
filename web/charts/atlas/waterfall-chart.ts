import {
  factorWords,
  ratioText,
  trainingTimeText,
} from "../../../src/report/atlas/comparison-page.ts";
import type { TimeSplit } from "../../../src/schema/atlas/answers/comparison.ts";
import { csvText } from "../../../src/foundation/tables/csv.ts";

/** One step from A's time to B's: `fromMinutes` before it, `toMinutes` after. */
export interface WaterfallStep {
  label: string;
  kind: "total" | "faster" | "slower";
  fromMinutes: number;
  toMinutes: number;
  /** `÷ 1.39`, with the ratio of the text of the comparison, or the total time. */
  text: string;
}

/** A factor this close to 1 is not visible. */
const invisibleChange = 5e-4;

/**
 * Converts the split of two times to steps from one to the other: each factor divides the remaining time. On a logarithmic
 * axis, a factor has the same length at any position.
 *
 * @param fromMs the official score of A
 */
export function waterfallSteps(
  split: Extract<TimeSplit, { kind: "split" }>,
  fromMs: number,
  [from, to]: readonly [string, string],
): WaterfallStep[] {
  let minutes = fromMs / 60_000;
  const steps: WaterfallStep[] = [total(from, minutes)];
  for (const { factor, ratio } of split.factors) {
    if (Math.abs(ratio - 1) <= invisibleChange) continue;
    const after = minutes / ratio;
    const isFaster = ratio > 1;
    steps.push({
      label: factorWords[factor],
      kind: isFaster ? "faster" : "slower",
      fromMinutes: minutes,
      toMinutes: after,
      text: `÷ ${ratioText(ratio)}`,
    });
    minutes = after;
  }
  return [...steps, total(to, fromMs / split.totalRatio / 60_000)];
}

function total(label: string, minutes: number): WaterfallStep {
  return {
    label,
    kind: "total",
    fromMinutes: minutes,
    toMinutes: minutes,
    text: trainingTimeText(minutes * 60_000),
  };
}

export function waterfallCsv(steps: readonly WaterfallStep[]): string {
  const lines = steps.map(({ label, kind, fromMinutes, toMinutes }) => [
    label,
    kind,
    fromMinutes,
    toMinutes,
  ]);
  return csvText([["step", "kind", "minutes_before", "minutes_after"], ...lines]);
}
