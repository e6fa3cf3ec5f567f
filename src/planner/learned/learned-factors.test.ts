import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { LearnedRun } from "../../schema/plan/learned-run.ts";
import { learnedFactors } from "./learned-factors.ts";

const key = {
  accelerator: "h100-sxm",
  framework: "fsdp",
  subject: "llama31-8b",
  basis: "model",
} as const;

let runNumber = 0;
function run(ratios: LearnedRun["ratios"], changes: Partial<LearnedRun> = {}): LearnedRun {
  runNumber += 1;
  const named = { schemaVersion: 1, runId: `run-${runNumber}`, learnedOn: "2026-11-29" } as const;
  return { ...named, ...key, count: 8, ratios, ...changes };
}

describe("learnedFactors", () => {
  test.each([
    { name: "one run counts a third", count: 1, factor: 1.1 ** (1 / 3) },
    { name: "two count half", count: 2, factor: 1.1 ** (1 / 2) },
    { name: "eight count four fifths", count: 8, factor: 1.1 ** 0.8 },
  ])("$name", ({ count, factor }) => {
    const runs = Array.from({ length: count }, () => run({ stepTime: 1.1 }));
    const learned = learnedFactors(runs, key);
    expect(learned?.stepTime).toBeCloseTo(factor, 10);
    expect(learned?.runCount).toBe(count);
  });

  test("learns the step time from other models of the framework, and then from the model's own", () => {
    const others = [
      run({ stepTime: 1.21 }, { subject: "gpt2" }),
      run({ stepTime: 1.21 }, { subject: "gpt2" }),
    ];
    expect(learnedFactors(others, key)?.stepTime).toBeCloseTo(1.1);
    const both = [...others, run({ stepTime: 1.1 }), run({ stepTime: 1.1 })];
    expect(learnedFactors(both, key)?.stepTime).toBeCloseTo(1.1);
    expect(learnedFactors(both, key)?.runCount).toBe(4);
  });

  test.each([
    {
      name: "a step time of another framework",
      ratios: { stepTime: 2 },
      changes: { framework: "megatron" },
    },
    {
      name: "a step time of another accelerator",
      ratios: { stepTime: 2 },
      changes: { accelerator: "b200-sxm" },
    },
    { name: "samples of another model", ratios: { samples: 2 }, changes: { subject: "gpt2" } },
    {
      name: "a time to train, which published results predict",
      ratios: { trainTime: 2 },
      changes: {},
    },
  ])("does not use $name", ({ ratios, changes }) => {
    expect(learnedFactors([run(ratios, changes)], key)).toBeUndefined();
  });

  test("learns samples on any accelerator", () => {
    const learned = learnedFactors([run({ samples: 1.2 }, { accelerator: "b200-sxm" })], key);
    expect(learned).toEqual({ samples: expect.closeTo(1.2 ** (1 / 3)), runCount: 1 });
  });

  test("of a plan from published results, learns the time to train and not the steps", () => {
    const runs = [run({ trainTime: 1.2, stepTime: 3 }, { basis: "published" })];
    const learned = learnedFactors(runs, { ...key, basis: "published" });
    expect(learned).toEqual({ trainTime: expect.closeTo(1.2 ** (1 / 3)), runCount: 1 });
  });

  test("is between no change and what the runs measured, nearer to it with each equal run", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.3, max: 3, noNaN: true }),
        fc.integer({ min: 1, max: 20 }),
        (ratio, count) => {
          const runs = Array.from({ length: count }, () => run({ stepTime: ratio }));
          const before = Math.abs(Math.log(learnedFactors(runs, key)?.stepTime ?? 0));
          const after = Math.abs(
            Math.log(learnedFactors([...runs, run({ stepTime: ratio })], key)?.stepTime ?? 0),
          );
          const measured = Math.abs(Math.log(ratio));
          expect(before).toBeLessThanOrEqual(after + 1e-12);
          expect(after).toBeLessThanOrEqual(measured + 1e-12);
        },
      ),
    );
  });
});
