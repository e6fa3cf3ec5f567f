import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sampleDetail } from "../run/charts/sample-detail.ts";
import { differingFacts, overlayChart, smoothed } from "./view-model.ts";

describe("smoothed", () => {
  test("is the weighted mean of the values so far", () => {
    expect(smoothed([1, 3, 3], 0.5)).toEqual([1, (0.5 + 3) / 1.5, (0.25 + 1.5 + 3) / 1.75]);
  });

  test("keeps constants, and stays between minimum and maximum", () => {
    const finite = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    const weight = fc.double({ min: 0, max: 0.99, noNaN: true });
    fc.assert(
      fc.property(fc.array(finite, { minLength: 1 }), weight, (values, by) => {
        const [low, high] = [Math.min(...values), Math.max(...values)];
        const slack = 1e-6 * Math.max(1, Math.abs(low), Math.abs(high));
        for (const value of smoothed(values, by)) {
          expect(value).toBeGreaterThanOrEqual(low - slack);
          expect(value).toBeLessThanOrEqual(high + slack);
        }
      }),
    );
  });
});

test("lists the fields in which runs differ, with the value of each", () => {
  const first = sampleDetail();
  const { environment } = first.request;
  const second = sampleDetail({
    request: { ...first.request, seed: 99, environment: { ...environment, nodeVersion: "v99" } },
  });
  expect(differingFacts([first, second])).toEqual([
    { field: "seed", values: [String(first.request.seed), "99"] },
    { field: "environment.nodeVersion", values: [environment.nodeVersion, "v99"] },
  ]);
  expect(differingFacts([first, first])).toEqual([]);
});

test("draws one line for each run that has the metric", () => {
  const buckets = {
    name: "loss",
    unit: "" as const,
    x: [0, 1],
    min: [2, 1],
    max: [2, 1],
    last: [2, 1],
    count: [1, 1],
  };
  const view = { runIds: [], metric: "loss", xAxis: "clock" as const, smoothing: 0, isLog: true };
  const runs = [
    { detail: sampleDetail(), buckets },
    { detail: sampleDetail(), buckets: undefined },
  ];
  const spec = overlayChart(runs, view);
  expect(spec.marks.map((mark) => (mark.kind === "line" ? mark.y : []))).toEqual([[2, 1]]);
  expect(spec.y).toEqual({ label: "loss", unit: "", isLog: true });
});
