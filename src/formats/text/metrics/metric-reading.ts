import { namesMetric } from "../names/match-name.ts";
import type { NamedNumber } from "../numbers/named-number.ts";
import type { NumberToken } from "../numbers/read-number.ts";

/** One value of a wanted metric. */
export interface MetricReading {
  metric: string;
  /** NaN if the program printed NaN, or no number although one was expected. */
  value: number;
  /** As printed, its suffix included. */
  text: string;
  isPercent: boolean;
  /** Why the value may have been misread; such a value must not affect the outcome. */
  doubt: "ambiguous-comma" | "several-names" | undefined;
  /** Of `9890/10000`: the second number. */
  outOf: number | undefined;
  /** The rank that a launcher's label names. */
  rank: number | undefined;
  /** The program's own count of steps on the line, if `readsSteps` is set. */
  step?: number | undefined;
  /** Whether the value describes a part of a pass over the data, such as one batch. */
  isPartOfPass: boolean;
  /** The earlier values of the metric were probably of training data, and do not count. */
  withdrawsEarlier?: true;
  /** Index of its first character. */
  start: number;
}

/** A group for digits cannot match `nan`; it is found by the name of the metric. */
export function notFiniteReading(
  metric: string,
  line: string,
  pairs: readonly NamedNumber[],
): MetricReading | undefined {
  const found = pairs.find(
    ({ name, number }) => !Number.isFinite(number.value) && namesMetric(name, metric),
  );
  if (found === undefined) return undefined;
  const { start, end, value } = found.number;
  return newReading({ metric, value, text: line.slice(start, end), start });
}

/** Lists the fields, because a spread takes a microsecond for each value that is read. */
export function newReading({
  metric,
  value,
  text,
  start,
}: Pick<MetricReading, "metric" | "value" | "text" | "start">): MetricReading {
  return {
    metric,
    value,
    text,
    start,
    isPercent: false,
    doubt: undefined,
    outOf: undefined,
    rank: undefined,
    isPartOfPass: false,
  };
}

/** `86.063 (85.244)` and `0.86(0.85)`. */
export function hasRunningMean(line: string, { suffixEnd }: NumberToken): boolean {
  return /^(?:\s+\(\s*[\d.]+|\(\d*\.\d+)\s*\)/u.test(line.slice(suffixEnd, suffixEnd + 24));
}

/** Counts carry a factor (`1.5M`); other suffixes leave the number as printed. */
export function factorOf({ suffix }: NumberToken): number {
  return suffix?.kind === "count" ? suffix.factor : 1;
}
