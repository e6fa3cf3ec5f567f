import type { SeriesBuckets } from "../../../src/schema/dashboard/run-series.ts";
import { bandChart, type BandLook } from "./band-chart.ts";
import type { ChartSpec } from "./chart-spec.ts";

/** The parts of a step in drawing order. */
export const stepParts = ["computeMs", "communicationMs", "dataWaitMs", "otherMs"] as const;
export type StepPart = (typeof stepParts)[number];

const looks: Readonly<Record<StepPart, Omit<BandLook, "buckets">>> = {
  computeMs: { label: "compute", tone: 2, stroke: "solid" },
  communicationMs: { label: "communication", tone: 4, stroke: "dashed" },
  dataWaitMs: { label: "data wait", tone: 1, stroke: "dash-dotted" },
  otherMs: { label: "other", tone: 5, stroke: "long-dashed" },
};

/** The parts of the step time over all ranks: the median and the band from minimum to maximum. */
export function stepTimeChart(
  parts: Readonly<Partial<Record<StepPart, SeriesBuckets>>>,
  x: ChartSpec["x"],
): ChartSpec {
  const names = {
    name: "step-time",
    title: "Step time, by part",
    label: "per step",
    includesZero: true,
  };
  return bandChart(
    names,
    x,
    stepParts.map((part) => Object.assign({ buckets: parts[part] }, looks[part])),
  );
}
