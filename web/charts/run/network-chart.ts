import type { SeriesBuckets } from "../../../src/schema/dashboard/run-series.ts";
import { bandChart } from "./band-chart.ts";
import type { ChartSpec } from "./chart-spec.ts";

export const networkSeries = ["networkReceived", "networkSent"] as const;

/** What a host receives and sends per second: the last value and the band over the hosts. */
export function networkChart(
  { received, sent }: { received: SeriesBuckets | undefined; sent: SeriesBuckets | undefined },
  x: ChartSpec["x"],
): ChartSpec {
  const names = { name: "network", title: "Network", label: "per host", includesZero: true };
  return bandChart(names, x, [
    { buckets: received, label: "received", tone: 2, stroke: "solid" },
    { buckets: sent, label: "sent", tone: 4, stroke: "dashed" },
  ]);
}
