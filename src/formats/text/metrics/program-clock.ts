import { clockDurations } from "../numbers/clock-duration.ts";
import { namesMetric } from "../names/match-name.ts";
import type { NamedNumber } from "../numbers/named-number.ts";
import { findPattern, numberAround } from "./pattern-match.ts";
import { readDurationMs } from "../numbers/read-duration.ts";
import type { CommaStyle } from "../numbers/read-number.ts";
import { nameBefore } from "../names/field-name.ts";
import type { WantedMetric } from "./wanted-metric.ts";

interface ReadLine {
  line: string;
  pairs: readonly NamedNumber[];
  commaStyle: CommaStyle | undefined;
}

/** The time that a program's own clock shows on a line, in milliseconds: `812ms`, `0.8 s`, `0:01:30`. */
export function readProgramClock(
  clock: WantedMetric | undefined,
  { line, pairs, commaStyle }: ReadLine,
): number | undefined {
  if (clock === undefined) return undefined;
  if (clock.kind === "name") {
    const withColons = durationNamed(clock.metric, line);
    if (withColons !== undefined) return withColons;
    const number = pairs.find(({ name }) => namesMetric(name, clock.metric))?.number;
    return number === undefined ? undefined : finite(readDurationMs(line, number, clock.metric));
  }
  const found = findPattern(clock.expression, line);
  if (!("span" in found)) return undefined;
  const { span } = found;
  const withColons = clockDurations(line).find(
    ({ start, end }) => start < span.end && end > span.start,
  );
  if (withColons !== undefined) return withColons.ms;
  const number = numberAround(line, span, commaStyle);
  return number === undefined ? undefined : finite(readDurationMs(line, number, clock.metric));
}

/** `elapsed: 0:01:30` */
function durationNamed(metric: string, line: string): number | undefined {
  return clockDurations(line).find(({ start }) => {
    const name = nameBefore(line.slice(0, start));
    return name !== undefined && namesMetric(name, metric);
  })?.ms;
}

function finite(ms: number): number | undefined {
  return Number.isFinite(ms) ? ms : undefined;
}
