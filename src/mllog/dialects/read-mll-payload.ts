import { isJsonObject, type JsonValue } from "../../foundation/json.ts";
import type { LogEvent, UnreadableReason } from "../../schema/logs/log-event.ts";
import type { PayloadReading } from "./payload-reading.ts";
import { parseLooseJson } from "./parse-loose-json.ts";
import { secondsToMs } from "./seconds-to-ms.ts";
import { isWhiteSpace, trimWhiteSpace } from "../bytes/trim-white-space.ts";
import { wholeValueWrittenAsFloat } from "./whole-value-written-as-float.ts";

const shape = /^:::MLL ([\d.]+) ([A-Za-z0-9_]+) ?:([\s\S]+)$/;

/**
 * Reads a v0.6 line, starting at its token: `:::MLL <seconds> <key>: {"value": …, "metadata":
 * {…}}`.
 */
export function readMllPayload(fromToken: string): PayloadReading {
  const match = shape.exec(trimWhiteSpace(fromToken));
  if (match === null) return unreadable("wrong-shape");
  const [, time = "", key = "", rest = ""] = match;
  if (!isWhiteSpace(rest.charCodeAt(0))) return unreadable("wrong-shape");
  const json = trimWhiteSpace(rest);
  const timeMs = secondsToMs(time);
  if (timeMs === undefined) return unreadable("wrong-shape");
  const parsed = parseLooseJson(json);
  if (parsed.kind === "unreadable") return unreadable(parsed.reason);
  const event: LogEvent = {
    timeMs,
    namespace: "",
    eventType: "POINT_IN_TIME",
    key,
    ...valueAndMetadata(parsed.value),
    dialect: "mll",
    timeSeconds: Number(time),
  };
  if (typeof event.value === "number" && wholeValueWrittenAsFloat(event.value, json)) {
    event.valueWrittenAsFloat = true;
  }
  return { kind: "event", event };
}

function valueAndMetadata(json: JsonValue): Pick<LogEvent, "value" | "metadata" | "lacks"> {
  if (!isJsonObject(json)) return { value: json, metadata: {}, lacks: "value" };
  if (!Object.hasOwn(json, "value"))
    return { value: null, metadata: json["metadata"] ?? {}, lacks: "value" };
  const value = json["value"] ?? null;
  if (!Object.hasOwn(json, "metadata")) return { value, metadata: {}, lacks: "metadata" };
  return { value, metadata: json["metadata"] ?? null };
}

function unreadable(reason: UnreadableReason): PayloadReading {
  return { kind: "unreadable", dialect: "mll", reason };
}
