import { expect, test } from "vitest";
import type { SeriesPageDocument, SeriesRun } from "../../../src/schema/dashboard/series.ts";
import { seedRows, seedsChart, timeDots } from "./view-model.ts";

const run = (seed: number, timeToTrainMs: number, use: SeriesRun["use"]): SeriesRun => ({
  runId: `a-${seed}`,
  seed,
  outcome: { kind: "reached", timeToTrainMs, quality: 0.95 },
  ...(use === undefined ? {} : { use }),
  clockMs: [timeToTrainMs / 2, timeToTrainMs],
  value: [0.5, 0.95],
});

const page: SeriesPageDocument = {
  row: { seriesId: "a", name: "a", tags: {}, createdMs: 0, runIds: [], runningCount: 0 },
  target: { metric: "accuracy", direction: "at-least", value: 0.9 },
  runs: [
    run(1, 10_000, "dropped-fastest"),
    run(2, 15_000, "counted"),
    run(3, 20_000, "dropped-slowest"),
  ],
};

test("runs that the score drops are dotted, and named so", () => {
  const lines = seedsChart(page).marks.flatMap((mark) =>
    mark.kind === "line" ? [[mark.label, mark.stroke]] : [],
  );
  expect(lines).toEqual([
    ["seed 1, dropped: fastest", "dotted"],
    ["seed 2", "solid"],
    ["seed 3, dropped: slowest", "dotted"],
  ]);
});

test("places the times between the fastest and the slowest", () => {
  const dots = timeDots(page);
  expect(dots?.dots.map(({ at, isCounted }) => [at, isCounted])).toEqual([
    [0, false],
    [0.5, true],
    [1, false],
  ]);
  expect([dots?.from, dots?.to, dots?.meanAt]).toEqual(["10.0 s", "20.0 s", undefined]);
  expect(timeDots({ ...page, runs: page.runs.slice(0, 1) })).toBeUndefined();
});

test("says in words how the score uses each run", () => {
  expect(seedRows(page).map(({ time, use }) => [time, use])).toEqual([
    ["10.0 s", "dropped: fastest"],
    ["15.0 s", "counted"],
    ["20.0 s", "dropped: slowest"],
  ]);
});
