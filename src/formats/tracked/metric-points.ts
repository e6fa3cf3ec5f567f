import type { RunPage } from "../../schema/run/run-page.ts";
import type { Evaluation } from "../../schema/run/run-result.ts";

/** One value of one metric. */
export interface MetricPoint {
  metric: string;
  /** A whole number, in the unit of `stepUnitOf`. */
  step: number;
  /** Milliseconds since the epoch. */
  timeMs: number;
  /** Milliseconds since the clock started. */
  clockMs: number;
  samplesCount: number | undefined;
  epochNum: number | undefined;
  value: number;
}

/** What a step counts: training samples, epochs, or evaluations from 1. */
export type StepUnit = "samples" | "epochs" | "evaluations";

/** All values of a run in the order of the record. */
export function metricPoints(page: RunPage): MetricPoint[] {
  const unit = stepUnitOf(page);
  const metric = metricOf(page);
  return page.progress.evaluations.map((evaluation, index) => ({
    metric,
    step: stepOf(evaluation, unit) ?? evaluation.number ?? index + 1,
    timeMs: evaluation.timeMs,
    clockMs: evaluation.clockMs,
    samplesCount: evaluation.samplesCount,
    epochNum: evaluation.epochNum,
    value: evaluation.value,
  }));
}

/** The finest unit that every evaluation of the run has as a whole number. */
export function stepUnitOf({ progress: { evaluations } }: RunPage): StepUnit {
  const units = ["samples", "epochs"] as const;
  const isComplete = (unit: StepUnit): boolean =>
    evaluations.every((evaluation) => Number.isSafeInteger(stepOf(evaluation, unit)));
  return units.find(isComplete) ?? "evaluations";
}

function stepOf({ samplesCount, epochNum }: Evaluation, unit: StepUnit): number | undefined {
  switch (unit) {
    case "samples":
      return samplesCount;
    case "epochs":
      return epochNum;
    case "evaluations":
      return undefined;
  }
}

/** The metric of the target; a program that prints MLLOG may leave it unnamed. */
export function metricOf({ request, result }: RunPage): string {
  return result?.target?.metric ?? request.target?.metric ?? "quality";
}
