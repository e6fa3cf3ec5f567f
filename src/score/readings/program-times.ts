import type { Evaluation } from "../../schema/run/outcome/run-result.ts";

/**
 * Returns the reading of the program's own clock at a time, from the readings at evaluations: in between along a line,
 * before the first and after the last at the speed of time. Undefined without readings.
 */
export function programTimes(
  evaluations: readonly Pick<Evaluation, "timeMs" | "programMs">[],
): ((timeMs: number) => number) | undefined {
  const times: number[] = [];
  const readings: number[] = [];
  for (const { timeMs, programMs } of evaluations) {
    if (programMs === undefined || timeMs < (times.at(-1) ?? timeMs)) continue;
    // Of values that arrived together, the newest reading is the one at that time.
    if (timeMs === times.at(-1)) readings.pop();
    else times.push(timeMs);
    readings.push(programMs);
  }
  const [firstMs] = times;
  const [firstReading = 0] = readings;
  if (firstMs === undefined) return undefined;
  return (timeMs) => {
    const after = indexAfter(times, timeMs);
    if (after === 0) return Math.max(0, firstReading - (firstMs - timeMs));
    const fromMs = times[after - 1] ?? firstMs;
    const from = readings[after - 1] ?? firstReading;
    const toMs = times[after];
    if (toMs === undefined) return from + timeMs - fromMs;
    return from + (((readings[after] ?? from) - from) * (timeMs - fromMs)) / (toMs - fromMs);
  };
}

/** Index of the first time after `timeMs`. */
function indexAfter(times: readonly number[], timeMs: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
