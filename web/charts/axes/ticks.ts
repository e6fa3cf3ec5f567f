/** Round values between two others, about `count` of them. */
export function ticksBetween(from: number, to: number, count: number): number[] {
  const range = to - from;
  if (!(range > 0) || !Number.isFinite(range)) return Number.isFinite(from) ? [from] : [];
  const rough = range / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((each) => each * power >= rough * 0.999) ?? 10) * power;
  const ticks: number[] = [];
  for (let index = Math.ceil(from / step - 1e-9); index * step <= to + step * 1e-9; index++) {
    ticks.push(Number((index * step).toPrecision(12)));
  }
  return ticks;
}

/** Formats a tick with enough decimals to distinguish it from adjacent ticks: `0.15`, `1,200`. */
export function tickText(tick: number, ticks: readonly number[]): string {
  const step = Math.abs((ticks[1] ?? 1) - (ticks[0] ?? 0));
  const decimals = step > 0 ? Math.min(12, Math.max(0, -Math.floor(Math.log10(step) + 1e-9))) : 0;
  const [whole = "", fraction] = tick.toFixed(decimals).split(".");
  const grouped = whole.replaceAll(/\B(?=(?:\d{3})+$)/gu, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** Tick intervals of times of day in seconds. */
const timeSteps = [
  0.1,
  0.2,
  0.5,
  1,
  2,
  5,
  10,
  15,
  30,
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * minute),
  ...[1, 2, 3, 6, 12].map((hours) => hours * hour),
  ...[1, 2, 7, 14, 28].map((days) => days * day),
];

/** Round times of day between two others, at most about `count`; seconds since the epoch. */
export function timesBetween(from: number, to: number, count: number): number[] {
  const rough = (to - from) / Math.max(1, count);
  const step = timeSteps.find((each) => each >= rough) ?? 28 * day;
  const ticks: number[] = [];
  // Multiplied, not added: sums of tenths are not exact.
  for (let index = Math.ceil(from / step); index * step <= to; index++) ticks.push(index * step);
  return ticks;
}
