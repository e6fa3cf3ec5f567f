import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { oneSidedPValue, studentTCdf } from "./student-t.ts";

describe("studentTCdf", () => {
  // Calculated with scipy.stats.t.cdf of SciPy 1.x.
  test.each([
    { t: -0.5, degreesOfFreedom: 1, expected: 0.35241638234956674 },
    { t: 1, degreesOfFreedom: 1, expected: 0.75 },
    { t: 0, degreesOfFreedom: 5, expected: 0.5 },
    { t: -2.5, degreesOfFreedom: 3, expected: 0.04385332350403278 },
    { t: 1.8331, degreesOfFreedom: 9, expected: 0.949998972859973 },
    { t: -1.7, degreesOfFreedom: 28, expected: 0.050107525248244994 },
    { t: 2.2, degreesOfFreedom: 26, expected: 0.9815530970779368 },
    { t: -6, degreesOfFreedom: 12, expected: 3.108369432429282e-5 },
    { t: 1e-6, degreesOfFreedom: 7, expected: 0.5000003849914508 },
    { t: -40, degreesOfFreedom: 2, expected: 0.0003122073360923703 },
    { t: 3.3, degreesOfFreedom: 0.5, expected: 0.8246493930806207 },
    { t: -1.6707, degreesOfFreedom: 61, expected: 0.049952286577750506 },
  ])(
    "is $expected at $t with $degreesOfFreedom degrees of freedom",
    ({ t, degreesOfFreedom, expected }) => {
      expect(Math.abs(studentTCdf(t, degreesOfFreedom) / expected - 1)).toBeLessThan(1e-12);
    },
  );

  test("matches the closed forms for one, two and four degrees of freedom", () => {
    fc.assert(
      fc.property(fc.double({ min: -50, max: 50, noNaN: true }), (t) => {
        const one = 0.5 + Math.atan(t) / Math.PI;
        const two = 0.5 + t / (2 * Math.sqrt(2 + t * t));
        const share = t / Math.sqrt(4 + t * t);
        const four = 0.5 + (share * (3 - share * share)) / 4;
        expect(studentTCdf(t, 1)).toBeCloseTo(one, 13);
        expect(studentTCdf(t, 2)).toBeCloseTo(two, 13);
        expect(studentTCdf(t, 4)).toBeCloseTo(four, 13);
      }),
    );
  });

  test("increases with t, and both tails add up to 1", () => {
    const anyT = fc.double({ min: -30, max: 30, noNaN: true });
    fc.assert(
      fc.property(anyT, anyT, fc.integer({ min: 1, max: 200 }), (a, b, degrees) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        expect(studentTCdf(low, degrees)).toBeLessThanOrEqual(studentTCdf(high, degrees) + 1e-15);
        expect(studentTCdf(a, degrees) + studentTCdf(-a, degrees)).toBeCloseTo(1, 13);
      }),
    );
  });

  test("is 0 and 1 at the infinities and rejects zero degrees of freedom", () => {
    expect(studentTCdf(Number.NEGATIVE_INFINITY, 3)).toBe(0);
    expect(studentTCdf(Number.POSITIVE_INFINITY, 3)).toBe(1);
    expect(studentTCdf(Number.NaN, 3)).toBeNaN();
    expect(() => studentTCdf(1, 0)).toThrow(RangeError);
  });
});

test("oneSidedPValue equals half of the two-sided p-value of scipy.stats.ttest_ind_from_stats", () => {
  const p = oneSidedPValue({ meanDifference: -5, standardDeviation: 5, counts: [18, 8] });
  expect(p).toBeCloseTo(0.013565762718767381, 14);
});
