import type { LogDialect, LogEvent, UnreadableReason } from "../../schema/logs/log-event.ts";

/** The content after a token. */
export type PayloadReading =
  | { kind: "event"; event: LogEvent }
  | { kind: "unreadable"; dialect: LogDialect; reason: UnreadableReason };
