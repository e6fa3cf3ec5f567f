import { expect, test } from "vitest";
import { metricSeries, seriesDocument } from "../../src/schema/dashboard/run-series.ts";
import { makeHome, startedMs, startRecord, startServer } from "./start-server.ts";

const target = { metric: "acc", direction: "at-least", value: 0.9 } as const;
const launchedMs = startedMs + 100;

/** The program's clock leaves out the first second, and two values arrive together. */
const evaluations = [
  { timeMs: launchedMs + 1500, clockMs: 1500, value: 0.5, programMs: 60 },
  { timeMs: launchedMs + 2000, clockMs: 2000, value: 0.7, programMs: 120 },
  { timeMs: launchedMs + 2000, clockMs: 2000, value: 0.95, programMs: 180 },
];

test("the charts of a run that is timed by its own clock are over that clock", async () => {
  const home = makeHome();
  const writer = await startRecord(home, "toy-1", { target });
  await writer.finish({
    schemaVersion: 1,
    runId: "toy-1",
    outcome: { kind: "reached", timeToTrainMs: 180, quality: 0.95 },
    clock: {
      launchedMs,
      runStartMs: launchedMs,
      runStopMs: launchedMs + 2000,
      endedMs: launchedMs + 2100,
      billedMs: 2100,
      source: "program",
      programClock: { name: "train_time", timeMs: 180, fromLaunchMs: 2000 },
    },
    target,
    evaluations,
    curves: [{ metric: "lr", count: 3, clockMs: [1500, 1750, 2000], values: [3, 2, 1] }],
    cost: { kind: "unpriced", reason: "no-price" },
    energy: [],
    notMeasured: [],
    findings: [],
  });
  const { url } = await startServer(home);
  const address = `${url}api/runs/toy-1/series?names=quality,${metricSeries[0]}&x=clock&width=1000`;
  const answer = await (await fetch(address)).json();
  const { series } = seriesDocument.parse(answer);
  expect(series.map(({ x }) => x.map((each) => Math.round(each)))).toEqual([
    [60, 120, 180],
    [60, 120, 180],
  ]);
});
