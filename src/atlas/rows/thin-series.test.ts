import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type SeriesPoint, thinSeries } from "./thin-series.ts";

const anySeries = fc
  .array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 400 })
  .map((values) =>
    values.map((value, index): SeriesPoint => ({ timeMs: index * 10, value, samples: index })),
  );
const anyMost = fc.integer({ min: 4, max: 100 });

describe("thinSeries", () => {
  test("keeps the first, last, minimum and maximum in order, within the limit", () => {
    fc.assert(
      fc.property(anySeries, anyMost, (points, most) => {
        const kept = thinSeries(points, most);
        const values = points.map(({ value }) => value);
        expect(kept.length).toBeLessThanOrEqual(Math.max(most, 0));
        expect(kept[0]).toBe(points[0]);
        expect(kept.at(-1)).toBe(points.at(-1));
        expect(Math.min(...kept.map(({ value }) => value))).toBe(Math.min(...values));
        expect(Math.max(...kept.map(({ value }) => value))).toBe(Math.max(...values));
        expect(kept.map(({ timeMs }) => timeMs)).toEqual(
          kept.map(({ timeMs }) => timeMs).toSorted((a, b) => a - b),
        );
        expect(new Set(kept).size).toBe(kept.length);
      }),
    );
  });

  test("does not change a short series", () => {
    const points = [3, 1, 2].map((value, index) => ({ timeMs: index, value, samples: undefined }));
    expect(thinSeries(points, 4)).toBe(points);
  });
});
