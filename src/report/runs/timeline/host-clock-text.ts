import { formatSignificant } from "../../../foundation/numbers/units.ts";
import type { LifecycleEvent } from "../../../schema/run/events/lifecycle-event.ts";
import type { MeasuredClock } from "../../../schema/run/measured/measured-clock.ts";

/** `3.200 s behind, ± 0.42 ms, 12 ppm too fast`: a host's clock compared with that of the launching machine. */
export function hostClockText({ offsetMs, uncertaintyMs, driftPpm }: MeasuredClock): string {
  const side = offsetMs > 0 ? "behind" : "ahead";
  // An offset within its uncertainty has no direction.
  const isZero = Math.abs(offsetMs) <= uncertaintyMs;
  const offset = isZero ? "agrees" : `${timeText(Math.abs(offsetMs))} ${side}`;
  return `${offset}, ± ${timeText(uncertaintyMs)}${driftText(driftPpm)}`;
}

const mostLines = 4;

/** The clock of each host as it was compared last; of many hosts, only those that differ most. */
export function hostClockLines(events: readonly LifecycleEvent[]): string[] {
  const clocks = new Map<string, MeasuredClock>();
  for (const { event } of events) if (event.kind === "host-clock") clocks.set(event.host, event);
  const all = [...clocks].map(([host, clock]) => ({ host, clock }));
  const shown =
    all.length <= mostLines
      ? all
      : all
          .toSorted((a, b) => Math.abs(b.clock.offsetMs) - Math.abs(a.clock.offsetMs))
          .slice(0, mostLines);
  const lines = shown.map(({ host, clock }) => `${host} ${hostClockText(clock)}`);
  const rest = all.length - shown.length;
  return rest === 0 ? lines : [...lines, `${rest} more hosts differ less`];
}

function driftText(ppm: number | undefined): string {
  if (ppm === undefined) return "";
  return `, ${formatSignificant(Math.abs(ppm), 2)} ppm too ${ppm > 0 ? "fast" : "slow"}`;
}

function timeText(ms: number): string {
  return ms < 1000 ? `${formatSignificant(ms, 2)} ms` : `${formatSignificant(ms / 1000, 4)} s`;
}
