import { decodeUtf8 } from "../../../foundation/bytes/decode-utf8.ts";
import { isJsonObject, type JsonValue } from "../../../foundation/json.ts";
import type { FileReading } from "../../../formats/metric-files/file-reading.ts";
import { formatLine } from "../../../mllog/format-line.ts";
import type { LogEvent } from "../../../schema/logs/log-event.ts";
import type { Observation, PrintedValue } from "../../../schema/run/events/observation.ts";
import { programClockKey } from "../../../score/readings/evaluation-clock.ts";
import { ownNamespace } from "./own-log-lines.ts";

/**
 * Key of the MLLOG lines with values that Pitwall read from a file. The log of a run contains all values that its
 * verdict is based on, so that a record can be read again without the file.
 */
const fileValuesKey = "file_values";
/** Key of the metadata with the time of each reading after the first one's, in milliseconds. */
const delayKey = "delay_ms";

/** A reading of a file, with the time that it is assigned. */
export interface PlacedReading extends FileReading {
  /** As named in the request, or below a folder named there. */
  path: string;
  /** Whole milliseconds since the epoch. */
  placedMs: number;
  /** Where the time is from: the file itself, the time at which it was written, or at which it was read. */
  timeFrom: "file" | "written" | "read";
}

/** One line holds at most this many readings. */
const maximumReadings = 1000;

/**
 * Collects readings for the log. Consecutive readings of a file share a line: a metric of a million rows takes a dozen
 * bytes for each.
 */
export class FileLines {
  #waiting: PlacedReading[] = [];

  push(readings: readonly PlacedReading[]): void {
    for (const reading of readings) this.#waiting.push(reading);
  }

  /** The lines of all readings since the last call. */
  take(): string {
    const lines: string[] = [];
    let from = 0;
    for (const [index, reading] of this.#waiting.entries()) {
      const next = this.#waiting[index + 1];
      const isWhole = next === undefined || index + 1 - from >= maximumReadings;
      if (!isWhole && isContinued(reading, next)) continue;
      lines.push(`${formatLine(fileValuesEvent(this.#waiting.slice(from, index + 1)))}\n`);
      from = index + 1;
    }
    this.#waiting = [];
    return lines.join("");
  }
}

function isContinued(reading: PlacedReading, next: PlacedReading): boolean {
  return reading.path === next.path && reading.timeFrom === next.timeFrom;
}

/**
 * The event for readings of one file. Its value lists the values of each metric, and its metadata their steps, counts
 * and times; null where a reading has none. Of a single reading they are values instead of lists.
 */
function fileValuesEvent(readings: readonly PlacedReading[]): LogEvent {
  const { path, timeFrom, placedMs = 0 } = readings[0] ?? {};
  const metadata: Record<string, JsonValue> = { file: path ?? "", time_from: timeFrom ?? "read" };
  const add = (key: string, valueOf: (reading: PlacedReading) => number | undefined): void => {
    const values = readings.map((reading) => valueOf(reading) ?? null);
    if (values.some((value) => value !== null)) metadata[key] = listed(values);
  };
  const steps = stepsOf(readings);
  if (steps !== undefined) metadata["step"] = steps;
  add("samples_count", ({ samplesCount }) => samplesCount);
  add(programClockKey, ({ clockMs }) => clockMs);
  if (readings.some((reading) => reading.placedMs !== placedMs))
    add(delayKey, (reading) => reading.placedMs - placedMs);
  return {
    namespace: ownNamespace,
    timeMs: placedMs,
    eventType: "POINT_IN_TIME",
    key: fileValuesKey,
    value: valuesOf(readings),
    metadata,
  };
}

/** Evenly spaced steps as the first one and the interval. */
function stepsOf(readings: readonly PlacedReading[]): JsonValue | undefined {
  const steps = readings.map(({ step }) => step);
  const [first, second] = steps;
  if (steps.every((step) => step === undefined)) return undefined;
  const by = first === undefined || second === undefined ? undefined : second - first;
  const isEven =
    first !== undefined &&
    by !== undefined &&
    steps.length > 2 &&
    steps.every((step, index) => step === first + index * by);
  return isEven ? { from: first, by } : listed(steps.map((step) => step ?? null));
}

function valuesOf(readings: readonly PlacedReading[]): JsonValue {
  const names = new Set(readings.flatMap(({ metrics }) => metrics.map(({ metric }) => metric)));
  const entries = [...names].map((name): [string, JsonValue] => {
    const values = readings.map(({ metrics }) => {
      const printed = metrics.find(({ metric }) => metric === name);
      return printed === undefined ? null : writtenValue(printed);
    });
    return [name, listed(values)];
  });
  return Object.fromEntries(entries);
}

function listed(values: readonly JsonValue[]): JsonValue {
  const [first = null] = values;
  return values.length === 1 ? first : [...values];
}

/** Whether an event of a log is such a line. */
export function isFileValues({ namespace, key }: LogEvent): boolean {
  return namespace === ownNamespace && key === fileValuesKey;
}

/** The observations of such a line: of each reading first the program's clock and the sample count. */
export function fileObservations({ value, metadata, timeMs }: LogEvent): Observation[] {
  const known = isJsonObject(metadata) ? metadata : {};
  const values = Object.entries(isJsonObject(value) ? value : {}).map(
    ([name, written]) => [decodeUtf8(name), written] as const,
  );
  const lists = [...values.map(([, written]) => written), ...Object.values(known)];
  const count = Math.max(1, ...lists.map((list) => (Array.isArray(list) ? list.length : 1)));
  const observations: Observation[] = [];
  for (let index = 0; index < count; index++) {
    const delayMs = numberAt(known[delayKey], index) ?? 0;
    const moment = { arrivalMs: timeMs + delayMs, isTimed: true as const };
    const programMs = numberAt(known[programClockKey], index);
    const samplesCount = numberAt(known["samples_count"], index);
    if (programMs !== undefined) observations.push({ kind: "program-clock", programMs, ...moment });
    if (samplesCount !== undefined) observations.push({ kind: "samples", samplesCount, ...moment });
    for (const [name, written] of values) {
      const printed = printedValue(name, itemAt(written, index));
      if (printed !== undefined) observations.push({ kind: "metric", ...printed, ...moment });
    }
  }
  return observations;
}

/** The observations of a reading, as a line gives them. */
export function readingObservations(reading: PlacedReading): Observation[] {
  return fileObservations(fileValuesEvent([reading]));
}

function itemAt(written: JsonValue | undefined, index: number): JsonValue {
  return (Array.isArray(written) ? written[index] : index === 0 ? written : undefined) ?? null;
}

function numberAt(written: JsonValue | undefined, index: number): number | undefined {
  const item = itemAt(written, index);
  return typeof item === "number" ? item : undefined;
}

/** A number; an object if there is more to say about it. */
function writtenValue(printed: PrintedValue): JsonValue {
  const { value, text, isPercent, doubt, outOf, withdrawsEarlier } = printed;
  const isPlain = isPercent !== true && doubt === undefined && outOf === undefined;
  if (isPlain && withdrawsEarlier === undefined) return value;
  return {
    value,
    text,
    ...(isPercent === true ? { percent: true } : {}),
    ...(doubt === undefined ? {} : { doubt }),
    ...(outOf === undefined ? {} : { total: outOf }),
    ...(withdrawsEarlier === undefined ? {} : { withdraws_earlier: true }),
  };
}

function printedValue(metric: string, written: JsonValue): PrintedValue | undefined {
  if (typeof written === "number") return { metric, value: written, text: String(written) };
  if (!isJsonObject(written)) return undefined;
  const { value, text, percent, doubt, total, withdraws_earlier: withdraws } = written;
  if (typeof value !== "number" || typeof text !== "string") return undefined;
  return {
    metric,
    value,
    text: decodeUtf8(text),
    ...(percent === true ? { isPercent: true } : {}),
    ...(doubt === "ambiguous-comma" || doubt === "several-names" ? { doubt } : {}),
    ...(typeof total === "number" ? { outOf: total } : {}),
    ...(withdraws === true ? { withdrawsEarlier: true } : {}),
  };
}
