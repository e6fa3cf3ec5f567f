import { stepPartLabels } from "../../schema/plan/step-part-labels.ts";
import type { StepParts } from "../../schema/plan/step-prediction.ts";

/** The largest parts of a step: `matrix products 58 %, tensor parallel 14 %, pipeline bubble 9 %`. */
export function describeParts(parts: StepParts): string {
  const total = Object.values(parts).reduce((sum, ms) => sum + ms, 0);
  return Object.entries(parts)
    .map(([name, ms]) => ({ text: nameOf(name), share: ms / total }))
    .toSorted((a, b) => b.share - a.share)
    .slice(0, 3)
    .map(({ text, share }) => `${text} ${Math.round(100 * share)} %`)
    .join(", ");
}

function nameOf(part: string): string {
  return Object.entries(stepPartLabels).find(([name]) => name === part)?.[1] ?? part;
}
