import type { NamedNumber } from "../numbers/named-number.ts";
import { readNumberAt } from "../numbers/read-number.ts";

const line = /\bMetric (\S+) improved\b.*\bNew best score: (?=[-\d])/u;

/** The value in a line of Lightning's EarlyStopping: `Metric val_loss improved by 0.2 >= min_delta = 0.0. New best score: 0.41`. */
export function readImprovedMetric(text: string): NamedNumber | undefined {
  if (!text.includes("New best score: ")) return undefined;
  const found = line.exec(text);
  if (found === null) return undefined;
  const [matched, name = ""] = found;
  const number = readNumberAt(text, found.index + matched.length, undefined);
  return number === undefined
    ? undefined
    : { name, number, runningMean: undefined, outOf: undefined };
}
