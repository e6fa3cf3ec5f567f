import type { LifecycleEvent } from "./lifecycle-event.ts";

/** Key of the MLLOG line that Pitwall adds to the log where a new attempt of the program begins; its value is the number of the attempt. */
export const attemptKey = "attempt_start";
/** Namespace of the MLLOG lines that Pitwall adds. */
export const attemptNamespace = "pitwall";

/** The events of the last attempt of a run; of a run that was not restarted, all of them. */
export function eventsOfLastAttempt(events: readonly LifecycleEvent[]): readonly LifecycleEvent[] {
  const at = events.findLastIndex(({ event }) => event.kind === "restarting");
  return at < 0 ? events : events.slice(at + 1);
}

/** How often the job of a run was started. */
export function attemptCountOf(events: readonly LifecycleEvent[]): number {
  return 1 + events.filter(({ event }) => event.kind === "restarting").length;
}
