import type { SeriesBuckets } from "../../../src/schema/dashboard/run-series.ts";
import { bandChart } from "./band-chart.ts";
import type { ChartSpec } from "./chart-spec.ts";

/** The training loss and its range in each bucket. */
export function lossChart(loss: SeriesBuckets | undefined, x: ChartSpec["x"]): ChartSpec {
  return bandChart({ name: "loss", title: "Loss", label: "loss" }, x, [
    { buckets: loss, label: "loss", tone: 2, stroke: "solid" },
  ]);
}
