import type { TrackedRun } from "./tracked-run.ts";

/** The values of all metrics at one step. */
export interface HistoryRow {
  step: number;
  /** Of the first value. Milliseconds since the epoch. */
  timeMs: number;
  values: ReadonlyMap<string, number>;
}

/**
 * The points of a run as rows with rising steps. Trackers that log rows drop those whose step is lower than before: if
 * the steps of the run ever decrease, rows are numbered from 0 instead.
 */
export function historyRows({ points }: Pick<TrackedRun, "points">): HistoryRow[] {
  const rows: { step: number; timeMs: number; values: Map<string, number> }[] = [];
  for (const { metric, step, timeMs, value } of points.toSorted((a, b) => a.timeMs - b.timeMs)) {
    const last = rows.at(-1);
    if (last?.step === step && !last.values.has(metric)) last.values.set(metric, value);
    else rows.push({ step, timeMs, values: new Map([[metric, value]]) });
  }
  const isRising = rows.every(
    ({ step }, index) => index === 0 || step > (rows[index - 1]?.step ?? 0),
  );
  if (isRising) return rows;
  return rows.map(({ timeMs, values }, index) => ({ step: index, timeMs, values }));
}
