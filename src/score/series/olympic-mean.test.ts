import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { olympicMean } from "./olympic-mean.ts";

function runs(times: readonly (number | undefined)[]) {
  return times.map((timeToTrainMs, index) => ({ runId: `r${index + 1}`, timeToTrainMs }));
}

describe("olympicMean", () => {
  test.each([
    {
      name: "drops the fastest and the slowest",
      times: [1, 2, 3, 4, 100],
      expected: {
        kind: "scored",
        meanMs: 3,
        droppedFastest: ["r1"],
        droppedSlowest: ["r5"],
        countedRuns: ["r2", "r3", "r4"],
      },
    },
    {
      name: "takes the median of three",
      times: [30, 10, 20],
      expected: {
        kind: "scored",
        meanMs: 20,
        droppedFastest: ["r2"],
        droppedSlowest: ["r1"],
        countedRuns: ["r3"],
      },
    },
    {
      name: "counts one run that never converged as the slowest",
      times: [10, undefined, 30, 40],
      expected: {
        kind: "scored",
        meanMs: 35,
        droppedFastest: ["r1"],
        droppedSlowest: ["r2"],
        countedRuns: ["r3", "r4"],
      },
    },
    {
      name: "gives no score for two runs that never converged",
      times: [10, undefined, undefined, 40, 50],
      expected: { kind: "too-few-converged", unconverged: ["r2", "r3"], allowed: 1 },
    },
    {
      name: "refuses two runs",
      times: [1, 2],
      expected: { kind: "too-few-runs", have: 2, need: 3 },
    },
  ])("$name", ({ times, expected }) => {
    expect(olympicMean(runs(times))).toEqual(expected);
  });

  test("drops four at either end if the benchmark requires it", () => {
    const times = Array.from({ length: 10 }, (_, index) => index + 1);
    expect(olympicMean(runs(times), { dropCount: 4 })).toMatchObject({
      kind: "scored",
      meanMs: 5.5,
    });
  });

  test("does not depend on the order of runs and lies within the range", () => {
    const times = fc.array(fc.integer({ min: 1, max: 1e9 }), { minLength: 3, maxLength: 40 });
    fc.assert(
      fc.property(times, fc.infiniteStream(fc.nat()), (values, random) => {
        const shuffled = values
          .map((value) => ({ value, order: random.next().value }))
          .toSorted((a, b) => a.order - b.order)
          .map((entry) => entry.value);
        const score = olympicMean(runs(values));
        const again = olympicMean(runs(shuffled));
        if (score.kind !== "scored" || again.kind !== "scored") throw new Error("not scored");
        expect(again.meanMs).toBeCloseTo(score.meanMs, 3);
        expect(score.meanMs).toBeGreaterThanOrEqual(Math.min(...values));
        expect(score.meanMs).toBeLessThanOrEqual(Math.max(...values));
      }),
    );
  });
});
