import { earlierClockMs } from "../../schema/run/request/continued-run.ts";
import type { ExportedRun } from "../../schema/run/exported-run.ts";
import type { MetricCurve } from "../../schema/run/measured/metric-curve.ts";
import type { RunPage } from "../../schema/run/run-page.ts";
import type { Evaluation } from "../../schema/run/outcome/run-result.ts";
import { telemetryNames, telemetryPoints } from "./telemetry-points.ts";

/** One value of one metric. */
export interface MetricPoint {
  metric: string;
  /** A whole number. */
  step: number;
  /** The same for all values of a metric. */
  stepUnit: StepUnit;
  /** Milliseconds since the epoch. */
  timeMs: number;
  /** Milliseconds since the clock started. */
  clockMs: number;
  samplesCount: number | undefined;
  epochNum: number | undefined;
  value: number;
}

/** What a step counts: training samples, epochs, steps of the program, or the values of the metric from 1. */
export type StepUnit = "samples" | "epochs" | "steps" | "evaluations";

/** All values of a run: those of the first target's metric, then those of each other metric. */
export function metricPoints(page: RunPage): MetricPoint[] {
  const { evaluations } = page.progress;
  const evaluationsByClock = new Map(evaluations.map((one) => [Math.round(one.clockMs), one]));
  return [
    ...numbered(metricOf(page), evaluations),
    ...page.curves.flatMap((curve) =>
      numbered(curve.metric, curveEvaluations(curve, clockStartMs(page), evaluationsByClock)),
    ),
  ];
}

/** The telemetry of training steps, in the terms of metrics. */
export function stepPoints(page: ExportedRun): MetricPoint[] {
  const names = telemetryNames(page.telemetry);
  const startMs = clockStartMs(page);
  const stepUnit = stepUnitOf(page) === "samples" ? "samples" : "steps";
  return telemetryPoints(page.telemetry).flatMap(
    ({ series, timeMs, step = 0, samplesCount = 0, value }): MetricPoint[] => {
      if (series.kind !== "step") return [];
      return [
        {
          metric: names.get(series) ?? series.name,
          step: stepUnit === "samples" ? Math.round(samplesCount) : step,
          stepUnit,
          timeMs,
          clockMs: timeMs - startMs,
          samplesCount,
          epochNum: undefined,
          value,
        },
      ];
    },
  );
}

/** What a step of the first target's metric counts. */
export function stepUnitOf({ progress }: RunPage): StepUnit {
  return finestUnit(progress.evaluations);
}

/** The metric of the first target; a program that prints MLLOG may leave it unnamed. */
export function metricOf({ request, result }: RunPage): string {
  return result?.target?.metric ?? request.target?.metric ?? "quality";
}

/** When the clock showed 0, in milliseconds since the epoch. */
export function clockStartMs({ progress, result, request, events }: RunPage): number {
  const [first] = progress.evaluations;
  if (first !== undefined) return first.timeMs - first.clockMs;
  const startMs =
    result?.clock.runStartMs ??
    events.findLast(({ event }) => event.kind === "clock-started")?.timeMs ??
    request.createdMs;
  return startMs - earlierClockMs(request);
}

/** A curve has only times. Values on the same line as an evaluation have its counts of samples, epochs and steps. */
function curveEvaluations(
  { clockMs, values, numbers }: MetricCurve,
  startMs: number,
  evaluationsByClock: ReadonlyMap<number, Evaluation>,
): Evaluation[] {
  return values.map((value, index) => {
    const atMs = clockMs[index] ?? 0;
    const { samplesCount, epochNum, step } = evaluationsByClock.get(atMs) ?? {};
    return {
      timeMs: startMs + atMs,
      clockMs: atMs,
      value,
      ...(samplesCount === undefined ? {} : { samplesCount }),
      ...(epochNum === undefined ? {} : { epochNum }),
      ...(step === undefined ? {} : { step }),
      number: numbers?.[index] ?? index + 1,
    };
  });
}

function numbered(metric: string, evaluations: readonly Evaluation[]): MetricPoint[] {
  const stepUnit = finestUnit(evaluations);
  return evaluations.map((evaluation, index) => ({
    metric,
    step: stepOf(evaluation, stepUnit) ?? evaluation.number ?? index + 1,
    stepUnit,
    timeMs: evaluation.timeMs,
    clockMs: evaluation.clockMs,
    samplesCount: evaluation.samplesCount,
    epochNum: evaluation.epochNum,
    value: evaluation.value,
  }));
}

/** The finest unit that every evaluation has as a whole number. */
function finestUnit(evaluations: readonly Evaluation[]): StepUnit {
  const units = ["samples", "epochs", "steps"] as const;
  const isComplete = (unit: StepUnit): boolean =>
    evaluations.every((evaluation) => Number.isSafeInteger(stepOf(evaluation, unit)));
  return units.find(isComplete) ?? "evaluations";
}

function stepOf({ samplesCount, epochNum, step }: Evaluation, unit: StepUnit): number | undefined {
  switch (unit) {
    case "samples":
      return samplesCount;
    case "epochs":
      return epochNum;
    case "steps":
      return step;
    case "evaluations":
      return undefined;
  }
}
