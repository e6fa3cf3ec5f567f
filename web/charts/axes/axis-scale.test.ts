import { expect, test } from "vitest";
import { axisScale, formatValue } from "./axis-scale.ts";

test.each([
  { unit: "milliseconds", greatest: 900, divisor: 1, label: "x (ms)" },
  { unit: "milliseconds", greatest: 90_000, divisor: 1000, label: "x (s)" },
  { unit: "milliseconds", greatest: 600_000, divisor: 60_000, label: "x (min)" },
  { unit: "milliseconds", greatest: 6e8, divisor: 86_400_000, label: "x (d)" },
  { unit: "samples", greatest: 5e6, divisor: 1e6, label: "x (M)" },
  { unit: "bytes", greatest: 1.5e9, divisor: 1e6, label: "x (MB)" },
  { unit: "fraction", greatest: 0.9, divisor: 0.01, label: "x (%)" },
  { unit: "", greatest: 3, divisor: 1, label: "x" },
] as const)(
  "an axis of $unit up to $greatest is read as $label",
  ({ unit, greatest, divisor, label }) => {
    expect(axisScale({ label: "x", unit }, greatest)).toEqual({ divisor, label, isTime: false });
  },
);

test.each([
  [61_000, "milliseconds", "1 min 01 s"],
  [0.123_456, "", "0.1235"],
  [0.5, "US dollars", "$0.50"],
  [7200, "joules", "7.20 kJ (2.00 Wh)"],
  [0.345, "fraction", "34.5 %"],
] as const)("%d in %s reads as the terminal writes it: %s", (value, unit, text) => {
  expect(formatValue(value, unit)).toBe(text);
});
