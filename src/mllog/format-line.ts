import type { LogEvent } from "../schema/log-event.ts";

/** An event as an MLLOG line, without the newline. Values that JSON lacks (NaN, infinities) become null. */
export function formatLine(event: LogEvent): string {
  return `:::MLLOG ${JSON.stringify({
    namespace: event.namespace,
    time_ms: event.timeMs,
    event_type: event.eventType,
    key: event.key,
    value: event.value,
    metadata: event.metadata,
  })}`;
}
