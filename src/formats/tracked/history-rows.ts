import type { MetricPoint } from "./metric-points.ts";
import type { TrackedRun } from "./tracked-run.ts";

/** The values of all metrics at one step. */
export interface HistoryRow {
  step: number;
  /** Of the first value. Milliseconds since the epoch. */
  timeMs: number;
  values: ReadonlyMap<string, number>;
}

/**
 * The points of a run as rows with rising steps: trackers that log rows drop those whose step is lower than before. If
 * steps count different things, or the steps of a metric do not rise, rows are in the order of time and numbered from 0.
 */
export function historyRows({ points }: Pick<TrackedRun, "points">): HistoryRow[] {
  const byTime = points.toSorted((a, b) => a.timeMs - b.timeMs);
  if (haveCommonSteps(byTime)) return rowsBy(byTime, ({ step }) => step);
  const rows = rowsBy(byTime, ({ timeMs }) => timeMs);
  return rows.map(({ timeMs, values }, index) => ({ step: index, timeMs, values }));
}

function haveCommonSteps(byTime: readonly MetricPoint[]): boolean {
  const lastSteps = new Map<string, number>();
  for (const { metric, step, stepUnit } of byTime) {
    if (stepUnit !== byTime[0]?.stepUnit) return false;
    if (step <= (lastSteps.get(metric) ?? Number.NEGATIVE_INFINITY)) return false;
    lastSteps.set(metric, step);
  }
  return true;
}

/** Joins the points with the same key; a metric that has several of them gets several rows. */
function rowsBy(
  points: readonly MetricPoint[],
  keyOf: (point: MetricPoint) => number,
): HistoryRow[] {
  const rows: { step: number; timeMs: number; values: Map<string, number> }[] = [];
  let lastKey: number | undefined;
  for (const point of points.toSorted((a, b) => keyOf(a) - keyOf(b))) {
    const { metric, step, timeMs, value } = point;
    const key = keyOf(point);
    const last = rows.at(-1);
    if (last !== undefined && key === lastKey && !last.values.has(metric))
      last.values.set(metric, value);
    else rows.push({ step, timeMs, values: new Map([[metric, value]]) });
    lastKey = key;
  }
  return rows;
}
