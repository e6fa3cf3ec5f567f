import type { SeriesBuckets } from "../../../src/schema/dashboard/run-series.ts";
import { bandChart } from "./band-chart.ts";
import type { ChartSpec } from "./chart-spec.ts";

/** Power of the run. Estimates are dotted. */
export function powerChart(
  power: SeriesBuckets | undefined,
  x: ChartSpec["x"],
  { isMeasured }: { isMeasured: boolean },
): ChartSpec {
  const names = { name: "power", title: "Power", label: "power", includesZero: true };
  return bandChart(names, x, [
    {
      buckets: power,
      label: labelOf(isMeasured),
      tone: 4,
      stroke: isMeasured ? "solid" : "dotted",
    },
  ]);
}

/** Energy since launch. */
export function energyChart(
  energy: SeriesBuckets | undefined,
  x: ChartSpec["x"],
  { isMeasured }: { isMeasured: boolean },
): ChartSpec {
  const names = {
    name: "energy",
    title: "Energy since launch",
    label: "energy",
    includesZero: true,
  };
  return bandChart(names, x, [
    {
      buckets: energy,
      label: labelOf(isMeasured),
      tone: 4,
      stroke: isMeasured ? "solid" : "dotted",
    },
  ]);
}

function labelOf(isMeasured: boolean): string {
  return isMeasured ? "measured" : "estimated";
}
