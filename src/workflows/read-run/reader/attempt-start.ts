import type { LogEvent } from "../../../schema/logs/log-event.ts";
import { attemptKey, attemptNamespace } from "../../../schema/run/outcome/attempts.ts";

/** The line that Pitwall adds to the log where a new attempt of the program begins. */
export function attemptStart(attempt: number, timeMs: number): LogEvent {
  return {
    namespace: attemptNamespace,
    timeMs: Math.round(timeMs),
    eventType: "POINT_IN_TIME",
    key: attemptKey,
    value: attempt,
    metadata: {},
  };
}

export function isAttemptStart({ namespace, key }: Pick<LogEvent, "namespace" | "key">): boolean {
  return namespace === attemptNamespace && key === attemptKey;
}
