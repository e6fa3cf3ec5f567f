import { isJsonObject, type JsonValue } from "../foundation/json.ts";
import type { LogEvent } from "../schema/logs/log-event.ts";

/**
 * Formats an event as an MLLOG line, without the newline, whatever dialect it was read from.
 *
 * Numbers that JSON does not support are written bare (`NaN`, `Infinity`, `-Infinity`), as Python writes and reads
 * them.
 */
export function formatLine(event: LogEvent): string {
  const value = formatJson(event.value);
  const asFloat = event.valueWrittenAsFloat === true && !/[.eE]/.test(value);
  const fields = [
    `"namespace": ${JSON.stringify(event.namespace)}`,
    `"time_ms": ${formatJson(event.timeMs)}`,
    `"event_type": "${event.eventType}"`,
    `"key": ${JSON.stringify(event.key)}`,
    `"value": ${asFloat ? `${value}.0` : value}`,
    `"metadata": ${formatJson(event.metadata)}`,
  ];
  return `:::MLLOG {${fields.join(", ")}}`;
}

function formatJson(value: JsonValue): string {
  if (typeof value === "number") return formatNumber(value);
  if (Array.isArray(value)) return `[${value.map(formatJson).join(", ")}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([name, part]) => `${JSON.stringify(name)}: ${formatJson(part)}`,
  );
  return `{${members.join(", ")}}`;
}

function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Object.is(value, -0)) return "-0";
  // Keeps whole numbers whole: JSON.stringify writes large ones with an exponent, which readers parse as a float.
  return Number.isInteger(value) ? BigInt(value).toString() : JSON.stringify(value);
}
