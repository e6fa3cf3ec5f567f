import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { meanOf, median, quantile, summarise } from "./statistics.ts";

describe("summarise", () => {
  test("returns count, median, range, mean and sample deviation", () => {
    expect(summarise([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({
      count: 8,
      median: 4.5,
      minimum: 2,
      maximum: 9,
      mean: 5,
      standardDeviation: expect.closeTo(2.138, 3),
    });
  });

  test("has no deviation for one value, and rejects an empty list", () => {
    expect(summarise([3]).standardDeviation).toBeUndefined();
    expect(() => summarise([])).toThrow(RangeError);
    expect(() => meanOf([])).toThrow(RangeError);
  });
});

describe("quantile", () => {
  test("does not overflow between very large values of opposite signs", () => {
    expect(quantile([-1.5e308, 1.5e308], 0.5)).toBe(0);
  });

  test.each([
    { values: [1, 2, 3, 4], fraction: 0.25, expected: 1.75 },
    { values: [4, 1, 3, 2], fraction: 0.5, expected: 2.5 },
    { values: [7], fraction: 0.9, expected: 7 },
  ])("$fraction of $values is $expected", ({ values, fraction, expected }) => {
    expect(quantile(values, fraction)).toBe(expected);
  });

  test("is within the range and does not depend on order", () => {
    const values = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 });
    fc.assert(
      fc.property(values, (values) => {
        const middle = median(values);
        expect(middle).toBeGreaterThanOrEqual(Math.min(...values));
        expect(middle).toBeLessThanOrEqual(Math.max(...values));
        expect(median(values.toReversed())).toBe(middle);
      }),
    );
  });
});
