import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { frontChart, nearestPoint, pointAfterKey } from "./front-chart.ts";
import { oddsChart } from "./odds-chart.ts";
import { scalingChart } from "./scaling-chart.ts";

const size = { width: 600, height: 300 };
const minute = 60_000;

const offers = [
  { id: "a", name: "64 x a", accelerator: "a", hue: 1, timeMs: 10 * minute, usd: 500, kwh: 90 },
  { id: "b", name: "32 x b", accelerator: "b", hue: 2, timeMs: 15 * minute, usd: 700, kwh: 10 },
  { id: "c", name: "8 x c", accelerator: "c", hue: 3, timeMs: 60 * minute, usd: 50, kwh: 12 },
];

describe("frontChart", () => {
  const rows = { offers, others: offers, axis: "cost", deadlineMs: undefined, limit: 60 } as const;
  const marks = frontChart(rows, size);

  test("draws faster offers to the left and cheaper ones below", () => {
    const [a, b, c] = marks?.points ?? [];
    expect([a, b, c].map((point) => point?.x)).toEqual([a?.x, b?.x, c?.x].toSorted(numerically));
    expect(c?.y).toBeGreaterThan(a?.y ?? 0);
    expect(a?.radius).toBeGreaterThan(b?.radius ?? 0);
  });

  test("connects only offers that no faster one undercuts", () => {
    const [a, , c] = marks?.points ?? [];
    expect(marks?.line).toBe(`M${a?.x} ${a?.y}L${c?.x} ${c?.y}`);
  });

  test("draws a limit between the offers that it separates", () => {
    const [a, , c] = marks?.points ?? [];
    expect(marks?.limitY).toBeGreaterThan(a?.y ?? 0);
    expect(marks?.limitY).toBeLessThan(c?.y ?? 0);
  });

  test("is left out without offers", () => {
    expect(frontChart({ ...rows, offers: [], others: [] }, size)).toBeUndefined();
  });

  test("moves by keys along the front and stops at its ends", () => {
    const points = marks?.points ?? [];
    expect(pointAfterKey(points, "a", "ArrowRight")?.id).toBe("b");
    expect(pointAfterKey(points, "a", "ArrowLeft")?.id).toBe("a");
    expect(pointAfterKey(points, undefined, "End")?.id).toBe("c");
    expect(pointAfterKey(points, "a", "x")).toBeUndefined();
  });

  test("finds the point near a position", () => {
    const points = marks?.points ?? [];
    const [a] = points;
    expect(nearestPoint(points, (a?.x ?? 0) + 3, a?.y ?? 0)?.id).toBe("a");
    expect(nearestPoint(points, -500, -500)).toBeUndefined();
  });
});

describe("oddsChart", () => {
  test("rises from left to right, and shows a deadline within its range", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1000, max: 10_000_000 }), { minLength: 1, maxLength: 300 }),
        fc.option(fc.integer({ min: 1, max: 1e9 }), { nil: undefined }),
        (times, deadlineMs) => {
          const doneMs = Float64Array.from(times).toSorted();
          const marks = oddsChart({ doneMs, deadlineMs, budgetMs: undefined }, size);
          const heights = [...marks.curve.matchAll(/ (?<y>[\d.]+)/gu)].map(([, y]) => Number(y));
          expect(heights.length).toBeGreaterThan(10);
          for (const [at, y] of heights.slice(1).entries())
            expect(y).toBeLessThanOrEqual(heights[at] ?? 0);
          const { box, deadlineX = box.left } = marks;
          expect(deadlineX).toBeGreaterThanOrEqual(box.left - 0.1);
          expect(deadlineX).toBeLessThanOrEqual(box.right + 0.1);
        },
      ),
    );
  });

  test("ignores draws that never end", () => {
    const doneMs = Float64Array.from([1000, 2000, Infinity]);
    const { curve } = oddsChart({ doneMs, deadlineMs: undefined, budgetMs: undefined }, size);
    expect(curve).not.toMatch(/NaN|Infinity/u);
  });
});

describe("scalingChart", () => {
  const steps = [8, 16, 64].map((count) => ({
    count,
    timeMs: (3600 * minute) / count,
    lowMs: (3000 * minute) / count,
    highMs: (4000 * minute) / count,
  }));

  test("puts perfect scaling on the line of perfect times", () => {
    const marks = scalingChart({ steps, published: [], chosenCount: 16 }, size);
    const [first] = marks?.line.split("L") ?? [];
    expect(marks?.ideal.startsWith(first ?? "?")).toBe(true);
    expect(marks?.chosen).toBeDefined();
  });

  test("draws published results on the same axes", () => {
    const published = [{ id: "p", text: "p", count: 16, timeMs: (3600 * minute) / 16 }];
    const marks = scalingChart({ steps, published, chosenCount: 16 }, size);
    expect(marks?.published[0]).toMatchObject(marks?.chosen ?? {});
  });

  test("is left out without times", () => {
    expect(scalingChart({ steps: [], published: [], chosenCount: 1 }, size)).toBeUndefined();
  });
});

function numerically(a = 0, b = 0): number {
  return a - b;
}
