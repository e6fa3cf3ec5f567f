import { clockDurations } from "../text/numbers/clock-duration.ts";
import type { NamedText } from "../text/tables/line-tables.ts";
import type { NamedNumber } from "../text/numbers/named-number.ts";
import { nameBefore } from "../text/names/field-name.ts";
import { epochMs, parseTimeText, type TimeText } from "./time-text.ts";

/** A time in a line and its name there. */
export type NamedTime = TimeText & { name: string };

const dateName =
  /^_?(?:(?:unix|wall|wall[_ ]clock|log(?:ged)?|event|epoch)[_ ]?)?(?:time|timestamp|time[_ ]?stamp|date|date[_ ]?time|ts|created[_ ]?at|logged[_ ]?at)(?:[_ ]?\(?(?:s|ms|us|ns|sec|seconds|utc|unix)\)?)?$/iu;
/** `"timestamp": "2025-01-01T12:00:00"` in a line of JSON or a Python dictionary. */
const quotedTime = /["']([\w ./-]+)["']:\s*["'](\d[\d:.,TZ/+ -]{3,40})["']/gu;

/** The times of a line: dates and durations in words, and numbers that count from the epoch. */
export function namedTimes(
  text: string,
  { numbers, texts }: { numbers: readonly NamedNumber[]; texts: readonly NamedText[] | undefined },
): NamedTime[] {
  const dates = numbers.flatMap(({ name, number }): NamedTime[] => {
    const ms = dateName.test(name.trim()) ? epochMs(number.value) : undefined;
    return ms === undefined ? [] : [{ name, kind: "date", ms }];
  });
  return [...dates, ...timesInWords(text, texts)];
}

function timesInWords(text: string, texts: readonly NamedText[] | undefined): NamedTime[] {
  if (!text.includes(":")) return [];
  if (texts !== undefined) return texts.flatMap((cell) => timeOf(cell.name, cell.text));
  if (text.trimStart().startsWith("{"))
    return [...text.matchAll(quotedTime)].flatMap(([, name = "", time = ""]) => timeOf(name, time));
  return clockDurations(text).flatMap(({ ms, start, end }) => {
    const name = nameBefore(text.slice(0, start));
    const hasHours = text.slice(start, end).split(":").length > 2;
    return name === undefined ? [] : [{ name, kind: "duration" as const, ms, hasHours }];
  });
}

function timeOf(name: string, text: string): NamedTime[] {
  const time = parseTimeText(text.trim());
  return time === undefined ? [] : [{ name, ...time }];
}
