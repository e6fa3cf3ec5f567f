import { describe, expect, test } from "vitest";
import type { SeriesBuckets } from "../../../../src/schema/dashboard/run-series.ts";
import { applyRunEvent, joinBuckets, knownRun } from "./apply-run-event.ts";
import { sampleDetail } from "../charts/sample-detail.ts";

const buckets = (x: number[], value = 1): SeriesBuckets => ({
  name: "loss",
  unit: "",
  x,
  min: x.map(() => value),
  max: x.map(() => value),
  last: x.map(() => value),
  count: x.map(() => 1),
});

const start = knownRun(sampleDetail(), 0);
const evaluation = (clockMs: number) => ({ timeMs: clockMs, clockMs, value: clockMs / 1000 });
const line = (number: number) => ({ number, text: `line ${number}` });

describe("joinBuckets", () => {
  test.each([
    {
      name: "appends later buckets",
      before: [1, 2],
      fromX: 3,
      after: [3, 4],
      expected: [1, 2, 3, 4],
    },
    {
      name: "replaces a bucket that grew",
      before: [1, 2],
      fromX: 2,
      after: [2.5],
      expected: [1, 2.5],
    },
    {
      name: "replaces all buckets from the start",
      before: [1, 2, 3],
      fromX: 0,
      after: [9],
      expected: [9],
    },
  ])("$name", ({ before, fromX, after, expected }) => {
    expect(joinBuckets(buckets(before), buckets(after, 2), fromX)).toEqual({
      ...buckets(expected),
      min: expected.map((x) => (before.includes(x) && x < fromX ? 1 : 2)),
      max: expected.map((x) => (before.includes(x) && x < fromX ? 1 : 2)),
      last: expected.map((x) => (before.includes(x) && x < fromX ? 1 : 2)),
    });
  });
});

describe("applyRunEvent", () => {
  test("evaluations replace those from the given index on", () => {
    const one = applyRunEvent(start, {
      name: "evaluation",
      data: { from: 0, evaluations: [evaluation(1), evaluation(2)], evaluationCount: 2 },
    });
    const two = applyRunEvent(one, {
      name: "evaluation",
      data: { from: 1, evaluations: [evaluation(2), evaluation(3)], evaluationCount: 9 },
    });
    expect(two.detail.evaluations.map((each) => each.clockMs)).toEqual([1, 2, 3]);
    expect(two.detail.evaluationCount).toBe(9);
  });

  test("series of another axis replace the previous ones", () => {
    const series = [{ ...buckets([1, 2]), fromX: 1 }];
    const clock = applyRunEvent(start, {
      name: "series",
      data: { xAxis: "clock", isReset: true, series },
    });
    const wall = applyRunEvent(clock, {
      name: "series",
      data: { xAxis: "wall", isReset: false, series: [{ ...buckets([9]), fromX: 9 }] },
    });
    expect(wall.series.get("loss")?.x).toEqual([9]);
    expect(wall.seriesAxis).toBe("wall");
  });

  test("keeps series that an update does not contain", () => {
    const data = {
      xAxis: "clock",
      isReset: true,
      series: [{ ...buckets([1]), fromX: 1 }],
    } as const;
    const before = applyRunEvent(start, {
      name: "series",
      data: { ...data, series: [...data.series] },
    });
    const other = { ...buckets([5]), name: "quality", fromX: 5 };
    const after = applyRunEvent(before, {
      name: "series",
      data: { xAxis: "clock", isReset: false, series: [other] },
    });
    expect(after.series.get("loss")).toBe(before.series.get("loss"));
  });

  test("limits the length of a series", () => {
    let run = start;
    for (let round = 0; round < 8; round++) {
      const x = Array.from({ length: 1000 }, (_, index) => round * 1000 + index);
      run = applyRunEvent(run, {
        name: "series",
        data: { xAxis: "clock", isReset: false, series: [{ ...buckets(x), fromX: round * 1000 }] },
      });
    }
    const kept = run.series.get("loss");
    expect([kept?.x.length, kept?.count.length, kept?.x.at(-1)]).toEqual([6000, 6000, 7999]);
  });

  test("keeps the end of the log without gaps or duplicates", () => {
    const update = (lines: number[], skippedLines = 0) => ({
      name: "log" as const,
      data: { lines: lines.map(line), totalLines: lines.at(-1) ?? 0, skippedLines },
    });
    const one = applyRunEvent(start, update([1, 2, 3]));
    const two = applyRunEvent(one, update([3, 4]));
    expect(two.log.lines.map((each) => each.number)).toEqual([1, 2, 3, 4]);
    const jumped = applyRunEvent(two, update([900, 901], 895));
    expect(jumped.log.lines.map((each) => each.number)).toEqual([900, 901]);
    const long = applyRunEvent(
      jumped,
      update(Array.from({ length: 3000 }, (_, index) => 902 + index)),
    );
    expect([long.log.lines.length, long.log.lines.at(-1)?.number]).toEqual([2000, 3901]);
  });

  test("keeps the first error line", () => {
    const before = applyRunEvent(start, {
      name: "log",
      data: { lines: [], totalLines: 9, skippedLines: 0, firstErrorLine: 4 },
    });
    const later = applyRunEvent(before, {
      name: "log",
      data: { lines: [], totalLines: 10, skippedLines: 0 },
    });
    expect(later.log.firstErrorLine).toBe(4);
  });

  test("a finished run cannot be stopped", () => {
    const over = applyRunEvent(start, { name: "finished", data: { state: "abandoned" } });
    expect([over.detail.state.kind, over.detail.canStop]).toEqual(["abandoned", false]);
  });

  test("removes a prediction that the update does not contain", () => {
    const prediction = {
      kind: "predicted",
      clockMs: 9,
      lowMs: 8,
      highMs: 10,
      from: "curve",
    } as const;
    const { progress } = start.detail;
    const before = applyRunEvent(start, {
      name: "progress",
      data: { progress, prediction, serverTimeMs: 5 },
    });
    expect(before.detail.prediction).toEqual(prediction);
    const after = applyRunEvent(before, { name: "progress", data: { progress, serverTimeMs: 6 } });
    expect([after.detail.prediction, after.progressMs]).toEqual([undefined, 6]);
  });
});
