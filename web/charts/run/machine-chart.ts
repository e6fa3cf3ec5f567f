import type { SeriesBuckets, SeriesDescription } from "../../../src/schema/dashboard/run-series.ts";
import { bandChart } from "./band-chart.ts";
import type { ChartSpec } from "./chart-spec.ts";

/** Series of machine usage: cores, memory, and accelerators. */
export const machineSeries = [
  "cpuCores",
  "memoryBytes",
  "acceleratorUtilisation",
  "acceleratorMemoryBytes",
] as const;

/** The chart of one machine series. */
export function machineChart(
  { name, label }: SeriesDescription,
  buckets: SeriesBuckets | undefined,
  x: ChartSpec["x"],
): ChartSpec {
  const title = `${label.slice(0, 1).toUpperCase()}${label.slice(1)}`;
  return bandChart({ name, title, label, includesZero: true }, x, [
    { buckets, label, tone: 5, stroke: "solid" },
  ]);
}
