import type { SeriesBuckets, SeriesDescription } from "../../../src/schema/dashboard/run-series.ts";
import type { MetricTarget } from "../../../src/schema/run/outcome/metric-target.ts";
import type { ChartSpec, Mark } from "./chart-spec.ts";
import { targetLevels } from "./target-level.ts";

/** A metric other than that of the first target, with its own targets if it has any. */
export function metricChart(
  { name, label }: SeriesDescription,
  buckets: SeriesBuckets | undefined,
  x: ChartSpec["x"],
  targets: readonly MetricTarget[],
): ChartSpec {
  const { x: at = [], last = [], unit = "" } = buckets ?? {};
  const levels = targetLevels(targets.filter(({ metric }) => metric === label));
  const line: Mark = {
    kind: "line",
    label,
    tone: 3,
    stroke: "solid",
    x: at,
    y: last,
    withPoints: at.length <= 120,
  };
  return { name, title: label, x, y: { label, unit }, marks: [...levels, line] };
}
