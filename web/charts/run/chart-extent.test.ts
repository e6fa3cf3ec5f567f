import { describe, expect, test } from "vitest";
import { chartExtent } from "./chart-extent.ts";
import type { ChartSpec, Mark } from "./chart-spec.ts";

const line = (x: number[], y: number[]): Mark => ({
  kind: "line",
  label: "a",
  tone: 1,
  stroke: "solid",
  x,
  y,
});
const chart = (marks: Mark[], includesZero = false): ChartSpec => ({
  name: "test",
  title: "Test",
  x: { label: "clock", unit: "milliseconds" },
  y: { label: "loss", unit: "", includesZero },
  marks,
});

test("a logarithmic axis contains the positive values", () => {
  const spec = {
    name: "loss",
    title: "Loss",
    x: { label: "clock", unit: "milliseconds" as const },
    y: { label: "loss", unit: "" as const, isLog: true },
    marks: [
      {
        kind: "line" as const,
        label: "loss",
        tone: 1 as const,
        stroke: "solid" as const,
        x: [0, 1, 2],
        y: [0, 0.01, 10],
      },
    ],
  };
  const { fromY, toY } = chartExtent(spec);
  expect([fromY > 0.008 && fromY < 0.01, toY > 10 && toY < 12]).toEqual([true, true]);
});

describe("chartExtent", () => {
  test.each([
    {
      name: "adds padding above and below",
      marks: [line([0, 10], [0, 100])],
      expected: { fromX: 0, toX: 10, fromY: -6, toY: 106 },
    },
    {
      name: "starts at zero if zero must be visible",
      marks: [line([0, 10], [50, 100])],
      includesZero: true,
      expected: { fromX: 0, toX: 10, fromY: 0, toY: 106 },
    },
    {
      name: "includes a target above all measurements",
      marks: [line([0, 10], [0, 50]), { kind: "level", label: "t", y: 100 }] as Mark[],
      expected: { fromX: 0, toX: 10, fromY: -6, toY: 106 },
    },
    {
      name: "adds space around a single point",
      marks: [line([5], [2])],
      expected: { fromX: 4.75, toX: 5.25, fromY: 1.9, toY: 2.1 },
    },
    {
      name: "is not empty without marks",
      marks: [],
      expected: { fromX: 0, toX: 1, fromY: 0, toY: 1 },
    },
    {
      name: "ignores values that are not finite",
      marks: [line([0, 1, 2], [0, Number.NaN, Number.POSITIVE_INFINITY])],
      expected: { fromX: 0, toX: 2, fromY: -0.5, toY: 0.5 },
    },
  ])("$name", ({ marks, includesZero = false, expected }) => {
    expect(chartExtent(chart(marks, includesZero))).toEqual(expected);
  });

  test("limits a distant crossing so that the measurements fill at least a third", () => {
    const far: Mark = { kind: "range", label: "soon", fromX: 500, toX: 900, atX: 600 };
    expect(chartExtent(chart([far, line([0, 10], [0, 1])])).toX).toBe(30);
  });
});
