import { expect, test } from "vitest";
import { axisScale, formatValue } from "./axis-scale.ts";

test.each([
  { unit: "milliseconds", max: 900, divisor: 1, label: "x (ms)" },
  { unit: "milliseconds", max: 90_000, divisor: 1000, label: "x (s)" },
  { unit: "milliseconds", max: 600_000, divisor: 60_000, label: "x (min)" },
  { unit: "milliseconds", max: 6e8, divisor: 86_400_000, label: "x (d)" },
  { unit: "samples", max: 5e6, divisor: 1e6, label: "x (M)" },
  { unit: "bytes", max: 1.5e9, divisor: 1e6, label: "x (MB)" },
  { unit: "fraction", max: 0.9, divisor: 0.01, label: "x (%)" },
  { unit: "", max: 3, divisor: 1, label: "x" },
] as const)("labels an axis of $unit up to $max as $label", ({ unit, max, divisor, label }) => {
  expect(axisScale({ label: "x", unit }, max)).toEqual({ divisor, label, isTime: false });
});

test.each([
  [61_000, "milliseconds", "1 min 01 s"],
  [0.123_456, "", "0.1235"],
  [0.5, "US dollars", "$0.50"],
  [7200, "joules", "7.20 kJ (2.00 Wh)"],
  [0.345, "fraction", "34.5 %"],
] as const)("formats %d in %s as the terminal does: %s", (value, unit, text) => {
  expect(formatValue(value, unit)).toBe(text);
});
