import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BucketGrid, stepFor } from "./series-buckets.ts";
import { median } from "./statistics.ts";

type Point = readonly [x: number, value: number];

function filled(points: readonly Point[], { fromX = 0, stepX = 1, toX = 10 } = {}): BucketGrid {
  const grid = new BucketGrid({ fromX, stepX, toX, keepsMedian: true });
  for (const [x, value] of points) grid.push(x, value);
  grid.settle();
  return grid;
}

const anyPoints = fc.array(
  fc.tuple(
    fc.double({ min: 0, max: 100, noNaN: true }),
    fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  ),
  { maxLength: 300 },
);

describe("BucketGrid", () => {
  test("stores minimum, maximum, last value, median and count of each bucket", () => {
    const grid = filled([
      [0.1, 5],
      [0.9, 1],
      [0.5, 9],
      [3, 7],
    ]);
    expect(grid.all()).toEqual({
      x: [0.9, 3],
      min: [1, 7],
      max: [9, 7],
      last: [1, 7],
      median: [5, 7],
      count: [3, 1],
    });
  });

  test("a bucket with one point equals that point", () => {
    const grid = filled([[2.345678901234, 0.1 + 0.2]]);
    expect(grid.all()).toMatchObject({
      x: [2.345678901234],
      min: [0.1 + 0.2],
      max: [0.1 + 0.2],
      last: [0.1 + 0.2],
    });
  });

  test("omits values that are not numbers and points outside the grid", () => {
    const grid = filled([
      [-0.001, 1],
      [10.5, 2],
      [5, Number.NaN],
      [Number.NaN, 3],
      [6, Number.POSITIVE_INFINITY],
    ]);
    expect(grid.all().count).toEqual([]);
  });

  test("does not depend on the order of points, except for points at the same position", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 99 }), fc.integer()), {
          selector: ([x]) => x,
        }),
        (points) => {
          const options = { stepX: 7, toX: 100 };
          expect(filled(points.toReversed(), options).all()).toEqual(filled(points, options).all());
        },
      ),
    );
  });

  test("loses no point and no extreme", () => {
    fc.assert(
      fc.property(anyPoints, fc.integer({ min: 1, max: 50 }), (points, width) => {
        const stepX = stepFor(0, 100, width);
        const buckets = filled(points, { stepX, toX: 100 + stepX }).all();
        const values = points.map(([, value]) => value);
        expect(buckets.count.reduce((sum, count) => sum + count, 0)).toBe(points.length);
        if (points.length === 0) return;
        expect(Math.min(...buckets.min)).toBe(Math.min(...values));
        expect(Math.max(...buckets.max)).toBe(Math.max(...values));
        expect(buckets.x.length).toBeLessThanOrEqual(width + 1);
      }),
    );
  });

  test("gives the same result when filled in steps, in order of x, as when filled at once", () => {
    fc.assert(
      fc.property(anyPoints, fc.integer({ min: 1, max: 20 }), (points, perTurn) => {
        const inOrder = points.toSorted((a, b) => a[0] - b[0]);
        const options = { stepX: 5, toX: 105 };
        const grid = new BucketGrid({ fromX: 0, keepsMedian: true, ...options });
        for (const [index, [x, value]] of inOrder.entries()) {
          grid.push(x, value);
          if (index % perTurn === 0) grid.settle();
        }
        grid.settle();
        expect(grid.all()).toEqual(filled(inOrder, options).all());
      }),
    );
  });

  test("the median equals that of the statistics module", () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1, maxLength: 40 }), (values) => {
        const grid = filled(values.map((value) => [0.5, value] as const));
        expect(grid.all().median).toEqual([median(values)]);
      }),
    );
  });

  test("a late point in a settled bucket affects everything except the median", () => {
    const grid = filled([
      [0.5, 1],
      [5, 2],
    ]);
    grid.push(0.7, 100);
    grid.settle();
    expect(grid.all()).toMatchObject({ max: [100, 2], last: [100, 2], median: [1, 2] });
  });

  test("reports the changes after a turn, starting at the first changed bucket", () => {
    const grid = filled([
      [0.5, 1],
      [5, 2],
      [6, 3],
    ]);
    const seen = grid.turn - 1;
    expect(grid.since(seen)).toBeUndefined();
    grid.push(5.5, 4);
    grid.settle();
    expect(grid.since(seen)).toMatchObject({ fromX: 5, x: [5.5, 6], count: [2, 1] });
    expect(grid.since(0)).toMatchObject({ fromX: 0, count: [1, 2, 1] });
  });

  test("reports the position of a point after its end", () => {
    const grid = filled([[5, 1]]);
    expect(grid.overrunX).toBeUndefined();
    grid.push(1e300, 1);
    grid.push(11, 1);
    expect(grid.overrunX).toBe(1e300);
    expect(grid.bucketCount).toBe(6);
  });

  test("supports many buckets, and computes medians only on request", () => {
    const grid = new BucketGrid({ fromX: 0, stepX: 1, toX: 3000, keepsMedian: false });
    for (let x = 0; x < 3000; x++) grid.push(x, x);
    grid.settle();
    expect(grid.all().median).toBeUndefined();
    expect(grid.all().last).toEqual(Array.from({ length: 3000 }, (_, x) => x));
  });
});

describe("stepFor", () => {
  test("the last point of the range is in the last bucket", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e12, max: 1e12, noNaN: true }),
        fc.double({ min: 1, max: 1e9, noNaN: true }),
        fc.integer({ min: 1, max: 4000 }),
        (fromX, stretch, width) => {
          const toX = fromX + stretch;
          const bucket = Math.floor((toX - fromX) / stepFor(fromX, toX, width));
          expect(bucket).toBeLessThan(width);
        },
      ),
    );
  });

  test("a range of zero length has one bucket", () => {
    expect(stepFor(3, 3, 100)).toBe(1);
  });
});
