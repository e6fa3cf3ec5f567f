import { isBetter, meetsTarget } from "../../schema/run/meets-target.ts";
import type { MetricTarget } from "../../schema/run/metric-target.ts";

/** A value of a metric, with its time in the log. */
export interface TimedValue {
  metric: string;
  value: number;
  step: number | undefined;
  /** Milliseconds since the epoch, by the clock of the log. */
  timeMs: number | undefined;
}

/** One metric of a log. */
export interface MetricSummary {
  metric: string;
  count: number;
  first: number;
  last: number;
  /** Over the finite values; absent if there are none. */
  minimum: number | undefined;
  maximum: number | undefined;
  notFiniteCount: number;
}

/** Whether a log met a target. */
export interface TargetInLog {
  target: MetricTarget;
  best: number | undefined;
  /** The first value that met the target; `sinceFirstMs` counts from the first time in the log. */
  reached:
    | { value: number; step: number | undefined; sinceFirstMs: number | undefined }
    | undefined;
}

/** Further metrics are counted but not summarized. */
const maximumMetrics = 500;

/** Summarizes the values of a log in constant memory. */
export class ValueSummary {
  readonly #metrics = new Map<string, MetricSummary>();
  readonly #target: TargetInLog | undefined;
  valueCount = 0;
  /** Values of metrics that are not summarized. */
  leftOutCount = 0;
  firstTimeMs: number | undefined;
  lastTimeMs: number | undefined;

  constructor(target: MetricTarget | undefined) {
    if (target !== undefined) this.#target = { target, best: undefined, reached: undefined };
  }

  /** From the first to the last time, in milliseconds; undefined if the log has no times. */
  get durationMs(): number | undefined {
    const { firstTimeMs, lastTimeMs } = this;
    return firstTimeMs === undefined || lastTimeMs === undefined
      ? undefined
      : lastTimeMs - firstTimeMs;
  }

  get metrics(): MetricSummary[] {
    return [...this.#metrics.values()];
  }

  get target(): TargetInLog | undefined {
    return this.#target;
  }

  push(value: TimedValue): void {
    this.valueCount += 1;
    this.firstTimeMs ??= value.timeMs;
    this.lastTimeMs = value.timeMs ?? this.lastTimeMs;
    this.#addToMetric(value);
    const inLog = this.#target;
    if (inLog === undefined || inLog.target.metric !== value.metric) return;
    if (inLog.best === undefined || isBetter(inLog.target, value.value, inLog.best))
      inLog.best = value.value;
    if (inLog.reached !== undefined || !meetsTarget(inLog.target, value.value)) return;
    const sinceFirstMs =
      value.timeMs === undefined || this.firstTimeMs === undefined
        ? undefined
        : value.timeMs - this.firstTimeMs;
    inLog.reached = { value: value.value, step: value.step, sinceFirstMs };
  }

  #addToMetric({ metric, value }: TimedValue): void {
    const known = this.#metrics.get(metric);
    if (known === undefined && this.#metrics.size >= maximumMetrics) {
      this.leftOutCount += 1;
      return;
    }
    const summary = known ?? newSummary(metric, value);
    this.#metrics.set(metric, summary);
    summary.count += 1;
    summary.last = value;
    if (!Number.isFinite(value)) {
      summary.notFiniteCount += 1;
      return;
    }
    summary.minimum = Math.min(summary.minimum ?? value, value);
    summary.maximum = Math.max(summary.maximum ?? value, value);
  }
}

function newSummary(metric: string, first: number): MetricSummary {
  return {
    metric,
    count: 0,
    first,
    last: first,
    minimum: undefined,
    maximum: undefined,
    notFiniteCount: 0,
  };
}
