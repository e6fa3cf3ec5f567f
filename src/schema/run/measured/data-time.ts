import type { LifecycleEvent } from "../events/lifecycle-event.ts";

/** How long data was put on the hosts before the launch, milliseconds; undefined without data. */
export function dataMsOf(events: readonly LifecycleEvent[]): number | undefined {
  const [started, ended] = events.filter(({ event }) => event.kind === "data");
  if (started === undefined || ended === undefined) return undefined;
  return Math.max(0, ended.timeMs - started.timeMs);
}
