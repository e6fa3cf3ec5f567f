/** ISO-like, at the beginning of a line or after a label: `2025-04-13 23:41:12,866`, `[2025-04-13T23:41:12]`. */
const isoTime = /(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,6}))?(Z)?/u;
/** A time stamp is looked for in this many characters. */
const prefixLength = 80;

/**
 * The time stamp at the beginning of a line, milliseconds since the epoch. A time without a zone is taken as UTC: only
 * differences within one log are meaningful.
 */
export function lineTimeMs(line: string): number | undefined {
  const found = isoTime.exec(line.slice(0, prefixLength));
  if (found === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = "0"] = found;
  const wholeMs = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  return Number.isFinite(wholeMs) ? wholeMs + Number(`0.${fraction}`) * 1000 : undefined;
}
