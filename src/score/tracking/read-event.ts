import { decodeUtf8 } from "../../foundation/bytes/decode-utf8.ts";
import { isJsonObject } from "../../foundation/json.ts";
import type { LogEvent } from "../../schema/logs/log-event.ts";
import type { MetricTarget } from "../../schema/run/outcome/metric-target.ts";

/** The numbers in a log event, by each name that a target may use for them. */
export function metricsOf(event: LogEvent): { names: string[]; value: number }[] {
  if (event.key === "tracked_stats" && isJsonObject(event.value)) {
    return Object.entries(event.value).flatMap(([name, value]) =>
      typeof value === "number" ? [{ names: [decodeUtf8(name)], value }] : [],
    );
  }
  const isMetric = event.key.startsWith("eval_") && event.key !== "eval_samples";
  const value = toNumber(event.value);
  if (!isMetric || value === undefined) return [];
  const alias = metadataText(event, "metric");
  const short = event.key.slice("eval_".length);
  return [{ names: alias === undefined ? [event.key, short] : [event.key, short, alias], value }];
}

/** Samples seen so far: as logged, else epochs times the size of the training set. */
export function samplesCountOf(
  event: LogEvent,
  trainSamples: number | undefined,
): number | undefined {
  const logged = metadataNumber(event, "samples_count");
  if (logged !== undefined) return logged;
  const epochNum = metadataNumber(event, "epoch_num");
  const isEnd = event.key.startsWith("eval_") || event.key === "run_stop";
  return isEnd && epochNum !== undefined && trainSamples !== undefined
    ? epochNum * trainSamples
    : undefined;
}

/** The target that a program logs: `quality_target` (Pitwall's) or `target_accuracy` (MLPerf's LLMs). */
export function statedTarget(event: LogEvent): MetricTarget | undefined {
  if (event.key !== "quality_target" && event.key !== "target_accuracy") return undefined;
  const value = toNumber(event.value);
  if (value === undefined) return undefined;
  return {
    metric: metadataText(event, "metric") ?? "eval_accuracy",
    direction: metadataText(event, "direction") === "at-most" ? "at-most" : "at-least",
    value,
  };
}

export function metadataNumber(event: LogEvent, name: string): number | undefined {
  return isJsonObject(event.metadata) ? toNumber(event.metadata[name]) : undefined;
}

export function metadataText(event: LogEvent, name: string): string | undefined {
  const value = isJsonObject(event.metadata) ? event.metadata[name] : undefined;
  // Log lines are read byte by byte.
  return typeof value === "string" ? decodeUtf8(value) : undefined;
}

function toNumber(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
