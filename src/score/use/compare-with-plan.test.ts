import { describe, expect, test } from "vitest";
import type { PlanExpectation } from "../../schema/plan/plan-expectation.ts";
import type { RunResult } from "../../schema/run/outcome/run-result.ts";
import { compareWithPlan, type MeasuredRun } from "./compare-with-plan.ts";

const plan: PlanExpectation = {
  goal: "example to its target",
  subject: "example",
  plannedOn: "2026-11-29",
  accelerator: "h100-sxm",
  count: 8,
  basis: "model",
  trainMs: { p10: 90_000, p50: 100_000, p90: 110_000 },
  timeMs: { p50: 130_000 },
  startMs: { p50: 30_000 },
  evaluationMs: { p50: 5000 },
  stepTimeMs: { p10: 900, p50: 1000, p90: 1100 },
  samples: { p10: 9000, p50: 10_000, p90: 11_000, basis: "example" },
  usd: { p10: 1.8, p50: 2, p90: 2.2 },
  energyKwh: { p10: 9, p50: 10, p90: 11 },
  energy: {
    kwh: 10,
    label: "estimated",
    acceleratorKwh: 6,
    hostKwh: 2,
    networkKwh: 0.5,
    coolingKwh: 1.5,
    carbonKg: 4,
    region: "unknown",
    pue: 1.2,
  },
  goodput: 0.98,
  layout: { globalBatch: 100, source: "model" },
};

const result: RunResult = {
  schemaVersion: 1,
  runId: "example-1",
  outcome: { kind: "reached", timeToTrainMs: 120_000, quality: 0.9, samplesCount: 10_500 },
  clock: { launchedMs: 0, endedMs: 160_000, billedMs: 160_000, initMs: 35_000, source: "mllog" },
  evaluations: [],
  cost: { kind: "unpriced", reason: "no price was given" },
  energy: [],
  notMeasured: [],
  findings: [],
  files: {},
};

const run: MeasuredRun = {
  result,
  acceleratorCount: 8,
  startsAtLaunch: false,
  evaluationMs: 15_000,
  globalBatchSize: undefined,
  sampledStepMs: undefined,
};

const partsOf = (changes: Partial<MeasuredRun>, changed: Partial<RunResult> = {}) =>
  compareWithPlan(plan, { ...run, ...changes, result: { ...result, ...changed } });
const gotOf = (name: string, ...given: Parameters<typeof partsOf>) =>
  partsOf(...given).parts.find(({ part }) => part === name);

const stepEvaluations = [
  { timeMs: 0, clockMs: 20_000, value: 1 },
  { timeMs: 0, clockMs: 110_000, value: 101 },
];

describe("compareWithPlan", () => {
  test("compares what was measured and names the rest", () => {
    const { parts, notMeasured } = partsOf({});
    expect(parts.map(({ part, got, isInside }) => [part, got, isInside])).toEqual([
      ["trainTime", 120_000, false],
      ["stepTime", 1000, true],
      ["samples", 10_500, true],
      ["start", 35_000, undefined],
      ["evaluation", 15_000, undefined],
    ]);
    expect(notMeasured).toEqual(["cost", "energy", "goodput"]);
    expect(parts[0]?.ratio).toBeCloseTo(1.2);
  });

  test("adds initialization to the prediction where the clock starts at launch", () => {
    const timed = gotOf("trainTime", { startsAtLaunch: true });
    expect(timed?.predicted).toEqual({ p10: 120_000, p50: 130_000, p90: 140_000 });
    expect(gotOf("start", { startsAtLaunch: true })).toBeUndefined();
  });

  test.each([
    { name: "prefers the samples of steps", changes: { sampledStepMs: 950 }, changed: {}, ms: 950 },
    {
      name: "takes the printed steps without initialization",
      changes: { startsAtLaunch: true },
      changed: {
        target: { metric: "step", direction: "at-least" as const, value: 101 },
        outcome: { kind: "reached" as const, timeToTrainMs: 110_000, quality: 101 },
        evaluations: stepEvaluations,
      },
      ms: 900,
    },
    {
      name: "uses the batch size of the log",
      changes: { globalBatchSize: 50 },
      changed: {},
      ms: 500,
    },
    {
      name: "does not take a timed part with initialization for steps",
      changes: { startsAtLaunch: true },
      changed: {},
      ms: undefined,
    },
  ])("step time: $name", ({ changes, changed, ms }) => {
    expect(gotOf("stepTime", changes, changed)?.got).toEqual(ms);
  });

  test("counts samples as steps times the batch size where the program counts steps", () => {
    const samples = gotOf(
      "samples",
      {},
      {
        target: { metric: "iteration", direction: "at-least", value: 101 },
        outcome: { kind: "reached", timeToTrainMs: 110_000, quality: 101 },
      },
    );
    expect(samples?.got).toBe(10_100);
  });

  test.each([
    { name: "a meter of the GPUs with the accelerators", meter: "nvml", kwh: 6 },
    { name: "a meter of the node with accelerators and hosts", meter: "node-meter", kwh: 8 },
    {
      name: "no meter of processors, which are a part of the hosts",
      meter: "rapl",
      kwh: undefined,
    },
  ])("compares $name", ({ meter, kwh }) => {
    const reading = { meter, covers: "example", intervalMs: 160_000, joules: 3.6e6 };
    const energy = gotOf("energy", {}, { energy: [{ kind: "measured", ...reading }] });
    expect(energy?.predicted.p50).toEqual(kwh);
  });

  test("says of an amount that was given how far it was off, without an interval", () => {
    const given = { ...plan, samples: { p10: 10_000, p50: 10_000, p90: 10_000, basis: "given" } };
    const { parts } = compareWithPlan(given, run);
    const samples = parts.find(({ part }) => part === "samples");
    expect(samples).toMatchObject({ predicted: { p50: 10_000 }, got: 10_500, ratio: 1.05 });
    expect(samples).not.toHaveProperty("isInside");
  });

  test("never takes an estimated energy for a measurement", () => {
    const reading = { formula: "example", covers: "8 GPUs", intervalMs: 1, joules: 1 };
    expect(gotOf("energy", {}, { energy: [{ kind: "estimated", ...reading }] })).toBeUndefined();
  });

  test("goodput counts the paid time of all parts, without initialization", () => {
    const goodput = gotOf(
      "goodput",
      { sampledStepMs: 1000, evaluationMs: undefined },
      { continues: { partCount: 2, clockMs: 50_000, billedMs: 85_000, wallMs: 300_000 } },
    );
    expect(goodput?.got).toBeCloseTo(105_000 / (160_000 + 85_000 - 35_000));
  });

  test.each([
    { planned: "h100-sxm", acceleratorCount: 8, ranOnCount: undefined },
    { planned: "h100-sxm", acceleratorCount: 4, ranOnCount: 4 },
    { planned: "h100-sxm", acceleratorCount: 0, ranOnCount: 0 },
    { planned: "cpu", acceleratorCount: 0, ranOnCount: undefined },
  ])(
    "says that a run used $acceleratorCount accelerators in place of 8 x $planned, if it did",
    ({ planned, acceleratorCount, ranOnCount }) => {
      const compared = compareWithPlan(
        { ...plan, accelerator: planned },
        { ...run, acceleratorCount },
      );
      expect(compared.ranOnCount).toBe(ranOnCount);
    },
  );

  test("measures nothing of a run that missed its target but its start and evaluations", () => {
    const { parts } = partsOf({}, { outcome: { kind: "missed", reason: "ended" } });
    expect(parts.map(({ part }) => part)).toEqual(["start", "evaluation"]);
  });
});
