import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sampleDetail } from "../run/charts/sample-detail.ts";
import type { RunDetail } from "../../../src/schema/dashboard/run-detail.ts";
import { differingFacts, overlayChart, smoothed, type OverlayView } from "./view-model.ts";

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

describe("the targets of an overlay", () => {
  const values = [0.5, 0.9];
  const ends = { min: values, max: values, last: values, count: [1, 1] };
  const buckets = { name: "quality", unit: "" as const, x: [0, 1], ...ends };
  const withTarget = (value: number): RunDetail => {
    const detail = sampleDetail();
    const target = { metric: "accuracy", direction: "at-least" as const, value };
    return { ...detail, request: { ...detail.request, target } };
  };
  const levelsOf = (targets: readonly number[], more: Partial<OverlayView>) => {
    const runs = targets.map((value) => ({ detail: withTarget(value), buckets }));
    const view = { runIds: [], metric: "accuracy", xAxis: "clock" as const, smoothing: 0 };
    const { marks } = overlayChart(runs, { ...view, isLog: false, ...more });
    return marks.flatMap((mark) => (mark.kind === "level" ? [mark.label] : []));
  };

  test.each([
    { name: "of equal runs is one line", values: [0.9, 0.9], more: {}, expected: ["target ≥ 0.9"] },
    {
      name: "that differ are one line each",
      values: [0.9, 0.95],
      more: {},
      expected: ["target ≥ 0.9", "target ≥ 0.95"],
    },
    { name: "of another metric have none", values: [0.9], more: { metric: "loss" }, expected: [] },
    {
      name: "of zero have none on a logarithmic axis",
      values: [0],
      more: { isLog: true },
      expected: [],
    },
  ])("$name", ({ values, more, expected }) => {
    expect(levelsOf(values, more)).toEqual(expected);
  });
});
