import type { LifecycleEvent } from "../events/lifecycle-event.ts";

/** Key of the MLLOG line that Pitwall adds to the log where a new attempt of the program begins; its value is the number of the attempt. */
export const attemptKey = "attempt_start";
/** Namespace of the MLLOG lines that Pitwall adds. */
export const attemptNamespace = "pitwall";

/** The events of the last attempt of a run that was launched; of a run that was not restarted, all of them. */
export function eventsOfLastAttempt(events: readonly LifecycleEvent[]): readonly LifecycleEvent[] {
  const launchedAt = events.findLastIndex(({ event }) => event.kind === "launched");
  const at = events.findLastIndex(
    ({ event }, index) => event.kind === "restarting" && index < launchedAt,
  );
  return at < 0 ? events : events.slice(at + 1);
}

/** How often it was decided to start the job of a run. */
export function attemptCountOf(events: readonly LifecycleEvent[]): number {
  return 1 + events.filter(({ event }) => event.kind === "restarting").length;
}

/** Whether the next attempt of a run was decided on and not launched, as when Pitwall was killed before. */
export function isAttemptPending(events: readonly LifecycleEvent[]): boolean {
  const last = events.findLast(
    ({ event: { kind } }) => kind === "restarting" || kind === "launched" || kind === "gave-up",
  );
  return last?.event.kind === "restarting";
}

/** When each attempt after the first was queued and when it left the queue, if a scheduler started it. */
export function requeuedSpansOf(
  events: readonly LifecycleEvent[],
): { fromMs: number; toMs: number }[] {
  const spans: { fromMs: number; toMs: number }[] = [];
  let queuedMs: number | undefined;
  let isFirst = true;
  for (const { event, timeMs } of events) {
    if (event.kind === "queued") queuedMs ??= timeMs;
    const hasLeft = event.kind === "launched" || event.kind === "data";
    if (!hasLeft) continue;
    if (queuedMs !== undefined && !isFirst)
      spans.push({ fromMs: queuedMs, toMs: Math.max(queuedMs, timeMs) });
    queuedMs = undefined;
    if (event.kind === "launched") isFirst = false;
  }
  return spans;
}

/** How long the attempts after the first were queued, milliseconds. */
export function requeuedMsOf(events: readonly LifecycleEvent[]): number {
  return requeuedSpansOf(events).reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
}
