import type { JsonValue } from "../foundation/json.ts";

/** MLLOG's three kinds of line. */
export const eventTypes = ["POINT_IN_TIME", "INTERVAL_START", "INTERVAL_END"] as const;
export type EventType = (typeof eventTypes)[number];

/** One MLPerf log line, parsed: what happened, when, and with what value. */
export interface LogEvent {
  /** Milliseconds since the epoch, as the program logged it. */
  timeMs: number;
  namespace: string;
  eventType: EventType;
  key: string;
  value: JsonValue;
  metadata: JsonValue;
}
