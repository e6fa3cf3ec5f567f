import { describe, expect, test } from "vitest";
import type { TargetRequest } from "../../schema/run/outcome/metric-target.ts";
import { TargetConditions } from "./target-conditions.ts";

const accuracy = { metric: "acc", direction: "at-least", value: 0.94 } as const;
const loss = { metric: "loss", direction: "at-most", value: 0.5 } as const;
const both = { target: accuracy, furtherTargets: [loss] };
const range = {
  target: accuracy,
  furtherTargets: [{ metric: "acc", direction: "at-most", value: 0.96 } as const],
};
const mean = { target: accuracy, targetWindow: { kind: "mean", count: 3 } as const };
const streak = { target: accuracy, targetWindow: { kind: "consecutive", count: 3 } as const };

/** After which value all targets are first met, counted from 1. */
function metAfter(request: TargetRequest, values: readonly (readonly [string, number])[]) {
  const conditions = new TargetConditions(request);
  for (const [index, [metric, value]] of values.entries()) {
    if (Number.isFinite(value)) conditions.evaluated(metric, value, index);
    else conditions.notFinite(metric);
    if (conditions.areMet) return index + 1;
  }
  return undefined;
}

function accuracies(...values: number[]): (readonly [string, number])[] {
  return values.map((value) => ["acc", value] as const);
}

describe("TargetConditions", () => {
  test("judges the newest values of the other targets when those of one are withdrawn", () => {
    const conditions = new TargetConditions(both);
    const push = (metric: string, value: number) => {
      conditions.evaluated(metric, value, 0);
      if (conditions.areMet) conditions.freeze();
    };
    for (const [metric, value] of [
      ["acc", 0.95],
      ["loss", 0.4],
      ["acc", 0.9],
    ] as const)
      push(metric, value);
    expect(conditions).toMatchObject({ areMet: true, quality: 0.95 });
    expect(conditions.withdraw("loss")).toBe(1);
    expect(conditions).toMatchObject({ areMet: false, quality: 0.9 });
    push("loss", 0.4);
    expect(conditions.areMet).toBe(false);
    push("acc", 0.96);
    expect(conditions.areMet).toBe(true);
  });

  test.each([
    {
      name: "one target, at its first value",
      request: { target: accuracy },
      values: accuracies(0.93, 0.94),
      expected: 2,
    },
    {
      name: "two targets, when the newest values of both meet them",
      request: both,
      values: [
        ["acc", 0.95],
        ["loss", 0.6],
        ["loss", 0.4],
      ] as const,
      expected: 3,
    },
    {
      name: "two targets never, if one is lost before the other is met",
      request: both,
      values: [
        ["acc", 0.95],
        ["acc", 0.9],
        ["loss", 0.4],
      ] as const,
      expected: undefined,
    },
    {
      name: "two targets never, if one metric becomes NaN before the other target is met",
      request: both,
      values: [
        ["acc", 0.95],
        ["acc", Number.NaN],
        ["loss", 0.4],
      ] as const,
      expected: undefined,
    },
    {
      name: "a range, at a value inside it",
      request: range,
      values: accuracies(0.93, 0.97, 0.95),
      expected: 3,
    },
    {
      name: "a mean, not before there are enough evaluations",
      request: mean,
      values: accuracies(0.99, 0.99, 0.9),
      expected: 3,
    },
    {
      name: "a mean that equals the target in spite of rounding errors",
      request: mean,
      values: accuracies(0.93, 0.94, 0.95),
      expected: 3,
    },
    {
      name: "a mean over newer evaluations only",
      request: mean,
      values: accuracies(0.1, 0.93, 0.94, 0.95),
      expected: 4,
    },
    {
      name: "a mean that starts again after NaN",
      request: mean,
      values: accuracies(0.99, 0.99, Number.NaN, 0.99, 0.99, 0.99),
      expected: 6,
    },
    {
      name: "consecutive evaluations, at the last of them",
      request: streak,
      values: accuracies(0.95, 0.93, 0.95, 0.94, 0.96),
      expected: 5,
    },
    {
      name: "consecutive evaluations, not across NaN",
      request: streak,
      values: accuracies(0.95, 0.95, Number.NaN, 0.95),
      expected: undefined,
    },
  ])("meets $name", ({ request, values, expected }) => {
    expect(metAfter(request, values)).toBe(expected);
  });

  test("reports for each target its best value and when it was first met", () => {
    const conditions = new TargetConditions(both);
    conditions.evaluated("acc", 0.95, 100);
    conditions.evaluated("acc", 0.9, 200);
    conditions.evaluated("loss", 0.7, 250);
    expect(conditions.standings).toEqual([
      { target: accuracy, evaluationCount: 2, best: 0.95, isMet: false, firstMetMs: 100 },
      { target: loss, evaluationCount: 1, best: 0.7, isMet: false },
    ]);
  });

  test("reports the best mean and the longest series of evaluations", () => {
    const averaged = new TargetConditions(mean);
    const counted = new TargetConditions(streak);
    for (const value of [0.95, 0.95, 0.92, 0.95]) {
      averaged.evaluated("acc", value, 0);
      counted.evaluated("acc", value, 0);
    }
    expect(averaged.standings).toMatchObject([{ best: 0.94, isMet: true }]);
    expect(counted.standings).toMatchObject([{ best: 0.95, longestStreak: 2, isMet: false }]);
  });

  test("keeps a target met after all were reached", () => {
    const conditions = new TargetConditions(both);
    conditions.evaluated("acc", 0.95, 1);
    conditions.evaluated("loss", 0.4, 2);
    conditions.freeze();
    conditions.evaluated("acc", 0.99, 3);
    conditions.evaluated("acc", 0.1, 4);
    expect(conditions.standings).toMatchObject([{ best: 0.99, isMet: true }, { isMet: true }]);
    expect(conditions.quality).toBe(0.95);
  });
});
