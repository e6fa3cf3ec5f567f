import fc from "fast-check";
import { expect, test } from "vitest";
import { ThinnedSeries } from "./thinned-series.ts";

test("gives the exact count, bounds and last value, and evenly spaced samples", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), {
        minLength: 1,
        maxLength: 300,
      }),
      (values) => {
        const series = new ThinnedSeries(16);
        for (const value of values) series.push(value);
        const result = series.finish();
        expect(result).toMatchObject({
          count: values.length,
          least: Math.min(...values),
          most: Math.max(...values),
          last: values.at(-1),
        });
        const samples = result?.samples ?? [];
        expect(samples.length).toBeLessThanOrEqual(16);
        expect(samples.length).toBeGreaterThanOrEqual(Math.min(values.length, 8));
        const stride = 2 ** Math.max(0, Math.ceil(Math.log2(values.length / 16)));
        expect(samples).toEqual(values.filter((_, index) => index % stride === 0));
      },
    ),
  );
});

test("ignores values that are not finite, and is undefined without values", () => {
  const series = new ThinnedSeries();
  series.push(Number.NaN);
  series.push(Number.POSITIVE_INFINITY);
  expect(series.finish()).toBeUndefined();
  series.push(2);
  expect(series.finish()).toEqual({ count: 1, least: 2, most: 2, last: 2, samples: [2] });
});
