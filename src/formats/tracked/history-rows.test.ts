import { describe, expect, test } from "vitest";
import { historyRows } from "./history-rows.ts";
import type { MetricPoint } from "./metric-points.ts";

function rowsOf(points: readonly Pick<MetricPoint, "metric" | "step" | "timeMs">[]) {
  const whole = points.map((point, index) => ({
    ...point,
    value: index,
    clockMs: point.timeMs,
    stepUnit: "steps" as const,
    samplesCount: undefined,
    epochNum: undefined,
  }));
  return historyRows({ points: whole }).map(({ step, values }) => ({
    step,
    values: Object.fromEntries(values),
  }));
}

describe("historyRows", () => {
  test("joins metrics of the same step", () => {
    const points = [
      { metric: "loss", step: 10, timeMs: 1 },
      { metric: "acc", step: 10, timeMs: 2 },
      { metric: "loss", step: 20, timeMs: 3 },
    ];
    expect(rowsOf(points)).toEqual([
      { step: 10, values: { loss: 0, acc: 1 } },
      { step: 20, values: { loss: 2 } },
    ]);
  });

  test("numbers the rows if a step repeats a metric or decreases", () => {
    const points = [
      { metric: "loss", step: 10, timeMs: 1 },
      { metric: "loss", step: 20, timeMs: 2 },
      { metric: "loss", step: 10, timeMs: 3 },
    ];
    expect(rowsOf(points).map(({ step }) => step)).toEqual([0, 1, 2]);
  });
});
