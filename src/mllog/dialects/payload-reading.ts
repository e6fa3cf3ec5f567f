import type { LogDialect, LogEvent, UnreadableReason } from "../../schema/logs/log-event.ts";

/** What the text behind a token is. */
export type PayloadReading =
  | { kind: "event"; event: LogEvent }
  | { kind: "unreadable"; dialect: LogDialect; reason: UnreadableReason };
