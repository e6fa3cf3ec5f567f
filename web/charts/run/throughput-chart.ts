import type { SeriesBuckets } from "../../../src/schema/dashboard/run-series.ts";
import { bandChart } from "./band-chart.ts";
import type { ChartSpec } from "./chart-spec.ts";

/** Training samples per second of all ranks. */
export function throughputChart(rate: SeriesBuckets | undefined, x: ChartSpec["x"]): ChartSpec {
  const names = { name: "throughput", title: "Throughput", label: "samples", includesZero: true };
  return bandChart(names, x, [
    { buckets: rate, label: "samples per second", tone: 3, stroke: "solid" },
  ]);
}
