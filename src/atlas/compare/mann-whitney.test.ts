import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mannWhitney } from "./mann-whitney.ts";

/** Yields all combinations of the given size. */
function choices(values: readonly number[], size: number): number[][] {
  if (size === 0) return [[]];
  return values.flatMap((value, at) =>
    choices(values.slice(at + 1), size - 1).map((rest) => [value].concat(rest)),
  );
}

/** Reference implementation that enumerates all assignments of the mean ranks. */
function slowPValue(first: readonly number[], second: readonly number[]): number {
  const all = [...first, ...second];
  const ranks = all.map((value) => {
    const below = all.filter((other) => other < value).length;
    const equal = all.filter((other) => other === value).length;
    return below + (equal + 1) / 2;
  });
  const sum = (hand: readonly number[]): number => hand.reduce((total, rank) => total + rank, 0);
  const middle = (sum(ranks) * first.length) / all.length;
  const distance = Math.abs(sum(ranks.slice(0, first.length)) - middle);
  const deals = choices(ranks, first.length);
  return (
    deals.filter((deal) => Math.abs(sum(deal) - middle) >= distance - 1e-9).length / deals.length
  );
}

describe("mannWhitney", () => {
  test.each([
    { name: "three against three, apart", first: [1, 2, 3], second: [4, 5, 6], p: 0.1 },
    { name: "four against four, apart", first: [1, 2, 3, 4], second: [5, 6, 7, 8], p: 2 / 70 },
    { name: "the same values", first: [1, 2, 3], second: [1, 2, 3], p: 1 },
    { name: "all alike", first: [5, 5], second: [5, 5, 5], p: 1 },
    { name: "runs that never arrived", first: [1, 2, 3], second: [4, Infinity, Infinity], p: 0.1 },
  ])("is exact: $name", ({ first, second, p }) => {
    expect(mannWhitney(first, second).pValue).toBeCloseTo(p, 12);
  });

  test("agrees with enumeration of all assignments, with ties", () => {
    const sample = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(sample, sample, (first, second) => {
        expect(mannWhitney(first, second).pValue).toBeCloseTo(slowPValue(first, second), 10);
        expect(mannWhitney(second, first).pValue).toBeCloseTo(slowPValue(first, second), 10);
      }),
    );
  });

  test("gives the smallest p-value that the counts allow", () => {
    expect(mannWhitney([1, 5, 3], [2, 4, 6]).leastPossible).toBeCloseTo(0.1, 12);
  });

  test("is continuous where it switches to the normal approximation", () => {
    const values = (count: number, step: number): number[] =>
      Array.from({ length: count }, (_, at) => at + step);
    const exact = mannWhitney(values(60, 0), values(60, 3.5));
    const normal = mannWhitney(values(61, 0), values(61, 3.5));
    expect([exact.method, normal.method]).toEqual(["exact", "normal"]);
    expect(Math.abs(normal.pValue / exact.pValue - 1)).toBeLessThan(0.1);
  });

  test("refuses an empty sample", () => {
    expect(() => mannWhitney([], [1])).toThrow(RangeError);
  });
});
