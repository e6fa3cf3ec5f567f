import {
  formatBytes,
  formatCount,
  formatDuration,
  formatJoules,
  formatSignificant,
  formatUsd,
} from "../../../src/foundation/numbers/units.ts";
import type { Axis, AxisUnit } from "../run/chart-spec.ts";

/** The scale of an axis: values are divided by `divisor`. */
export interface AxisScale {
  divisor: number;
  /** The axis label with the unit of its ticks: `clock (min)`. */
  label: string;
  /** Whether ticks are times of day. */
  isTime: boolean;
}

type Steps = readonly (readonly [atLeast: number, divisor: number, unit: string])[];

const powersOfTen: readonly (readonly [number, string])[] = [
  [1e15, "P"],
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
];

/** A unit is used from this many on: `90 s`, not `1.5 min`. */
const minCount = 2;

const durations: Steps = [
  [minCount * 86_400_000, 86_400_000, "d"],
  [minCount * 3_600_000, 3_600_000, "h"],
  [minCount * 60_000, 60_000, "min"],
  [minCount * 1000, 1000, "s"],
  [0, 1, "ms"],
];

/** Selects the unit of an axis whose maximum is `max`. */
export function axisScale(axis: Axis, max: number): AxisScale {
  const { label, unit } = axis;
  if (unit === "epoch milliseconds") return { divisor: 1000, label, isTime: true };
  const size = Math.abs(max);
  const [, divisor, name] = stepsOf[unit].find(([atLeast]) => size >= atLeast) ?? [0, 1, unit];
  return { divisor, label: name === "" ? label : `${label} (${name})`, isTime: false };
}

function withPowers(unit: string): Steps {
  const powers = powersOfTen.map(
    ([power, prefix]) => [minCount * power, power, `${prefix}${unit}`] as const,
  );
  return [...powers, [0, 1, unit]];
}

const plain: Steps = [[0, 1, ""]];

const stepsOf: Readonly<Record<Exclude<AxisUnit, "epoch milliseconds">, Steps>> = {
  milliseconds: durations,
  joules: withPowers("J"),
  watts: withPowers("W"),
  bytes: withPowers("B"),
  "bytes per second": withPowers("B/s"),
  fraction: [[0, 0.01, "%"]],
  "US dollars": [[0, 1, "$"]],
  samples: withPowers(""),
  "samples per second": withPowers("/s"),
  steps: withPowers(""),
  epochs: plain,
  cores: plain,
  "": plain,
};

const timeOfDay = new Intl.DateTimeFormat(undefined, {
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 1,
  hourCycle: "h23",
});

const formats: Readonly<Record<AxisUnit, (value: number) => string>> = {
  "epoch milliseconds": (value) => timeOfDay.format(value),
  milliseconds: formatDuration,
  joules: formatJoules,
  watts: (value) => `${formatSignificant(value, 3)} W`,
  bytes: formatBytes,
  "bytes per second": (value) => `${formatBytes(value)}/s`,
  fraction: (value) => `${formatSignificant(value * 100, 3)} %`,
  "US dollars": formatUsd,
  samples: formatCount,
  "samples per second": (value) =>
    `${value >= 100 ? formatCount(value) : formatSignificant(value, 3)}/s`,
  cores: (value) => `${formatSignificant(value, 3)} cores`,
  steps: (value) => `step ${formatSignificant(value, 6)}`,
  epochs: (value) => `${formatSignificant(value, 3)} epochs`,
  "": (value) => formatSignificant(value, 4),
};

/** Formats a value with its unit as the terminal does: `12.3 s`, `$0.12`, `0.9412`. */
export function formatValue(value: number, unit: AxisUnit): string {
  return formats[unit](value);
}
