import { describe, expect, test } from "vitest";
import type { ComparedPart } from "../../schema/plan/plan-comparison.ts";
import type { PlanExpectation } from "../../schema/plan/plan-expectation.ts";
import { learnFromRun, type RunWithPlan } from "./learn-from-run.ts";

const plan: PlanExpectation = {
  goal: "example",
  subject: "llama31-8b",
  plannedOn: "2026-11-28",
  accelerator: "h100-sxm",
  count: 8,
  basis: "model",
  trainMs: { p50: 1000 },
  timeMs: { p50: 2000 },
  startMs: { p50: 1000 },
  layout: { framework: "fsdp", source: "model" },
};

const compared = (part: ComparedPart["part"], ratio: number): ComparedPart => ({
  part,
  unit: "milliseconds",
  predicted: { p50: 1000 },
  got: 1000 * ratio,
  ratio,
  how: "example",
});

function lesson(parts: ComparedPart[], changes: Partial<RunWithPlan> = {}) {
  const comparison = { goal: "example", parts, notMeasured: [] };
  const machine = { accelerator: "h100-sxm", count: 8, learnedOn: "2026-11-29" };
  return learnFromRun({ runId: "run-1", plan, comparison, ...machine, ...changes });
}

describe("learnFromRun", () => {
  test("keeps the ratios of what was measured", () => {
    const { run, reasons } = lesson([compared("stepTime", 1.1), compared("cost", 2)]);
    expect(run).toMatchObject({
      accelerator: "h100-sxm",
      framework: "fsdp",
      ratios: { stepTime: 1.1 },
    });
    expect(reasons).toEqual([]);
  });

  test("relates them to what the planner predicted before its calibration", () => {
    const calibrated = { ...plan, calibration: { stepTime: 1.1, runCount: 3 } };
    const { run } = lesson([compared("stepTime", 1)], { plan: calibrated });
    expect(run?.ratios.stepTime).toBeCloseTo(1.1);
  });

  test("learns no number of samples that the user gave", () => {
    const parts = [compared("stepTime", 1.1), compared("samples", 1.01)];
    const samples = { p10: 900, p50: 1000, p90: 1100, basis: "example" };
    const predicted = { ...plan, samples };
    expect(lesson(parts, { plan: predicted }).run?.ratios).toHaveProperty("samples", 1.01);
    const given = { ...plan, samples: { ...samples, p10: 1000, p90: 1000 } };
    expect(lesson(parts, { plan: given }).run?.ratios).toEqual({ stepTime: 1.1 });
  });

  test("learns the time to train only of plans from published results", () => {
    expect(lesson([compared("trainTime", 1.2)]).run).toBeUndefined();
    const published = { ...plan, basis: "published" as const };
    expect(lesson([compared("trainTime", 1.2)], { plan: published }).run?.ratios).toEqual({
      trainTime: 1.2,
    });
  });

  test.each([
    {
      name: "another accelerator",
      changes: { accelerator: "cpu" },
      reason: "it ran on cpu, planned for h100-sxm",
    },
    {
      name: "another number of them",
      changes: { count: 4 },
      reason: "it ran on 4 accelerators, planned for 8",
    },
  ])("refuses a run on $name", ({ changes, reason }) => {
    expect(lesson([compared("stepTime", 1)], changes)).toEqual({
      run: undefined,
      reasons: [reason],
    });
  });

  test("leaves out what is too far from the plan to be the same training", () => {
    const { run, reasons } = lesson([compared("stepTime", 7), compared("start", 0.5)]);
    expect(run?.ratios).toEqual({ start: 0.5 });
    expect(reasons).toEqual(["step time is 7.0x the plan: the run was not what was planned"]);
  });

  test("says that nothing was measured", () => {
    expect(lesson([]).reasons).toEqual(["nothing of its plan was measured"]);
  });
});
