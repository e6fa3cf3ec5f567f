import type { JsonValue } from "../../foundation/json.ts";
import type { EventType, LogEvent } from "../../schema/logs/log-event.ts";
import type { MetricTarget, TargetWindow } from "../../schema/run/outcome/metric-target.ts";

/** What Pitwall knows of a program that prints no MLLOG itself. */
export interface OwnLogSubject {
  benchmark: string;
  /** Undefined if it is unknown, as for most imported logs. */
  seed: number | undefined;
  target: MetricTarget;
  furtherTargets: readonly MetricTarget[];
  targetWindow: TargetWindow | undefined;
  launchedMs: number;
}

/**
 * The MLLOG lines that Pitwall writes for a program that prints only a metric, so that its log
 * reads like any other: what was run, when the clock started, each evaluation, how it stopped.
 */
export class OwnLog {
  readonly #subject: OwnLogSubject;
  #hasBegun = false;

  constructor(subject: OwnLogSubject) {
    this.#subject = subject;
  }

  /** Everything up to `run_start`; nothing from the second call on. */
  begin(runStartMs: number): LogEvent[] {
    if (this.#hasBegun) return [];
    this.#hasBegun = true;
    const { benchmark, seed, target, launchedMs } = this.#subject;
    const { metric, direction } = target;
    const at = (key: string, value: JsonValue, metadata: JsonValue = {}): LogEvent =>
      ownEvent({ timeMs: launchedMs, key, value, metadata });
    return [
      at("submission_benchmark", benchmark),
      ...(seed === undefined ? [] : [at("seed", seed)]),
      at("quality_target", target.value, { metric, direction, ...this.#conditions() }),
      ownEvent({ timeMs: launchedMs, key: "init_start", value: null, eventType: "INTERVAL_START" }),
      ownEvent({ timeMs: runStartMs, key: "init_stop", value: null, eventType: "INTERVAL_END" }),
      ownEvent({ timeMs: runStartMs, key: "run_start", value: null, eventType: "INTERVAL_START" }),
    ];
  }

  #conditions(): Record<string, JsonValue> {
    const { furtherTargets, targetWindow: window } = this.#subject;
    const further = furtherTargets.map(({ metric, direction, value }) => ({
      metric,
      direction,
      value,
    }));
    return {
      ...(further.length === 0 ? {} : { further_targets: further }),
      ...(window === undefined ? {} : { [`${window.kind}_evaluations`]: window.count }),
    };
  }

  /** A value of the first target's metric, with further numbers as metadata. */
  evaluation(
    value: number,
    timeMs: number,
    counted: Readonly<Record<string, number | undefined>>,
  ): LogEvent {
    const { metric } = this.#subject.target;
    const metadata: Record<string, JsonValue> = { metric };
    for (const [key, count] of Object.entries(counted))
      if (count !== undefined) metadata[key] = count;
    // The common rules want `eval_accuracy`; MLPerf logs losses of its language models under it as well.
    return ownEvent({ timeMs, key: "eval_accuracy", value, metadata });
  }

  end(stop: { isReached: boolean; samplesCount: number | undefined; timeMs: number }): LogEvent[] {
    if (!this.#hasBegun) return [];
    const { isReached, samplesCount, timeMs } = stop;
    const status = isReached ? "success" : "aborted";
    const metadata =
      samplesCount === undefined ? { status } : { status, samples_count: samplesCount };
    return [
      ownEvent({ timeMs, key: "run_stop", value: null, metadata, eventType: "INTERVAL_END" }),
    ];
  }
}

function ownEvent(event: {
  timeMs: number;
  key: string;
  value: JsonValue;
  metadata?: JsonValue;
  eventType?: EventType;
}): LogEvent {
  return {
    namespace: "pitwall",
    timeMs: Math.round(event.timeMs),
    eventType: event.eventType ?? "POINT_IN_TIME",
    key: event.key,
    value: event.value,
    metadata: event.metadata ?? {},
  };
}
