import type { JsonValue } from "../../foundation/json.ts";

/** MLLOG's three kinds of line. */
export const eventTypes = ["POINT_IN_TIME", "INTERVAL_START", "INTERVAL_END"] as const;
export type EventType = (typeof eventTypes)[number];

/** The three ways MLPerf logs have been written: v0.5 (`:::MLPv`), v0.6 (`:::MLL`), v0.7 and later (`:::MLLOG`). */
export const logDialects = ["mlpv", "mll", "mllog"] as const;
export type LogDialect = (typeof logDialects)[number];

/** One MLPerf log line, parsed: what happened, when, and with what value. */
export interface LogEvent {
  /** Milliseconds since the epoch, as the program logged it. */
  timeMs: number;
  /** Empty where the line gives none. */
  namespace: string;
  /** `POINT_IN_TIME` where the line gives none, as many early logs do. */
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
  /** The first field that the dialect asks for and the line lacks; the event is readable all the same. */
  lacks?: "time_ms" | "value" | "metadata";
}

/** Why a line that holds an MLPerf token is no event. */
export const unreadableReasons = [
  "empty",
  "not-json",
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

/** A line of a log that holds an MLPerf token, and where it stands. Lines without token are only counted. */
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
