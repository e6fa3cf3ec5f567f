import { decodeUtf8 } from "../../foundation/decode-utf8.ts";
import { isJsonObject, type JsonValue } from "../../foundation/json.ts";
import type { FileReading } from "../../formats/metric-files/file-reading.ts";
import { formatLine } from "../../mllog/format-line.ts";
import type { LogEvent } from "../../schema/logs/log-event.ts";
import type { Observation, PrintedValue } from "../../schema/run/observation.ts";
import { programClockKey } from "../../score/readings/evaluation-clock.ts";
import { ownNamespace } from "./own-log-lines.ts";

/**
 * Key of the MLLOG lines with values that Pitwall read from a file. The log of a run contains all values that its
 * verdict is based on, so that a record can be read again without the file.
 */
const fileValuesKey = "file_values";

/** A reading of a file, with the time that it is assigned. */
export interface PlacedReading extends FileReading {
  /** As named in the request, or below a folder named there. */
  path: string;
  /** Whole milliseconds since the epoch. */
  placedMs: number;
  /** Where the time is from: the file itself, the time at which it was written, or at which it was read. */
  timeFrom: "file" | "written" | "read";
}

/** The line of the log for a reading. */
export function fileValuesLine(reading: PlacedReading): { event: LogEvent; line: string } {
  const { path, step, samplesCount, clockMs, placedMs, timeFrom } = reading;
  const metadata: Record<string, JsonValue> = { file: path, time_from: timeFrom };
  if (step !== undefined) metadata["step"] = step;
  if (samplesCount !== undefined) metadata["samples_count"] = samplesCount;
  if (clockMs !== undefined) metadata[programClockKey] = clockMs;
  const event: LogEvent = {
    namespace: ownNamespace,
    timeMs: placedMs,
    eventType: "POINT_IN_TIME",
    key: fileValuesKey,
    value: Object.fromEntries(
      reading.metrics.map((printed) => [printed.metric, writtenValue(printed)]),
    ),
    metadata,
  };
  return { event, line: `${formatLine(event)}\n` };
}

/** Whether an event of a log is such a line. */
export function isFileValues({ namespace, key }: LogEvent): boolean {
  return namespace === ownNamespace && key === fileValuesKey;
}

/** The observations of such a line: first the program's clock and the sample count, which apply to the values. */
export function fileObservations({ value, metadata, timeMs }: LogEvent): Observation[] {
  const moment = { arrivalMs: timeMs, isTimed: true as const };
  const observations: Observation[] = [];
  const known = isJsonObject(metadata) ? metadata : {};
  const programMs = known[programClockKey];
  const samplesCount = known["samples_count"];
  if (typeof programMs === "number")
    observations.push({ kind: "program-clock", programMs, ...moment });
  if (typeof samplesCount === "number")
    observations.push({ kind: "samples", samplesCount, ...moment });
  if (!isJsonObject(value)) return observations;
  for (const [name, written] of Object.entries(value)) {
    const printed = printedValue(decodeUtf8(name), written);
    if (printed !== undefined) observations.push({ kind: "metric", ...printed, ...moment });
  }
  return observations;
}

/** A number; an object if there is more to say about it. */
function writtenValue({ value, text, isPercent, doubt, outOf }: PrintedValue): JsonValue {
  if (isPercent !== true && doubt === undefined && outOf === undefined) return value;
  return {
    value,
    text,
    ...(isPercent === true ? { percent: true } : {}),
    ...(doubt === undefined ? {} : { doubt }),
    ...(outOf === undefined ? {} : { total: outOf }),
  };
}

function printedValue(metric: string, written: JsonValue): PrintedValue | undefined {
  if (typeof written === "number") return { metric, value: written, text: String(written) };
  if (!isJsonObject(written)) return undefined;
  const { value, text, percent, doubt, total } = written;
  if (typeof value !== "number" || typeof text !== "string") return undefined;
  return {
    metric,
    value,
    text: decodeUtf8(text),
    ...(percent === true ? { isPercent: true } : {}),
    ...(doubt === "ambiguous-comma" || doubt === "several-names" ? { doubt } : {}),
    ...(typeof total === "number" ? { outOf: total } : {}),
  };
}
