import { describe, expect, test } from "vitest";
import type { MetricTarget } from "../../schema/run/outcome/metric-target.ts";
import type { Observation, PrintedValue } from "../../schema/run/events/observation.ts";
import { RunTracker } from "./track-run.ts";

const launch: Observation = { kind: "clock-start", by: "launch", arrivalMs: 0 };
const accuracy = { metric: "val_acc", direction: "at-least", value: 0.94 } as const;

function printed(value: number, more: Partial<PrintedValue> = {}): Observation {
  return { kind: "metric", metric: "val_acc", value, text: String(value), arrivalMs: 1, ...more };
}

function samples(samplesCount: number): Observation {
  return { kind: "samples", samplesCount, arrivalMs: 1 };
}

function tracked(observations: readonly Observation[], target: MetricTarget = accuracy) {
  const tracker = new RunTracker({ target });
  for (const observation of observations) tracker.observe(observation);
  const { run } = tracker;
  return { run, rules: run.findings.map(({ rule }) => rule) };
}

describe("RunTracker", () => {
  test("notes that a training metric met the target on a line that was rewritten", () => {
    const rewritten = { metric: "acc", isRewritten: true };
    const { rules } = tracked([launch, printed(0.5, rewritten), printed(0.95, rewritten)], {
      ...accuracy,
      metric: "acc",
    });
    expect(rules).toEqual(["target-met-on-rewritten-line"]);
  });

  test("withdraws what was reached with values that were probably of training data", () => {
    const { run } = tracked([
      launch,
      printed(0.97),
      printed(0.6, { withdrawsEarlier: true }),
      printed(0.7),
    ]);
    expect(run).toMatchObject({ reached: undefined, best: 0.7 });
    expect(run.standings).toMatchObject([{ evaluationCount: 2, best: 0.7, isMet: false }]);
  });

  test("reaches the target by the values after those that were withdrawn", () => {
    const { run } = tracked([launch, printed(0.99), printed(0.95, { withdrawsEarlier: true })]);
    expect(run).toMatchObject({ reached: { value: 0.95 }, best: 0.95 });
  });

  test.each([
    {
      name: "never reaches the target with a percentage read as a fraction",
      observations: [launch, printed(3.41), printed(21.8)],
      reached: undefined,
      rules: ["value-off-scale"],
    },
    {
      name: "converts a value with a percent sign",
      observations: [launch, printed(50, { isPercent: true }), printed(95, { isPercent: true })],
      reached: 0.95,
      rules: ["percent-read-as-fraction"],
    },
    {
      name: "never reaches the target with a value whose comma is ambiguous",
      observations: [launch, printed(1234, { doubt: "ambiguous-comma" })],
      reached: undefined,
      rules: [],
    },
    {
      name: "notes that the first value meets the target",
      observations: [launch, printed(0.95)],
      reached: 0.95,
      rules: ["first-evaluation-meets-target"],
    },
    {
      name: "accepts a validation metric on a line that was rewritten",
      observations: [launch, printed(0.5), printed(0.95, { isRewritten: true })],
      reached: 0.95,
      rules: [],
    },
    {
      name: "notes that the value is of one batch",
      observations: [launch, printed(0.5), printed(0.95, { isPartOfPass: true })],
      reached: 0.95,
      rules: ["target-met-on-batch-line"],
    },
    {
      name: "divides a count by its total",
      observations: [launch, printed(50, { outOf: 100 }), printed(95, { outOf: 100 })],
      reached: 0.95,
      rules: [],
    },
    {
      name: "does not use a ratio of two metrics",
      observations: [launch, printed(0.97, { outOf: 0.99 })],
      reached: undefined,
      rules: ["ratio-printed"],
    },
    {
      name: "notes that several ranks print the metric",
      observations: [launch, printed(0.5, { rank: 0 }), printed(0.5, { rank: 1 })],
      reached: undefined,
      rules: ["several-ranks-print-metric"],
    },
    {
      name: "does not count an evaluation before the clock starts",
      observations: [printed(0.95), launch, printed(0.5)],
      reached: undefined,
      rules: ["evaluations-before-clock"],
    },
  ])("$name", ({ observations, reached, rules }) => {
    const { run, rules: found } = tracked(observations);
    expect(run.reached?.value).toBe(reached);
    expect(found).toEqual(rules);
  });

  test("counts values in a row that are not finite", () => {
    const nan = printed(Number.NaN);
    expect(tracked([launch, nan, nan, printed(0.5), nan]).run.notFiniteCount).toBe(1);
  });

  test("counts them per rank: each rank may print the same one", () => {
    const ofRanks = [0, 1, 2, 3].map((rank) => printed(Number.NaN, { rank }));
    expect(tracked([launch, ...ofRanks]).run.notFiniteCount).toBe(1);
    expect(tracked([launch, ...ofRanks, ...ofRanks]).run.notFiniteCount).toBe(2);
    expect(tracked([launch, ...ofRanks, printed(0.5, { rank: 0 })]).run.notFiniteCount).toBe(0);
  });

  test.each([
    {
      name: "a count before the value",
      observations: [launch, samples(10), printed(0.5), samples(20), printed(0.95)],
      counts: [10, 20],
    },
    {
      name: "a count after the value",
      observations: [launch, printed(0.5), samples(10), printed(0.95), samples(20)],
      counts: [10, 20],
    },
    {
      name: "a count that restarts in each epoch",
      observations: [launch, samples(600), printed(0.5), samples(600), samples(300), printed(0.95)],
      counts: [600, 900],
    },
  ])("takes $name for that of the evaluation", ({ observations, counts }) => {
    const { run } = tracked(observations);
    expect(run.evaluations.map(({ samplesCount }) => samplesCount)).toEqual(counts);
    expect(run.reached?.samplesCount).toBe(counts.at(-1));
  });
});
