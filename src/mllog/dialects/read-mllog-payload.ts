import { isJsonObject, type JsonObject, type JsonValue } from "../../foundation/json.ts";
import {
  type EventType,
  eventTypes,
  type LogEvent,
  type UnreadableReason,
} from "../../schema/logs/log-event.ts";
import type { PayloadReading } from "./payload-reading.ts";
import { parseLooseJson } from "./parse-loose-json.ts";
import { trimWhiteSpace } from "../bytes/trim-white-space.ts";
import { wholeValueWrittenAsFloat } from "./whole-value-written-as-float.ts";

/** Reads the text after `:::MLLOG ` on a line of v0.7 or later. */
export function readMllogPayload(payload: string): PayloadReading {
  const text = trimWhiteSpace(payload);
  if (text === "") return unreadable("empty");
  const parsed = parseLooseJson(text);
  if (parsed.kind === "unreadable")
    return unreadable(parsed.reason === "not-json" ? reasonOfText(text) : parsed.reason);
  if (parsed.value === null) return unreadable("json-null");
  if (!isJsonObject(parsed.value)) return unreadable("not-an-object");
  return readFields(parsed.value, text);
}

/** Programs that print a dictionary instead of JSON write single quotes, `None` and `True`. */
function reasonOfText(text: string): UnreadableReason {
  if (!text.endsWith("}")) return "not-json";
  if (/^\{\s*'/u.test(text)) return "python-line";
  if (/"metadata"\s*:\s*\{(?:\s*'|[^}]*:\s*(?:None|True|False)\b)/u.test(text))
    return "python-metadata";
  return /"value"\s*:\s*(?:None|True|False)\s*[,}]/u.test(text) ? "python-line" : "not-json";
}

function readFields(fields: JsonObject, text: string): PayloadReading {
  const time = readTimeMs(fields);
  if (typeof time === "string") return unreadable(time);
  const key = member(fields, "key");
  if (key === undefined) return unreadable("key-missing");
  const value = member(fields, "value");
  const metadata = member(fields, "metadata");
  if (typeof key !== "string") return unreadable(reasonWithoutKey(value, metadata));
  const event: LogEvent = {
    timeMs: time,
    namespace: textOrEmpty(fields["namespace"]),
    eventType: eventTypeOf(fields["event_type"]),
    key,
    value: value ?? null,
    metadata: metadata === undefined ? {} : metadata,
  };
  const lacks = firstMissing(member(fields, "time_ms"), value, metadata);
  if (lacks !== undefined) event.lacks = lacks;
  if (typeof value === "number" && wholeValueWrittenAsFloat(value, text)) {
    event.valueWrittenAsFloat = true;
  }
  return { kind: "event", event };
}

/**
 * Milliseconds, or the reason why there are none. Some v0.7 logs contain seconds as `time_s`
 * instead.
 */
function readTimeMs(fields: JsonObject): number | UnreadableReason {
  const time = member(fields, "time_ms");
  if (time === undefined) {
    const seconds = member(fields, "time_s");
    return typeof seconds === "number" ? Math.round(seconds * 1000) : "time-missing";
  }
  if (typeof time === "number") return time;
  if (typeof time === "boolean") return Number(time);
  if (typeof time !== "string") return "time-not-a-number";
  return numberFromText(time) ?? "time-text-not-a-number";
}

const numberText =
  /^[+-]?(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+(?:_\d+)*)?$/i;

/** A number written as text, parsed like Python's `float`; undefined if it is not a number. */
function numberFromText(text: string): number | undefined {
  const trimmed = trimWhiteSpace(text);
  if (numberText.test(trimmed)) return Number(trimmed.replaceAll("_", ""));
  const special = /^([+-]?)(nan|inf(?:inity)?)$/i.exec(trimmed);
  if (special === null) return undefined;
  if (special[2]?.toLowerCase() === "nan") return Number.NaN;
  return special[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

function reasonWithoutKey(
  value: JsonValue | undefined,
  metadata: JsonValue | undefined,
): UnreadableReason {
  if (value === undefined) return "value-missing";
  return metadata === undefined ? "metadata-missing" : "key-not-text";
}

function firstMissing(
  time: JsonValue | undefined,
  value: JsonValue | undefined,
  metadata: JsonValue | undefined,
): NonNullable<LogEvent["lacks"]> | undefined {
  if (time === undefined) return "time_ms";
  if (value === undefined) return "value";
  return metadata === undefined ? "metadata" : undefined;
}

function member(fields: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function textOrEmpty(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}

function eventTypeOf(value: JsonValue | undefined): EventType {
  return eventTypes.find((type) => type === value) ?? "POINT_IN_TIME";
}

function unreadable(reason: UnreadableReason): PayloadReading {
  return { kind: "unreadable", dialect: "mllog", reason };
}
