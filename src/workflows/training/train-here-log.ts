import type { JsonObject, JsonValue } from "../../foundation/json.ts";
import type { EventType, LogEvent } from "../../schema/logs/log-event.ts";
import type { ReplicaEvent } from "../../trainer/train-replica.ts";
import type { EmbeddedWorkload } from "../../trainer/workload.ts";
import type { PreparedSizes } from "./train-here-threads.ts";

/** The log lines before training starts. */
export interface RunHeading {
  readonly workload: EmbeddedWorkload;
  readonly seed: number;
  readonly workers: number;
  /** The system that it runs on, for display: `AMD EPYC 7763`. */
  readonly platform: string;
}

export function eventAt(
  timeMs: number,
  key: string,
  value: JsonValue,
  {
    eventType = "POINT_IN_TIME",
    metadata = {},
  }: { eventType?: EventType; metadata?: JsonObject } = {},
): LogEvent {
  return { timeMs, namespace: "pitwall", eventType, key, value, metadata };
}

/** From the first line to `init_start`. */
export function openingEvents(timeMs: number, heading: RunHeading): LogEvent[] {
  const { workload, platform, workers } = heading;
  const point = (key: string, value: JsonValue): LogEvent => eventAt(timeMs, key, value);
  return [
    point("submission_benchmark", workload.name),
    point("submission_org", "Pitwall"),
    point("submission_division", "open"),
    point("submission_status", "research"),
    point("submission_platform", `${platform}, ${workers} worker${workers === 1 ? "" : "s"}`),
    // No state is kept between runs: threads are new, and data is read before the clock starts.
    point("cache_clear", true),
    eventAt(timeMs, "init_start", null, { eventType: "INTERVAL_START" }),
  ];
}

/** The log lines from the replicas being ready to `run_start`. */
export function startingEvents(
  timeMs: number,
  { workload, seed }: RunHeading,
  sizes: PreparedSizes,
): LogEvent[] {
  const { target, optimizer } = workload;
  const point = (key: string, value: JsonValue): LogEvent => eventAt(timeMs, key, value);
  return [
    point("seed", seed),
    point("global_batch_size", workload.globalBatchSize),
    point("gradient_accumulation_steps", 1),
    point("train_samples", sizes.trainingSampleCount),
    point("eval_samples", sizes.evaluationSampleCount),
    point("model_parameters", sizes.parameterCount),
    point("opt_name", optimizer.weightDecay === 0 ? "adam" : "adamw"),
    point("opt_base_learning_rate", optimizer.learningRate(0)),
    eventAt(timeMs, "quality_target", target.value, {
      metadata: { metric: target.metric, direction: target.direction },
    }),
    eventAt(timeMs, "init_stop", null, { eventType: "INTERVAL_END" }),
    eventAt(timeMs, "run_start", null, { eventType: "INTERVAL_START" }),
  ];
}

/** How a run ended, with the reason if it did not reach the target. */
export type RunEnding =
  | { kind: "success" }
  | { kind: "aborted"; reason: "gave-up" | "stopped" | "replica-died" };

export function runStop(timeMs: number, ending: RunEnding, samplesCount: number): LogEvent {
  const base = { status: ending.kind, samples_count: samplesCount };
  const metadata = ending.kind === "aborted" ? { ...base, reason: ending.reason } : base;
  return eventAt(timeMs, "run_stop", null, { eventType: "INTERVAL_END", metadata });
}

/** Messages of rank 0 as log lines. Telemetry samples and the end have no log line. */
export function trainingEvents(
  timeMs: number,
  event: Exclude<ReplicaEvent, { kind: "sample" | "stopped" }>,
  epochs: { readonly target: EmbeddedWorkload["target"]; readonly samplesPerEpoch: number },
): LogEvent[] {
  const epochNum = event.samplesCount / epochs.samplesPerEpoch;
  const at = { epoch_num: epochNum, samples_count: event.samplesCount };
  switch (event.kind) {
    case "block-started": {
      const epochCount = event.sampleCountInBlock / epochs.samplesPerEpoch;
      const metadata = {
        first_epoch_num: epochNum,
        epoch_count: epochCount,
        samples_count: event.samplesCount,
      };
      return [eventAt(timeMs, "block_start", null, { eventType: "INTERVAL_START", metadata })];
    }
    case "progress": {
      const value = { throughput: event.samplesPerSecond, train_loss: event.loss };
      return [eventAt(timeMs, "tracked_stats", value, { metadata: at })];
    }
    case "block-stopped": {
      const firstEpochNum = event.startCount / epochs.samplesPerEpoch;
      const metadata = { first_epoch_num: firstEpochNum, samples_count: event.samplesCount };
      return [eventAt(timeMs, "block_stop", null, { eventType: "INTERVAL_END", metadata })];
    }
    case "evaluation-started":
      return [eventAt(timeMs, "eval_start", null, { eventType: "INTERVAL_START", metadata: at })];
    case "evaluated": {
      // For both directions: the common rules require `eval_accuracy`, and MLPerf's language models log
      // their loss under it too.
      const { metric } = epochs.target;
      return [
        eventAt(timeMs, "eval_accuracy", event.value, { metadata: { ...at, metric } }),
        eventAt(timeMs, "eval_stop", null, { eventType: "INTERVAL_END", metadata: at }),
      ];
    }
  }
}
