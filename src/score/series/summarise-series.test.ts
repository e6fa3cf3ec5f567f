import { describe, expect, test } from "vitest";
import { exampleRequest, exampleVerdict } from "../../../tests/support/example-run.ts";
import type { RunReport } from "../../schema/run/outcome/series-summary.ts";
import { summariseSeries } from "./summarise-series.ts";

/** Runs of a series of five seeds; `undefined` means an interrupted run. */
function series(times: readonly (number | undefined)[], seeds = [1, 2, 3, 4, 5]): RunReport[] {
  return times.map((timeToTrainMs, position) => {
    const runId = `toy-${position + 1}`;
    const index = position + 1;
    return {
      request: exampleRequest({
        runId,
        seed: seeds[position] ?? 0,
        series: { id: "toy", index, count: 5 },
      }),
      result: {
        ...exampleVerdict(runId),
        outcome:
          timeToTrainMs === undefined
            ? { kind: "interrupted" }
            : { kind: "reached", timeToTrainMs },
        files: {},
      },
    };
  });
}

describe("the score of a series", () => {
  test("is the mean of all requested runs", () => {
    expect(summariseSeries(series([10, 20, 30, 40, 50])).score).toMatchObject({ meanMs: 30 });
  });

  test("does not exist if a run was interrupted", () => {
    expect(summariseSeries(series([10, 20, undefined])).score).toEqual({
      kind: "incomplete",
      have: 2,
      need: 5,
      interrupted: ["toy-3"],
    });
  });

  test("does not exist if runs have no result", () => {
    expect(summariseSeries(series([10, 20, 30])).score).toMatchObject({ kind: "incomplete" });
  });

  test("counts the run that repeats an interrupted one", () => {
    const runs = series([10, 20, undefined, 30, 40, 50], [1, 2, 3, 3, 4, 5]);
    const { score, completedCount, runCount } = summariseSeries(runs);
    expect(score).toMatchObject({
      kind: "scored",
      meanMs: 30,
      countedRuns: ["toy-2", "toy-4", "toy-5"],
    });
    expect({ completedCount, runCount }).toEqual({ completedCount: 5, runCount: 6 });
  });

  test("is not reported as missing if only one run of a series is shown", () => {
    const score = { kind: "too-few-runs", have: 1, need: 3 };
    expect(summariseSeries(series([10]), { isWholeSeries: false }).score).toEqual(score);
  });

  test("warns if the environment of the last run differs from the first", () => {
    const runs = series([10, 20, 30, 40, 50]);
    const last = runs[4];
    if (last !== undefined) {
      last.request.environment = { ...last.request.environment, commit: "b" };
      last.request.system = { ...last.request.system, host_processor_frequency: "9 MHz" };
    }
    expect(summariseSeries(runs).findings).toEqual([
      { rule: "environment-changed", changes: [{ field: "commit", was: "absent", is: "b" }] },
    ]);
  });
});
