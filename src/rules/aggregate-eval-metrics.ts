import { isJsonObject, type JsonValue } from "../foundation/json.ts";
import { memberOf } from "./calculate.ts";
import { isList, toNumber } from "./compare-values.ts";
import type { RuleLine } from "./rule-line.ts";

export type Aggregation =
  | { kind: "lines"; lines: RuleLine[] }
  | { kind: "unusable"; line: RuleLine };

/**
 * Joins quality metrics that are logged on separate lines, such as FID and CLIP for image generation. Generates one
 * `aggregated_eval_accuracy` line per number of samples (or steps), with the metrics by name.
 *
 * @param groupBy the metadata field that lines of one group share
 */
export function aggregateEvalMetrics(lines: readonly RuleLine[], groupBy: string): Aggregation {
  const groups = new Map<JsonValue, Group>();
  for (const line of lines) {
    if (line.key !== "eval_accuracy") continue;
    const named = namesMetric(line.metadata);
    if (named === false) continue;
    const name = memberOf(line.metadata, groupBy);
    const metric = memberOf(line.metadata, "metric");
    if (named === undefined || !isName(name) || !isName(metric)) return { kind: "unusable", line };
    // 1, 1.0 and true are the same group.
    const id = toNumber(name) ?? name;
    const group = groups.get(id) ?? { metrics: new Map([[groupBy, name]]), time: line.time };
    groups.set(id, group);
    group.time = Math.max(group.time, line.time);
    // Rules cannot reference a metric whose name is not a string.
    if (typeof metric === "string") group.metrics.set(metric, line.value);
  }
  return { kind: "lines", lines: [...groups.values()].map(toLine) };
}

interface Group {
  metrics: Map<string, JsonValue>;
  time: number;
}

function toLine({ metrics, time }: Group): RuleLine {
  return {
    key: "aggregated_eval_accuracy",
    value: Object.fromEntries(metrics),
    metadata: {},
    time,
    lineNumber: undefined,
    valueWrittenAsFloat: false,
  };
}

/** Whether the metadata contains a metric name; undefined if this cannot be determined. */
function namesMetric(metadata: JsonValue | undefined): boolean | undefined {
  if (typeof metadata === "string") return metadata.includes("metric");
  if (isList(metadata)) return metadata.includes("metric");
  return isJsonObject(metadata) ? Object.hasOwn(metadata, "metric") : undefined;
}

function isName(value: JsonValue | undefined): value is JsonValue {
  return value !== undefined && !isList(value) && !isJsonObject(value);
}
