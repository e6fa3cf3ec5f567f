import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tickText, ticksBetween, timesBetween } from "./ticks.ts";

describe("ticksBetween", () => {
  test.each([
    { name: "a hundred in tens", from: 0, to: 100, expected: [0, 20, 40, 60, 80, 100] },
    {
      name: "tenths without binary rounding errors",
      from: 0,
      to: 0.5,
      expected: [0, 0.1, 0.2, 0.3, 0.4, 0.5],
    },
    { name: "across zero", from: -1, to: 1, expected: [-1, -0.5, 0, 0.5, 1] },
    { name: "a single value", from: 3, to: 3, expected: [3] },
    { name: "not a number", from: Number.NaN, to: 1, expected: [] },
  ])("$name", ({ from, to, expected }) => {
    expect(ticksBetween(from, to, 5)).toEqual(expected);
  });

  test("are inside of the range and hardly exceed the requested count", () => {
    const value = fc.double({ min: -1e9, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(value, fc.double({ min: 1e-3, max: 1e9, noNaN: true }), (from, range) => {
        const ticks = ticksBetween(from, from + range, 6);
        expect(ticks.length).toBeLessThan(12);
        const slack = Math.max(range, Math.abs(from)) * 1e-9;
        expect(ticks.every((tick) => tick >= from - slack && tick <= from + range + slack)).toBe(
          true,
        );
      }),
      { seed: 3 },
    );
  });
});

test.each([
  { tick: 1200, ticks: [1000, 1200], text: "1,200" },
  { tick: 0.15, ticks: [0.1, 0.15], text: "0.15" },
  { tick: 1234.5, ticks: [1234, 1234.5], text: "1,234.5" },
  { tick: 7, ticks: [7], text: "7" },
])("$tick is formatted as $text", ({ tick, ticks, text }) => {
  expect(tickText(tick, ticks)).toBe(text);
});

test.each([
  { name: "tenths of a second", from: 100.05, to: 100.4, expected: [100.1, 100.2, 100.3, 100.4] },
  { name: "whole seconds", from: 100.2, to: 103.1, expected: [101, 102, 103] },
  { name: "quarters of a minute", from: 0, to: 60, expected: [0, 15, 30, 45, 60] },
  { name: "half hours", from: 3500, to: 9500, expected: [3600, 5400, 7200, 9000] },
])("returns times of day at $name", ({ from, to, expected }) => {
  const seconds = timesBetween(from, to, 5).map((tick) => Number(tick.toFixed(6)));
  expect(seconds).toEqual(expected);
});
