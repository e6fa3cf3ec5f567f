import type { LoggedRun } from "../logged-run.ts";
import type { LoggedValue } from "../logged-value.ts";
import { inOrderOfTime } from "./order-of-values.ts";

/** A row of the table `metrics`. */
export interface MetricRow {
  key: string;
  value: number;
  timestampMs: number;
  step: number;
  isNan: boolean;
}

/** The table stores NaN as 0 with a flag, and infinities as the largest double. */
export function valuesOfRows(rows: readonly MetricRow[]): LoggedValue[] {
  const values = rows.map(({ key, value, timestampMs, step, isNan }) => ({
    metric: key,
    value: isNan ? Number.NaN : withInfinity(value),
    step,
    timeMs: timestampMs,
  }));
  return inOrderOfTime(values);
}

function withInfinity(value: number): number {
  if (value >= Number.MAX_VALUE) return Number.POSITIVE_INFINITY;
  return value <= -Number.MAX_VALUE ? Number.NEGATIVE_INFINITY : value;
}

const statuses: Readonly<Record<string, LoggedRun["status"]>> = {
  "1": "running",
  "2": "scheduled",
  "3": "finished",
  "4": "failed",
  "5": "killed",
  RUNNING: "running",
  SCHEDULED: "scheduled",
  FINISHED: "finished",
  FAILED: "failed",
  KILLED: "killed",
};

/** @param text the name that a database contains, or the number that a file store contains */
export function statusOf(text: string): LoggedRun["status"] {
  return statuses[text] ?? "unknown";
}
