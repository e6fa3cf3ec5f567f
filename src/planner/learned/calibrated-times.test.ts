import { describe, expect, test } from "vitest";
import { planExample } from "../../../tests/support/plan-example.ts";
import type { LearnedRun } from "../../schema/plan/learned-run.ts";
import { choosePlan, searchPlan } from "../search/plan-training.ts";
import { calibratedTimes } from "./calibrated-times.ts";

const run: LearnedRun = {
  schemaVersion: 1,
  runId: "run-1",
  learnedOn: "2026-11-29",
  subject: "example",
  accelerator: "example-1",
  count: 1,
  basis: "model",
  ratios: { stepTime: 1.2, samples: 1.1, start: 0.5 },
};

function offersWith(runs: readonly LearnedRun[]) {
  const request = planExample({ machines: [[100, 1]] });
  const start = { ...request.interruptions.start, seconds: 100 };
  const space = {
    ...request,
    interruptions: { ...request.interruptions, start },
    times: calibratedTimes(request.times, runs, "example"),
  };
  const outcome = choosePlan(searchPlan(space), request);
  if (outcome.kind !== "planned") throw new Error("the example has a plan");
  return outcome.front;
}

describe("calibratedTimes", () => {
  test("multiplies times by what the runs measured, and says so", () => {
    const [plain] = offersWith([]);
    const [calibrated] = offersWith([run]);
    const factor = (1.2 * 1.1) ** (1 / 3);
    expect(calibrated?.trainMs).toBeCloseTo((plain?.trainMs ?? 0) * factor, 3);
    expect(calibrated?.startMs).toBeCloseTo(100_000 * 0.5 ** (1 / 3), 3);
    expect(calibrated?.evidence?.text).toBe("calibrated by 1 run of yours, +10 %");
    expect(calibrated?.calibration).toMatchObject({ runCount: 1 });
  });

  test("changes nothing without runs that apply", () => {
    expect(offersWith([{ ...run, accelerator: "other", subject: "other" }])).toEqual(
      offersWith([]),
    );
  });
});
