import { describe, expect, test } from "vitest";
import type { Evaluation } from "../../schema/run/outcome/run-result.ts";
import { EvaluationClock, ProgramClockSum } from "./evaluation-clock.ts";

/** Plays readings (numbers) and evaluations ("eval"); gives the reading of each evaluation. */
function played(steps: readonly (number | "eval")[]) {
  const clock = new EvaluationClock();
  const evaluations: Evaluation[] = [];
  for (const step of steps) {
    if (step === "eval") {
      const { freshMs: programMs } = clock;
      const evaluation = { timeMs: 0, clockMs: 0, value: 1 };
      evaluations.push(programMs === undefined ? evaluation : { ...evaluation, programMs });
      clock.evaluated(evaluations.at(-1) ?? evaluation);
    } else clock.push(step);
  }
  return evaluations.map(({ programMs }) => programMs);
}

describe("EvaluationClock", () => {
  test.each([
    { name: "gives the newest reading before", steps: [1, 2, "eval"] as const, expected: [2] },
    { name: "else the next reading after", steps: ["eval", 3, 4] as const, expected: [3] },
    {
      name: "uses no reading twice",
      steps: [1, "eval", "eval"] as const,
      expected: [1, undefined],
    },
    {
      name: "gives no reading from behind the next evaluation",
      steps: ["eval", "eval", 5] as const,
      expected: [undefined, 5],
    },
  ])("$name", ({ steps, expected }) => {
    expect(played(steps)).toEqual(expected);
  });
});

describe("ProgramClockSum", () => {
  test("notices a clock that goes backwards, beyond what ranks differ by", () => {
    const clock = new ProgramClockSum();
    expect([1000, 995, 1200, 900].map((ms) => clock.push(ms))).toEqual([
      { kind: "forward" },
      { kind: "forward" },
      { kind: "forward" },
      { kind: "backwards", fromMs: 1200, toMs: 900 },
    ]);
  });

  test("adds up the parts of a clock that restarts in each epoch", () => {
    const clock = new ProgramClockSum();
    const totals = [200, 500, 200, 500, 100].map((ms) => {
      clock.push(ms);
      return clock.totalMs;
    });
    expect(totals).toEqual([200, 500, 700, 1000, 1100]);
  });
});
