import { expect, test } from "vitest";
import { measured } from "../../views/atlas/sample-results.ts";
import { runTimesChart, runTimesCsv } from "./run-times-chart.ts";

const time = { rowId: "r", timeToTrainMs: 90_000 } as const;

test("shows runs with a time as dots, marks dropped runs, and counts failed runs in a note", () => {
  const chart = runTimesChart([
    {
      name: "a",
      measured: measured("A"),
      runs: [
        { ...time, run: "result_0", fate: "counted" },
        { ...time, run: "result_1", fate: "fastest" },
        { rowId: "r", run: "result_2", fate: "failed", failure: "not-converged" },
      ],
      curves: [],
      target: undefined,
    },
    { name: "b", measured: measured("B"), runs: [], curves: [], target: undefined },
  ]);
  expect(chart.subjects).toEqual(["a"]);
  expect(chart.points.map(({ minutes, isCounted }) => [minutes, isCounted])).toEqual([
    [1.5, true],
    [1.5, false],
  ]);
  expect(chart.notes).toEqual([
    "a: 1 of 3 runs failed",
    "b: the source does not list individual runs",
  ]);
  expect(runTimesCsv(chart)).toBe(
    "result,run,minutes,counted\na,result_0,1.5,true\na,result_1,1.5,false\n",
  );
});

test("runs of the same time are drawn beside each other, others in one row", () => {
  const runs = [60_000, 60_000, 60_300, 90_000, 120_000].map((timeToTrainMs, index) => ({
    rowId: "r",
    timeToTrainMs,
    run: `result_${index}`,
    fate: "counted" as const,
  }));
  const subject = { name: "a", measured: measured("A"), curves: [], target: undefined };
  const { points } = runTimesChart([{ ...subject, runs }]);
  expect(points.map(({ lane }) => lane)).toEqual([0, -1, 1, 0, 0]);
});
