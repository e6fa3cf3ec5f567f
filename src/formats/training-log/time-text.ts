import { clockDurations } from "../text/numbers/clock-duration.ts";

/** A time in words: a date, or a duration with colons. */
export type TimeText =
  /** Milliseconds since the epoch. */
  | { kind: "date"; ms: number }
  /** `hasHours` is false for `00:10`, which may also be hours and minutes. */
  | { kind: "duration"; ms: number; hasHours: boolean };

const isoDate =
  /^["']?(?<year>\d{4})[-/](?<month>\d{2})[-/](?<day>\d{2})[T ](?<hour>\d{2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:[.,](?<fraction>\d{1,9}))?)? ?(?<zone>Z|UTC|[+-]\d{2}:?\d{2})?["']?$/u;

/** Undefined if the whole text is not a time. A date without a zone is taken as UTC: only differences are meaningful. */
export function parseTimeText(text: string): TimeText | undefined {
  const date = isoDate.exec(text)?.groups;
  if (date !== undefined) {
    const part = (name: string) => Number(date[name] ?? 0);
    const wholeMs = Date.UTC(
      part("year"),
      part("month") - 1,
      part("day"),
      part("hour"),
      part("minute"),
      part("second"),
    );
    const ms = wholeMs + Number(`0.${date["fraction"] ?? "0"}`) * 1000 - zoneMs(date["zone"]);
    return Number.isFinite(ms) ? { kind: "date", ms } : undefined;
  }
  const plain = text.replaceAll(/^["']|["']$/gu, "").replace(/^(\d+ days?),? /u, "$1, ");
  const [duration] = clockDurations(plain);
  if (duration === undefined || duration.start > 0 || duration.end < plain.length) return undefined;
  return { kind: "duration", ms: duration.ms, hasHours: plain.split(":").length > 2 };
}

function zoneMs(zone: string | undefined): number {
  const parts = /^([+-])(\d{2}):?(\d{2})$/u.exec(zone ?? "");
  if (parts === null) return 0;
  const minutes = Number(parts[2]) * 60 + Number(parts[3]);
  return (parts[1] === "-" ? -minutes : minutes) * 60_000;
}

/** Units of a count since the epoch, by its size: seconds until the year 5138, and so on. */
const epochUnits: readonly { below: number; unitMs: number }[] = [
  { below: 1e11, unitMs: 1000 },
  { below: 1e14, unitMs: 1 },
  { below: 1e17, unitMs: 1e-3 },
  { below: 1e20, unitMs: 1e-6 },
];
/** Smaller numbers are durations: 10 ** 9 seconds since the epoch are in 2001. */
const minimumEpoch = 1e9;

/** The date that a number represents as seconds, milliseconds, micro- or nanoseconds since the epoch. */
export function epochMs(value: number): number | undefined {
  if (!(value >= minimumEpoch)) return undefined;
  const unit = epochUnits.find(({ below }) => value < below);
  return unit === undefined ? undefined : value * unit.unitMs;
}
