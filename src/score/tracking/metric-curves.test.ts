import fc from "fast-check";
import { expect, test } from "vitest";
import { MetricCurves } from "./metric-curves.ts";

function curveOf(values: readonly number[]) {
  const curves = new MetricCurves();
  for (const [index, value] of values.entries())
    curves.push("loss", { timeMs: index, clockMs: index + 0.4, value });
  return curves.finish()[0];
}

test("keeps all values of a short curve, with times in whole milliseconds", () => {
  expect(curveOf([3, 2, 1])).toEqual({
    metric: "loss",
    count: 3,
    clockMs: [0, 1, 2],
    values: [3, 2, 1],
  });
});

test("keeps about 1,000 of many values, with the first, last, minimum and maximum", () => {
  const anyValues = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), {
    minLength: 1500,
    maxLength: 6000,
    size: "max",
  });
  fc.assert(
    fc.property(anyValues, (values) => {
      const curve = curveOf(values);
      expect(curve?.count).toBe(values.length);
      expect(curve?.values.length).toBeLessThanOrEqual(1000);
      expect(curve?.values.at(0)).toBe(values.at(0));
      expect(curve?.values.at(-1)).toBe(values.at(-1));
      expect(Math.min(...(curve?.values ?? []))).toBe(Math.min(...values));
      expect(Math.max(...(curve?.values ?? []))).toBe(Math.max(...values));
      expect(curve?.numbers?.map((number) => values[number - 1])).toEqual(curve?.values);
    }),
    { seed: 5, numRuns: 20 },
  );
});

test("keeps the curves of a limited number of metrics", () => {
  const curves = new MetricCurves();
  for (let index = 0; index < 80; index++)
    curves.push(`metric ${index}`, { timeMs: 0, clockMs: 0, value: index });
  expect(curves.finish()).toHaveLength(50);
});
