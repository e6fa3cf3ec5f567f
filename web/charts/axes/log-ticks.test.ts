import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { doublingTicks, logDomain, logTicks } from "./log-ticks.ts";
import { tickLabel } from "./tick-label.ts";

describe("logDomain", () => {
  test("contains all positive values and ignores others", () => {
    const domain = logDomain([10, 0, -3, 1000, Number.NaN, Number.POSITIVE_INFINITY]);
    expect(domain?.from).toBeLessThan(10);
    expect(domain?.to).toBeGreaterThan(1000);
    expect(domain?.to).toBeLessThan(2000);
    expect(logDomain([0, -1])).toBeUndefined();
  });

  test("a single point has space on both sides", () => {
    const domain = logDomain([5]);
    expect((domain?.to ?? 0) / (domain?.from ?? 1)).toBeGreaterThan(2);
  });
});

describe("logTicks", () => {
  test.each([
    {
      name: "1, 2, and 5 if there is space",
      from: 0.8,
      to: 12,
      count: 10,
      ticks: [1, 2, 5, 10],
    },
    {
      name: "1 and 3 if there is less space",
      from: 0.9,
      to: 1100,
      count: 8,
      ticks: [1, 3, 10, 30, 100, 300, 1000],
    },
    { name: "powers of ten", from: 0.9, to: 1100, count: 5, ticks: [1, 10, 100, 1000] },
    {
      name: "every other power of ten if there are many",
      from: 0.9,
      to: 1.1e6,
      count: 4,
      ticks: [1, 100, 10_000, 1_000_000],
    },
    { name: "even steps within a decade", from: 11, to: 14, count: 8, ticks: [11, 12, 13, 14] },
  ])("$name", ({ from, to, count, ticks }) => {
    expect(logTicks({ from, to }, count)).toEqual(ticks);
  });

  test("of a range of less than a decade are in its lower half as well", () => {
    const domain = { from: 1020, to: 7300 };
    expect(logTicks(domain, 16)).toEqual([1500, 2000, 3000, 4000, 5000, 7000]);
  });

  test("are never empty, are inside of the domain, and hardly exceed the requested count", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
        fc.double({ min: 1.3, max: 1e9, noNaN: true }),
        fc.integer({ min: 3, max: 20 }),
        (from, ratio, count) => {
          const domain = { from, to: from * ratio };
          const ticks = logTicks(domain, count);
          expect(ticks.length).toBeGreaterThan(0);
          expect(ticks.length).toBeLessThanOrEqual(count + 2);
          for (const tick of ticks) {
            expect(tick).toBeGreaterThanOrEqual(domain.from * (1 - 1e-6));
            expect(tick).toBeLessThanOrEqual(domain.to * (1 + 1e-6));
          }
        },
      ),
    );
  });
});

describe("doublingTicks", () => {
  test("are powers of two at even steps", () => {
    expect(doublingTicks({ from: 0.7, to: 20 }, 10)).toEqual([1, 2, 4, 8, 16]);
    expect(doublingTicks({ from: 3, to: 5000 }, 6)).toEqual([4, 16, 64, 256, 1024, 4096]);
  });
});

describe("tickLabel", () => {
  test.each([
    [0.05, "0.05"],
    [20, "20"],
    [1024, "1,024"],
    [200_000, "200k"],
    [5e6, "5M"],
  ])("%d is formatted as %s", (tick, text) => {
    expect(tickLabel(tick)).toBe(text);
  });
});
