import { expect, test } from "vitest";
import { ValueSummary } from "./summarise-values.ts";

function value(metric: string, number: number, step: number) {
  return { metric, value: number, step, timeMs: 1000 * step };
}

test("summarizes each metric, and finds where the target was met", () => {
  const target = { metric: "acc", direction: "at-least", value: 0.9 } as const;
  const summary = new ValueSummary(target);
  for (const each of [
    value("loss", 2, 1),
    value("acc", 0.5, 2),
    value("loss", Number.NaN, 3),
    value("acc", 0.92, 4),
    value("acc", 0.95, 5),
  ])
    summary.push(each);
  expect(summary.metrics).toEqual([
    {
      metric: "loss",
      count: 2,
      first: 2,
      last: Number.NaN,
      minimum: 2,
      maximum: 2,
      notFiniteCount: 1,
    },
    {
      metric: "acc",
      count: 3,
      first: 0.5,
      last: 0.95,
      minimum: 0.5,
      maximum: 0.95,
      notFiniteCount: 0,
    },
  ]);
  expect(summary.target).toEqual({
    target,
    best: 0.95,
    reached: { value: 0.92, step: 4, sinceFirstMs: 3000 },
  });
});

test("counts values of metrics beyond its limit", () => {
  const summary = new ValueSummary(undefined);
  for (let index = 0; index < 510; index++) summary.push(value(`metric ${index}`, 1, index));
  expect(summary.metrics).toHaveLength(500);
  expect(summary.leftOutCount).toBe(10);
});
