import { expect, test } from "vitest";
import { ValueSummary } from "./summarise-values.ts";

function value(metric: string, number: number, step: number) {
  return { metric, value: number, step, timeMs: 1000 * step };
}

test("summarizes each metric, and finds where the target was met", () => {
  const target = { metric: "acc", direction: "at-least", value: 0.9 } as const;
  const summary = new ValueSummary({ target });
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
    unusedCount: 0,
    reached: { value: 0.92, step: 4, sinceFirstMs: 3000 },
  });
});

test("counts values of metrics beyond its limit", () => {
  const summary = new ValueSummary({});
  for (let index = 0; index < 510; index++) summary.push(value(`metric ${index}`, 1, index));
  expect(summary.metrics).toHaveLength(500);
  expect(summary.leftOutCount).toBe(10);
});

test("finds where all targets were met at the same time", () => {
  const summary = new ValueSummary({
    target: { metric: "acc", direction: "at-least", value: 0.9 },
    furtherTargets: [{ metric: "loss", direction: "at-most", value: 0.3 }],
  });
  for (const each of [
    value("acc", 0.95, 1),
    value("loss", 0.5, 2),
    value("acc", 0.8, 3),
    value("loss", 0.2, 4),
    value("acc", 0.91, 5),
  ])
    summary.push(each);
  expect(summary.target).toMatchObject({
    best: 0.95,
    unusedCount: 0,
    reached: { value: 0.91, step: 5, sinceFirstMs: 4000 },
  });
  expect(summary.targets).toMatchObject([
    { isMet: true, firstMetMs: 0, best: 0.95 },
    { isMet: true, firstMetMs: 3000, best: 0.2 },
  ]);
});

test("compares the mean of values with the target", () => {
  const summary = new ValueSummary({
    target: { metric: "acc", direction: "at-least", value: 0.9 },
    targetWindow: { kind: "mean", count: 2 },
  });
  for (const each of [value("acc", 0.95, 1), value("acc", 0.7, 2), value("acc", 1.1, 3)])
    summary.push(each);
  expect(summary.target?.reached).toEqual({ value: 0.9, step: 3, sinceFirstMs: 2000 });
});
