import type { MetricCurve } from "../../schema/run/measured/metric-curve.ts";
import type { Evaluation } from "../../schema/run/outcome/run-result.ts";
import { ThinnedEvaluations } from "./thinned-evaluations.ts";

/** Values of further metrics are not kept. */
const maximumMetrics = 50;

/** The values of each metric over the run, except those of the first target's metric. Memory is limited. */
export class MetricCurves {
  readonly #series = new Map<string, ThinnedEvaluations>();

  /** In the order in which the metrics were first seen. */
  get series(): ReadonlyMap<string, ThinnedEvaluations> {
    return this.#series;
  }

  push(metric: string, evaluation: Evaluation): void {
    const known = this.#series.get(metric);
    if (known === undefined && this.#series.size >= maximumMetrics) return;
    const series = known ?? new ThinnedEvaluations();
    this.#series.set(metric, series);
    series.push(evaluation);
  }

  /** Removes a metric that turned out to be the one of the target. */
  drop(metric: string): void {
    this.#series.delete(metric);
  }

  /** For the result. Times are in whole milliseconds. */
  finish(): MetricCurve[] {
    return [...this.#series].map(([metric, series]) => curveOf(metric, series));
  }
}

function curveOf(metric: string, series: ThinnedEvaluations): MetricCurve {
  const { count, kept } = series;
  const isWhole = count === kept.length;
  return {
    metric,
    count,
    clockMs: kept.map(({ clockMs }) => Math.round(clockMs)),
    values: kept.map(({ value }) => value),
    ...(isWhole ? {} : { numbers: series.keptAfter(0).map(({ number }) => number) }),
  };
}
