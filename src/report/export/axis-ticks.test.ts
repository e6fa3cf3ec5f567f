import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { axisTicks } from "./axis-ticks.ts";

describe("axisTicks", () => {
  test.each([
    { from: 0, to: 1, expected: [0, 0.2, 0.4, 0.6, 0.8, 1] },
    { from: 0.31, to: 0.52, expected: [0.35, 0.4, 0.45, 0.5] },
    { from: 0, to: 0, expected: [0] },
    { from: -3, to: 12, expected: [0, 5, 10] },
  ])("gives round numbers from $from to $to", ({ from, to, expected }) => {
    expect(axisTicks(from, to, 5)).toEqual(expected);
  });

  test("stays within the range and the number of ticks", () => {
    const bound = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(bound, bound, (one, other) => {
        const [from = 0, to = 0] = [one, other].toSorted((a, b) => a - b);
        fc.pre(to - from > 1e-3);
        const ticks = axisTicks(from, to, 6);
        expect(ticks.length).toBeLessThanOrEqual(7);
        const slack = (to - from) * 1e-6;
        for (const tick of ticks) expect(tick >= from - slack && tick <= to + slack).toBe(true);
      }),
    );
  });
});
