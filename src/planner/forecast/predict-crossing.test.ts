import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../foundation/numbers/seeded-random.ts";
import type { MetricTarget } from "../../schema/run/outcome/metric-target.ts";
import { type CrossingPrediction, predictCrossing } from "./predict-crossing.ts";

const accuracy: MetricTarget = { metric: "val_acc", direction: "at-least", value: 0.9 };
const loss: MetricTarget = { metric: "val_loss", direction: "at-most", value: 2.5 };

const minuteMs = 60_000;

/** One evaluation a minute along a curve of minutes. */
function along(curve: (minute: number) => number, count: number) {
  return Array.from({ length: count }, (_, index) => ({
    clockMs: (index + 1) * minuteMs,
    value: curve(index + 1),
  }));
}

function predicted(prediction: CrossingPrediction) {
  if (prediction.kind !== "predicted") throw new Error(JSON.stringify(prediction));
  return prediction;
}

describe("predictCrossing on exact curves", () => {
  test.each([
    { name: "a straight line", curve: (t: number) => 0.02 * t, crossing: 45, tolerance: 0.03 },
    {
      name: "a logarithm",
      curve: (t: number) => 0.1 + 0.2 * Math.log(t),
      crossing: 55,
      tolerance: 0.06,
    },
    {
      name: "a gap falling with the root of time",
      curve: (t: number) => 1 - 0.6 / Math.sqrt(t),
      crossing: 36,
      tolerance: 0.06,
    },
    {
      name: "a gap falling with time",
      curve: (t: number) => 0.95 - 2 / t,
      crossing: 40,
      tolerance: 0.06,
    },
  ])("finds where $name crosses, from its first half", ({ curve, crossing, tolerance }) => {
    const evaluations = along(curve, Math.floor(crossing / 2));
    const { clockMs, lowMs, highMs } = predicted(
      predictCrossing({ evaluations, target: accuracy }),
    );
    expect(Math.abs(clockMs / minuteMs / crossing - 1)).toBeLessThan(tolerance);
    expect(lowMs / minuteMs).toBeLessThanOrEqual(crossing);
    expect(highMs / minuteMs).toBeGreaterThanOrEqual(crossing);
  });

  test("treats a falling loss as the mirror image of a rising accuracy", () => {
    const rising = along((t) => 0.5 + 0.1 * Math.log(t), 20);
    const falling = rising.map(({ clockMs, value }) => ({ clockMs, value: -value }));
    expect(
      predictCrossing({
        evaluations: falling,
        target: { ...accuracy, direction: "at-most", value: -0.9 },
      }),
    ).toEqual(predictCrossing({ evaluations: rising, target: accuracy }));
  });

  test("stays near the curve under noise larger than one step", () => {
    const random = seededRandom("noise");
    const evaluations = along((t) => 0.1 + 0.2 * Math.log(t) + 0.004 * random.normal(), 30);
    const { clockMs, lowMs, highMs } = predicted(
      predictCrossing({ evaluations, target: accuracy }),
    );
    expect(Math.abs(clockMs / minuteMs / 54.6 - 1)).toBeLessThan(0.3);
    expect(lowMs / minuteMs).toBeLessThan(54.6);
    expect(highMs / minuteMs).toBeGreaterThan(54.6);
  });

  test("is not thrown by one evaluation that fell out of line", () => {
    const evaluations = along((t) => (t === 18 ? 0.01 : 0.02 * t), 20);
    const { clockMs } = predicted(predictCrossing({ evaluations, target: accuracy }));
    expect(clockMs / minuteMs).toBeGreaterThan(30);
    expect(clockMs / minuteMs).toBeLessThan(70);
  });
});

// Published MLPerf training results, clock in seconds: rounded, nothing else changed.
const publishedCurves = [
  {
    name: "GPT-3 of v3.1, Azure and NVIDIA, ND_H100_v5_n1344_pytorch",
    target: { metric: "log_perplexity", direction: "at-most", value: 2.69 },
    crossing: 241.5,
    halfway: [
      [12.0, 2.753],
      [23.3, 2.7401],
      [34.3, 2.7322],
      [45.2, 2.7268],
      [56.1, 2.7227],
      [67.0, 2.7197],
      [77.9, 2.7169],
      [88.8, 2.7143],
      [99.6, 2.7119],
      [110.5, 2.7096],
    ],
    tolerance: 0.2,
  },
  {
    name: "R-GAT of v5.0, Dell, 1xXE9680Lx8B200-SXM-180GB",
    target: { metric: "eval_accuracy", direction: "at-least", value: 0.72 },
    crossing: 278.8,
    halfway: [
      [41.9, 0.669],
      [56.7, 0.6853],
      [71.6, 0.6923],
      [86.3, 0.6989],
      [101.0, 0.7021],
      [115.7, 0.706],
      [130.4, 0.7083],
    ],
    tolerance: 0.35,
  },
] as const;

test.each(publishedCurves)("predictCrossing at half time of $name", (published) => {
  const evaluations = published.halfway.map(([seconds, value]) => ({
    clockMs: seconds * 1000,
    value,
  }));
  const { clockMs } = predicted(predictCrossing({ evaluations, target: published.target }));
  expect(Math.abs(clockMs / 1000 / published.crossing - 1)).toBeLessThan(published.tolerance);
});

describe("predictCrossing without a clear answer", () => {
  test.each([
    {
      name: "two evaluations",
      evaluations: along((t) => 0.1 * t, 2),
      reason: "too-few-evaluations",
    },
    { name: "a flat line", evaluations: along(() => 0.5, 10), reason: "not-improving" },
    {
      name: "a run that gets worse",
      evaluations: along((t) => 0.8 - 0.01 * t, 10),
      reason: "not-improving",
    },
    {
      name: "a curve that ends at 0.6",
      evaluations: along((t) => 0.6 - 0.5 / t ** 2, 30),
      reason: "levels-off",
    },
    {
      name: "a crossing thousands of hours away",
      evaluations: along((t) => 0.1 + 1e-6 * t, 10),
      reason: "too-far",
    },
  ] as const)("says $reason of $name", ({ evaluations, reason }) => {
    expect(predictCrossing({ evaluations, target: accuracy })).toEqual({ kind: "unclear", reason });
  });

  test("counts only evaluations that are numbers, one for each moment", () => {
    const evaluations = [
      { clockMs: 1, value: Number.NaN },
      { clockMs: Number.NaN, value: 0.2 },
      { clockMs: -5, value: 0.1 },
      { clockMs: 10, value: 0.1 },
      { clockMs: 10, value: 0.2 },
      { clockMs: 20, value: 0.3 },
    ];
    expect(predictCrossing({ evaluations, target: accuracy })).toMatchObject({
      reason: "too-few-evaluations",
    });
  });
});

test("predictCrossing says when the target was first reached, in any order of evaluations", () => {
  const evaluations = along((t) => 0.31 * t, 5).toReversed();
  expect(predictCrossing({ evaluations, target: accuracy })).toEqual({
    kind: "reached",
    clockMs: 3 * minuteMs,
  });
});

const earlierCrossingsMs = [58, 60, 62].map((minutes) => minutes * minuteMs);

function alongLine(slope: number) {
  const evaluations = along((t) => slope * t, 20);
  return predicted(predictCrossing({ evaluations, target: accuracy, earlierCrossingsMs }));
}

describe("predictCrossing with earlier runs", () => {
  test("uses only earlier runs until there is a curve", () => {
    const result = predicted(
      predictCrossing({
        evaluations: along((t) => 0.01 * t, 1),
        target: accuracy,
        earlierCrossingsMs,
      }),
    );
    expect(result).toMatchObject({ clockMs: 60 * minuteMs, from: "earlier-runs" });
    expect(result.lowMs).toBeGreaterThan(50 * minuteMs);
    expect(result.highMs).toBeLessThan(70 * minuteMs);
  });

  test("is between both estimates if both exist, and less certain the more they disagree", () => {
    const [agreeing, disagreeing] = [alongLine(0.015), alongLine(0.03)];
    expect(agreeing.from).toBe("both");
    expect(disagreeing.clockMs).toBeGreaterThan(30 * minuteMs);
    expect(disagreeing.clockMs).toBeLessThan(60 * minuteMs);
    expect(disagreeing.highMs / disagreeing.lowMs).toBeGreaterThan(
      agreeing.highMs / agreeing.lowMs,
    );
  });

  test("lets go of runs that this one has outlasted", () => {
    const evaluations = along((t) => 0.1 + 0.01 * t, 65);
    expect(predictCrossing({ evaluations, target: accuracy, earlierCrossingsMs })).toMatchObject({
      from: "curve",
    });
    expect(
      predictCrossing({
        evaluations: [],
        target: accuracy,
        earlierCrossingsMs,
        nowClockMs: 63 * minuteMs,
      }),
    ).toMatchObject({ kind: "unclear" });
  });
});

function clockOf(prediction: CrossingPrediction | undefined): number {
  return prediction?.kind === "predicted" ? prediction.clockMs : Number.POSITIVE_INFINITY;
}

const anyEvaluations = fc.array(
  fc.record({
    clockMs: fc.double({ min: -1e6, max: 1e9 }),
    value: fc.oneof(fc.double({ min: -10, max: 10 }), fc.double(), fc.constant(0.5)),
  }),
  { maxLength: 40 },
);

describe("predictCrossing with any input", () => {
  test("gives finite times in order, none before now", () => {
    const anyTarget = fc.constantFrom(accuracy, loss, { ...accuracy, value: 1e300 });
    const anyEarlier = fc.array(fc.double({ min: -10, max: 1e9 }), { maxLength: 5 });
    fc.assert(
      fc.property(
        anyEvaluations,
        anyTarget,
        anyEarlier,
        fc.nat({ max: 1e9 }),
        (evaluations, target, earlierCrossingsMs, nowClockMs) => {
          const result = predictCrossing({ evaluations, target, earlierCrossingsMs, nowClockMs });
          if (result.kind !== "predicted") return;
          expect(Number.isFinite(result.highMs)).toBe(true);
          expect(result.lowMs).toBeGreaterThanOrEqual(nowClockMs);
          expect(result.clockMs).toBeGreaterThanOrEqual(result.lowMs);
          expect(result.highMs).toBeGreaterThanOrEqual(result.clockMs);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("does not depend on the unit of time or on where quality is counted from", () => {
    const rising = fc.array(fc.double({ min: 0.001, max: 0.02, noNaN: true }), {
      minLength: 4,
      maxLength: 25,
    });
    fc.assert(
      fc.property(rising, (steps) => {
        let value = 0;
        const evaluations = steps.map((step, index) => ({
          clockMs: (index + 1) * 1000,
          value: (value += step),
        }));
        const moved = evaluations.map((e) => ({ clockMs: e.clockMs * 64, value: e.value * 4 }));
        const here = predictCrossing({ evaluations, target: accuracy });
        const there = predictCrossing({ evaluations: moved, target: { ...accuracy, value: 3.6 } });
        expect(there.kind).toBe(here.kind);
        const [a, b] = [here, there].map((r) => (r.kind === "predicted" ? r.clockMs : 0));
        expect((b ?? 0) / 64).toBeCloseTo(a ?? 0, 3);
      }),
    );
  });

  test("never predicts a harder target to be reached sooner", () => {
    const evaluations = along((t) => 0.1 + 0.15 * Math.log(t), 20);
    const target = fc.double({ min: 0.56, max: 0.9, noNaN: true });
    fc.assert(
      fc.property(target, target, (a, b) => {
        const [easy, hard] = [Math.min(a, b), Math.max(a, b)].map((value) =>
          predictCrossing({ evaluations, target: { ...accuracy, value } }),
        );
        expect(clockOf(easy)).toBeLessThanOrEqual(clockOf(hard));
      }),
    );
  });
});
