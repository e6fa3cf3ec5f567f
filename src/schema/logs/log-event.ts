import type { JsonValue } from "../../foundation/json.ts";

/** MLLOG's three kinds of line. */
export const eventTypes = ["POINT_IN_TIME", "INTERVAL_START", "INTERVAL_END"] as const;
export type EventType = (typeof eventTypes)[number];

/** The three ways MLPerf logs have been written: v0.5 (`:::MLPv`), v0.6 (`:::MLL`), v0.7 and later (`:::MLLOG`). */
export const logDialects = ["mlpv", "mll", "mllog"] as const;
export type LogDialect = (typeof logDialects)[number];

/** One parsed MLPerf log line: key, time and value. */
export interface LogEvent {
  /** Milliseconds since the epoch, as the program logged it. */
  timeMs: number;
  /** Empty if the line has none. */
  namespace: string;
  /** `POINT_IN_TIME` if the line has none, as in many early logs. */
  eventType: EventType;
  key: string;
  /** May hold NaN and infinities, which programs do log. */
  value: JsonValue;
  metadata: JsonValue;
  /** Absent for MLLOG. */
  dialect?: Exclude<LogDialect, "mllog">;
  /** Seconds since the epoch, as written; v0.5 and v0.6 lines only. */
  timeSeconds?: number;
  /** The value is a whole number and was written as a float: `1.0`, `1e3`. */
  valueWrittenAsFloat?: true;
  /** The first required field of the dialect that the line is missing; the event is still readable. */
  lacks?: "time_ms" | "value" | "metadata";
}

/** Why a line with an MLPerf token is not an event. */
export const unreadableReasons = [
  "empty",
  "not-json",
  /** Not JSON, because the metadata is a Python dictionary. */
  "python-metadata",
  /** Not JSON, because the whole line is a Python dictionary. */
  "python-line",
  "json-null",
  "not-an-object",
  "time-missing",
  "time-not-a-number",
  "time-text-not-a-number",
  "key-missing",
  "key-not-text",
  "value-missing",
  "metadata-missing",
  "wrong-shape",
  "nested-too-deep",
  "line-too-long",
] as const;
export type UnreadableReason = (typeof unreadableReasons)[number];

/** A log line with an MLPerf token, and its position. Lines without a token are only counted. */
export type LogLine =
  | { kind: "event"; lineNumber: number; byteOffset: number; event: LogEvent }
  | UnreadableLine;

export interface UnreadableLine {
  kind: "unreadable";
  /** From 1; a line ends at \n, \r\n or a lone \r. */
  lineNumber: number;
  /** Of the line's token, from the start of the log. */
  byteOffset: number;
  dialect: LogDialect;
  reason: UnreadableReason;
}
