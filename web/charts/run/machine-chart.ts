import type { SeriesBuckets, SeriesDescription } from "../../../src/schema/dashboard/run-series.ts";
import { bandChart } from "./band-chart.ts";
import type { ChartSpec } from "./chart-spec.ts";

/** What the machine gives to the run: cores, memory, accelerators. */
export const machineSeries = [
  "cpuCores",
  "memoryBytes",
  "acceleratorUtilisation",
  "acceleratorMemoryBytes",
] as const;

/** One of the machine's series, by the label that it comes with. */
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
