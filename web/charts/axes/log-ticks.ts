import { ticksBetween } from "./ticks.ts";

/** A range of a logarithmic axis; both ends are greater than 0. */
export interface LogDomain {
  from: number;
  to: number;
}

/** A range that contains all positive values and some space on both sides; undefined without positive values. */
export function logDomain(values: readonly number[], padding = 1.35): LogDomain | undefined {
  const usable = values.filter((value) => value > 0 && Number.isFinite(value));
  const [first, ...others] = usable;
  if (first === undefined) return undefined;
  let [min, max] = [first, first];
  for (const value of others) {
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  // Avoids an axis of zero length for a single point.
  const extra = max / min < 1.5 ? 1.4 : 1;
  return { from: min / padding / extra, to: max * padding * extra };
}

/** Round values on a logarithmic axis, at most about `count`: 1, 2, and 5 per decade, or 1 and 3, or powers of ten. */
export function logTicks({ from, to }: LogDomain, count: number): number[] {
  const choices = [[1, 2, 5], [1, 3], [1]].map((steps) => decadeTicks(from, to, steps));
  const fitting = choices.find((ticks) => ticks.length <= count && ticks.length > 2);
  if (fitting !== undefined) return fitting;
  const [fine = [], , decades = []] = choices;
  if (decades.length > count) return everyNth(decades, count);
  // Even steps would leave the lower half of a narrow range without a tick.
  const narrow = to / from >= 2 ? decadeTicks(from, to, narrowSteps) : [];
  if (narrow.length > 2 && narrow.length <= count) return narrow;
  return fine.length > 2 ? everyNth(fine, count) : ticksBetween(from, to, Math.min(count, 4));
}

const narrowSteps = [1, 1.5, 2, 3, 4, 5, 7];

function decadeTicks(from: number, to: number, steps: readonly number[]): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(from)); power <= Math.ceil(Math.log10(to)); power++)
    for (const step of steps) {
      const tick = Number((step * 10 ** power).toPrecision(3));
      if (tick >= from && tick <= to) ticks.push(tick);
    }
  return ticks;
}

/** Powers of two, or every nth of them, at most about `count`. */
export function doublingTicks({ from, to }: LogDomain, count: number): number[] {
  const ticks: number[] = [];
  for (let power = Math.max(0, Math.ceil(Math.log2(from))); 2 ** power <= to; power++)
    ticks.push(2 ** power);
  return everyNth(ticks, count);
}

function everyNth(ticks: readonly number[], count: number): number[] {
  const step = Math.max(1, Math.ceil(ticks.length / Math.max(1, count)));
  return ticks.filter((_, index) => index % step === 0);
}
