import { shortestInMinutesMs } from "../../../src/report/atlas/comparison-page.ts";

/** The unit of an axis of training times. */
export interface TimeUnit {
  name: "min" | "s";
  perMinute: number;
}

/** Minutes as MLPerf prints times; seconds where the texts beside the axis are in seconds. */
export function timeUnitOf(minutes: readonly number[]): TimeUnit {
  const isShort = Math.max(...minutes) * 60_000 < shortestInMinutesMs;
  return isShort ? { name: "s", perMinute: 60 } : { name: "min", perMinute: 1 };
}
