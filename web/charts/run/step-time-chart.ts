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
    title: "Step time by part",
    label: "per step",
    includesZero: true,
  };
  return bandChart(
    names,
    x,
    stepParts.map((part) => Object.assign({ buckets: parts[part] }, looks[part])),
  );
}

/** What a step consists of for programs that report it, in the order in which it happens. */
export const stepPhases = [
  "dataWaitMs",
  "forwardMs",
  "backwardMs",
  "communicationMs",
  "optimizerMs",
] as const;
type StepPhase = (typeof stepPhases)[number];

const phaseLooks: Readonly<Record<StepPhase, Omit<BandLook, "buckets">>> = {
  dataWaitMs: { label: "data wait", tone: 1, stroke: "dash-dotted" },
  forwardMs: { label: "forward", tone: 2, stroke: "solid" },
  backwardMs: { label: "backward", tone: 3, stroke: "solid" },
  communicationMs: { label: "exposed communication", tone: 4, stroke: "dashed" },
  optimizerMs: { label: "optimizer", tone: 5, stroke: "long-dashed" },
};

/** The phases of a step over all ranks: the median and the band from minimum to maximum. */
export function stepPhasesChart(
  buckets: ReadonlyMap<string, SeriesBuckets>,
  x: ChartSpec["x"],
): ChartSpec {
  const names = {
    name: "step-phases",
    title: "Step, by phase",
    label: "per step",
    includesZero: true,
  };
  const looks = stepPhases.map((phase) =>
    Object.assign({ buckets: buckets.get(phase) }, phaseLooks[phase]),
  );
  return bandChart(names, x, looks);
}
