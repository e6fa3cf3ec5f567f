import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BucketOrder } from "./bucket-order.ts";
import { BucketGrid } from "./series-buckets.ts";

describe("filled in order", () => {
  test("a grid equals the one with each point pushed, and accepts more points", () => {
    const number = fc.oneof(
      fc.double({ min: -50, max: 150, noNaN: true }),
      fc.constant(Number.NaN),
    );
    const point = fc.record({ x: number, value: number });
    fc.assert(
      fc.property(fc.array(point), fc.array(point), fc.boolean(), (points, more, keepsMedian) => {
        const where = { fromX: 0, stepX: 7, toX: 100 };
        const pushed = new BucketGrid({ ...where, keepsMedian });
        for (const { x, value } of points) pushed.push(x, value);
        pushed.settle();
        const order = new BucketOrder({ ...where, mostPoints: points.length });
        for (const { x } of points) order.push(x);
        order.settle();
        const filled = new BucketGrid({ ...where, keepsMedian });
        const half = points.length >> 1;
        const values = order.sorted((put) => {
          put(
            Float64Array.from(points.slice(0, half), ({ value }) => value),
            half,
          );
          put(
            Float64Array.from(points.slice(half), ({ value }) => value),
            points.length - half,
          );
        });
        filled.fillInOrder(order, values);
        expect(filled.all()).toEqual(pushed.all());
        expect([filled.turn, filled.bucketCount]).toEqual([pushed.turn, pushed.bucketCount]);
        for (const grid of [pushed, filled]) {
          for (const { x, value } of more) grid.push(x, value);
          grid.settle();
        }
        expect(filled.all()).toEqual(pushed.all());
      }),
    );
  });

  test("reports points after its end", () => {
    const where = { fromX: 0, stepX: 1, toX: 3 };
    const order = new BucketOrder({ ...where, mostPoints: 3 });
    for (const x of [1, 9, 5]) order.push(x);
    order.settle();
    const grid = new BucketGrid({ ...where, keepsMedian: true });
    grid.fillInOrder(
      order,
      order.sorted((put) => put(Float64Array.of(4, 5, 6), 3)),
    );
    expect(grid.overrunX).toBe(9);
    expect(grid.all()).toMatchObject({ x: [1], median: [4], count: [1] });
  });
});
