import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dominates, paretoFront } from "./pareto-archive.ts";

const amount = fc.integer({ min: 1, max: 6 });
const points = fc.array(fc.tuple(amount, amount, amount), { maxLength: 40 });

describe("paretoFront", () => {
  test("equals the front by brute force", () => {
    fc.assert(
      fc.property(points, (items) => {
        const front = paretoFront(items, (item) => item).map(String);
        const brute = items.filter((one) => !items.some((other) => dominates(other, one)));
        expect(new Set(front)).toEqual(new Set(brute.map(String)));
        expect(front).toHaveLength(new Set(front).size);
      }),
    );
  });

  test("holds no dominated item and is sorted by the first objective", () => {
    fc.assert(
      fc.property(points, (items) => {
        const front = paretoFront(items, (item) => item);
        for (const one of front)
          for (const other of front) expect(dominates(one, other)).toBe(false);
        expect(front.map(([first]) => first)).toEqual(
          front.map(([first]) => first).toSorted((a, b) => a - b),
        );
      }),
    );
  });
});
