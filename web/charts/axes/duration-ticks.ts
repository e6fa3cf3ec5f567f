import type { LogDomain } from "./log-ticks.ts";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Round durations, ms, and their names. */
const steps: readonly (readonly [number, string])[] = [
  ...[1, 2, 5, 10, 20, 30].map((count) => [count * second, `${count} s`] as const),
  ...[1, 2, 5, 10, 20, 30].map((count) => [count * minute, `${count} min`] as const),
  ...[1, 2, 4, 8, 16].map((count) => [count * hour, `${count} h`] as const),
  ...[1, 2, 4, 8, 15, 30, 60, 120, 250, 500, 1000, 2000, 5000].map(
    (count) => [count * day, `${count} d`] as const,
  ),
];

export interface DurationTick {
  ms: number;
  text: string;
}

/** Round durations on a logarithmic axis, at most about `count`. */
export function durationTicks({ from, to }: LogDomain, count: number): DurationTick[] {
  const inside = steps.filter(([ms]) => ms >= from && ms <= to);
  const every = Math.max(1, Math.ceil(inside.length / Math.max(1, count)));
  return inside.filter((_, at) => at % every === 0).map(([ms, text]) => ({ ms, text }));
}

/** Round durations from zero on a linear axis, at most about `count`. */
export function linearDurationTicks(toMs: number, count: number): DurationTick[] {
  const [stepMs, text] = steps.find(([ms]) => toMs / ms <= count) ?? [day, "1 d"];
  const [amount = "1", unit = ""] = text.split(" ");
  const ticks: DurationTick[] = [];
  for (let at = 0; at * stepMs <= toMs; at++)
    ticks.push({ ms: at * stepMs, text: at === 0 ? "0" : `${at * Number(amount)} ${unit}` });
  return ticks;
}
