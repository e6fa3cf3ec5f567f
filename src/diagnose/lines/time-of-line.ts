/** Milliseconds since the epoch if a line states the day, else since midnight. */
const clock = String.raw`(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)(?:[.,](?<fraction>\d{1,9}))?`;
const dated = new RegExp(
  String.raw`(?<year>20\d\d)[-/](?<month>\d\d)[-/](?<day>\d\d)[T _-]+${clock}`,
  "u",
);
const timed = new RegExp(String.raw`(?<![\d:])${clock}(?![\d:])`, "u");
/** A time is searched only in the first characters of a line. */
const lookedAtCharacters = 80;
const dayMs = 24 * 3600 * 1000;

/** When a line was printed, by the first time that it states; without its zone. */
export function timeOfLine(text: string): number | undefined {
  const start = text.slice(0, lookedAtCharacters);
  const groups = dated.exec(start)?.groups ?? timed.exec(start)?.groups;
  if (groups === undefined) return undefined;
  const part = (name: string): number => Number(groups[name] ?? 0);
  const ofDay = Date.UTC(1970, 0, 1, part("hour"), part("minute"), part("second"));
  const fraction = Math.floor(1000 * Number(`0.${groups["fraction"] ?? 0}`));
  const day =
    groups["year"] === undefined ? 0 : Date.UTC(part("year"), part("month") - 1, part("day"));
  return day + ofDay + fraction;
}

/** Which of two times is earlier; 0 if only one of them has a day. */
export function compareTimes(a: number, b: number): number {
  return a < dayMs === b < dayMs ? a - b : 0;
}

/** Lines kept of each log: a traceback is not longer, and the line before it has the time. */
const keptLines = 40;

/** The last lines of each log, from which the time of a line that states none is known. */
export class RecentTimes {
  readonly #byFile = new Map<string, { texts: string[]; next: number }>();

  push(file: string, text: string): void {
    let recent = this.#byFile.get(file);
    if (recent === undefined) {
      recent = { texts: [], next: 0 };
      this.#byFile.set(file, recent);
    }
    recent.texts[recent.next] = text;
    recent.next = (recent.next + 1) % keptLines;
  }

  /** Whether one of the last lines fits. */
  some(file: string, pattern: RegExp): boolean {
    return this.#byFile.get(file)?.texts.some((text) => pattern.test(text)) === true;
  }

  /** Of the last line, or of the nearest one before it that states its time. */
  last(file: string): number | undefined {
    const recent = this.#byFile.get(file);
    if (recent === undefined) return undefined;
    const { texts, next } = recent;
    for (let back = 1; back <= texts.length; back += 1) {
      const time = timeOfLine(texts[(next - back + keptLines) % keptLines] ?? "");
      if (time !== undefined) return time;
    }
    return undefined;
  }
}
