/** A duration with colons in a line. */
export interface ClockDuration {
  ms: number;
  start: number;
  end: number;
}

/** `01:30`, `0:01:30`, `0:01:30.250000`, `1 day, 2:03:04`, `1-02:03:04`; not the time of a date. */
const duration =
  /(?<![\w./])(?<!\d[-:])(?<!\d{4}-\d\d-\d\d[ T])(?:(?<days>\d+)(?: days?, |-))?(?:(?<hours>\d+):)?(?<minutes>\d{1,2}):(?<seconds>[0-5]\d(?:[.,]\d+)?)(?![\w:])/gu;

/** The durations of a line that are written with colons: hours, minutes and seconds, or minutes and seconds. */
export function clockDurations(line: string): ClockDuration[] {
  return [...line.matchAll(duration)].map(({ 0: text, index, groups = {} }) => {
    const part = (name: string) => Number((groups[name] ?? "0").replace(",", "."));
    const hours = part("days") * 24 + part("hours");
    const seconds = (hours * 60 + part("minutes")) * 60 + part("seconds");
    return { ms: seconds * 1000, start: index, end: index + text.length };
  });
}
