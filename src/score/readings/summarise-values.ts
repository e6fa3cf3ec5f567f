import type {
  MetricTarget,
  TargetRequest,
  TargetStanding,
} from "../../schema/run/outcome/metric-target.ts";
import { isCompound } from "../../schema/run/outcome/targets-of.ts";
import { TargetConditions } from "../tracking/target-conditions.ts";

/** A value of a metric, with its time in the log. */
export interface TimedValue {
  metric: string;
  value: number;
  step: number | undefined;
  /** Milliseconds since the epoch, by the clock of the log. */
  timeMs: number | undefined;
  /** The value does not count toward a target. */
  isEvaluation?: false;
  /** The earlier values of the metric do not count. */
  withdrawsEarlier?: true;
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

/** Whether a log met all targets at the same time. */
export interface TargetInLog {
  /** The first one. */
  target: MetricTarget;
  /** Of the first target: the best value, or the best mean if means are compared. */
  best: number | undefined;
  /** Values of the first target's metric that are not evaluations, such as those of batches of training data. */
  unusedCount: number;
  /**
   * The value of the first target's metric when all targets were first met; `step` is that of the value that completed them,
   * and `sinceFirstMs` counts from the first time in the log.
   */
  reached:
    | { value: number; step: number | undefined; sinceFirstMs: number | undefined }
    | undefined;
}

/** Further metrics are counted but not summarized. */
const maximumMetrics = 500;

/** Summarizes the values of a log in constant memory. */
export class ValueSummary {
  readonly #metrics = new Map<string, MetricSummary>();
  readonly #target: MetricTarget | undefined;
  readonly #isCompound: boolean;
  readonly #conditions: TargetConditions;
  #reached: TargetInLog["reached"];
  #unusedCount = 0;
  valueCount = 0;
  /** Values of metrics that are not summarized. */
  leftOutCount = 0;
  firstTimeMs: number | undefined;
  lastTimeMs: number | undefined;

  constructor(requested: TargetRequest) {
    this.#target = requested.target;
    this.#isCompound = isCompound(requested);
    this.#conditions = new TargetConditions(requested);
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
    const [first] = this.#conditions.standings;
    if (this.#target === undefined) return undefined;
    return {
      target: this.#target,
      best: first?.best,
      unusedCount: this.#unusedCount,
      reached: this.#reached,
    };
  }

  /** Each target; undefined if there is only one, which one value meets. */
  get targets(): TargetStanding[] | undefined {
    if (!this.#isCompound) return undefined;
    const { standings } = this.#conditions;
    if (this.firstTimeMs !== undefined) return standings;
    for (const standing of standings) delete standing.firstMetMs;
    return standings;
  }

  push(value: TimedValue): void {
    this.valueCount += 1;
    this.firstTimeMs ??= value.timeMs;
    this.lastTimeMs = value.timeMs ?? this.lastTimeMs;
    this.#addToMetric(value);
    if (value.withdrawsEarlier === true) this.#withdraw(value.metric);
    if (value.isEvaluation === undefined || !Number.isFinite(value.value)) this.#compare(value);
    else if (value.metric === this.#target?.metric) this.#unusedCount += 1;
  }

  #withdraw(metric: string): void {
    const count = this.#conditions.withdraw(metric);
    if (metric === this.#target?.metric) this.#unusedCount += count;
    this.#reached = undefined;
  }

  #compare({ metric, value, step, timeMs }: TimedValue): void {
    if (!Number.isFinite(value)) {
      this.#conditions.notFinite(metric);
      return;
    }
    const { firstTimeMs } = this;
    const sinceFirstMs =
      timeMs === undefined || firstTimeMs === undefined ? undefined : timeMs - firstTimeMs;
    this.#conditions.evaluated(metric, value, sinceFirstMs ?? 0);
    if (this.#reached !== undefined || !this.#conditions.areMet) return;
    this.#conditions.freeze();
    this.#reached = { value: this.#conditions.quality ?? value, step, sinceFirstMs };
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
