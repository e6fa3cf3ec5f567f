import type { SeriesBuckets } from "../../../src/schema/dashboard/run-series.ts";
import { formatValue } from "../axes/axis-scale.ts";
import { bandChart } from "./band-chart.ts";
import type { ChartSpec } from "./chart-spec.ts";

/**
 * Training samples per second of all ranks.
 *
 * @param meanPerSecond of the whole run, as the result has it; drawn as a line
 */
export function throughputChart(
  rate: SeriesBuckets | undefined,
  x: ChartSpec["x"],
  meanPerSecond?: number,
): ChartSpec {
  const names = { name: "throughput", title: "Throughput", label: "samples", includesZero: true };
  const chart = bandChart(names, x, [
    { buckets: rate, label: "samples per second", tone: 3, stroke: "solid" },
  ]);
  if (meanPerSecond === undefined) return chart;
  const label = `mean ${formatValue(meanPerSecond, "samples per second")}`;
  return { ...chart, marks: [{ kind: "level", label, y: meanPerSecond }, ...chart.marks] };
}
