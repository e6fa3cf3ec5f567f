import { ticksBetween } from "./ticks.ts";

/** A stretch of an axis, both ends above 0. */
export interface LogDomain {
  from: number;
  to: number;
}

/** The stretch that holds all values and some room beside them; undefined where there is no positive value. */
export function logDomain(values: readonly number[], room = 1.35): LogDomain | undefined {
  const usable = values.filter((value) => value > 0 && Number.isFinite(value));
  const [first, ...others] = usable;
  if (first === undefined) return undefined;
  let [least, greatest] = [first, first];
  for (const value of others) {
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  // A lone point would lie on an axis without length.
  const extra = greatest / least < 1.5 ? 1.4 : 1;
  return { from: least / room / extra, to: greatest * room * extra };
}

/** Round values on an axis of logarithms, at most some `count` of them: powers of ten, else 1 and 3, else 1, 2 and 5. */
export function logTicks({ from, to }: LogDomain, count: number): number[] {
  const choices = [[1, 2, 5], [1, 3], [1]].map((steps) => decadeTicks(from, to, steps));
  const fitting = choices.find((ticks) => ticks.length <= count && ticks.length > 2);
  if (fitting !== undefined) return fitting;
  const [most = [], , decades = []] = choices;
  if (decades.length > count) return everyNth(decades, count);
  return most.length > 2 ? everyNth(most, count) : ticksBetween(from, to, Math.min(count, 4));
}

function decadeTicks(from: number, to: number, steps: readonly number[]): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(from)); power <= Math.ceil(Math.log10(to)); power++)
    for (const step of steps) {
      const tick = Number((step * 10 ** power).toPrecision(3));
      if (tick >= from && tick <= to) ticks.push(tick);
    }
  return ticks;
}

/** Powers of two, as systems grow: each, or every second, third … of them, so that at most some `count` are left. */
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
