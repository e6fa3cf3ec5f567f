import type { JsonValue } from "../../foundation/json.ts";
import type { LogEvent } from "../../schema/logs/log-event.ts";
import type { PayloadReading } from "./payload-reading.ts";
import { parseLooseJson } from "./parse-loose-json.ts";
import { secondsToMs } from "./seconds-to-ms.ts";
import { trimWhiteSpace } from "../bytes/trim-white-space.ts";

const shape = /^:::MLPv\S+ (\S+) ([\d.]+) \(([^()]*):(\d+)\) ([A-Za-z0-9_]+)(?: ?:([\s\S]*))?$/;

/** Reads a v0.5 line, starting at its token: `:::MLPv0.5.0 <benchmark> <seconds> (<file>:<line>) <key>: <value>`. */
export function readMlpvPayload(fromToken: string): PayloadReading {
  const match = shape.exec(trimWhiteSpace(fromToken));
  if (match === null) return { kind: "unreadable", dialect: "mlpv", reason: "wrong-shape" };
  const [, benchmark = "", time = "", file = "", lineNumber = "", key = "", text = ""] = match;
  const timeMs = secondsToMs(time);
  if (timeMs === undefined) return { kind: "unreadable", dialect: "mlpv", reason: "wrong-shape" };
  const event: LogEvent = {
    timeMs,
    namespace: "",
    eventType: "POINT_IN_TIME",
    key,
    value: readValue(trimWhiteSpace(text)),
    metadata: { benchmark, file, lineno: Number(lineNumber) },
    dialect: "mlpv",
    timeSeconds: Number(time),
  };
  if (typeof event.value === "number" && Number.isInteger(event.value) && /[.eE]/.test(text)) {
    event.valueWrittenAsFloat = true;
  }
  return { kind: "event", event };
}

/** Parsed JSON if the text is JSON, otherwise the text; null if the line ends after the key. */
function readValue(text: string): JsonValue {
  if (text === "") return null;
  const parsed = parseLooseJson(text);
  return parsed.kind === "json" ? parsed.value : text;
}
