import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { seriesListDocument, seriesPageDocument } from "../../src/schema/dashboard/series.ts";
import { bin } from "../support/pitwall.ts";
import { makeHome, startedMs, startRecord, startServer } from "./start-server.ts";

/** A finished series of five runs with these times to train, in seconds. */
async function homeWithSeries(times: readonly number[]): Promise<string> {
  const home = makeHome();
  for (const [index, seconds] of times.entries()) {
    const number = index + 1;
    const runId = `toy-${number}`;
    const series = { id: "toy", index: number, count: times.length };
    const writer = await startRecord(home, runId, { series, seed: number });
    const launchedMs = startedMs + 100;
    const runStartMs = startedMs + 1000;
    const endedMs = runStartMs + seconds * 1000;
    await writer.finish({
      schemaVersion: 1,
      runId,
      outcome: { kind: "reached", timeToTrainMs: seconds * 1000, quality: 0.95 },
      clock: {
        launchedMs,
        runStartMs,
        runStopMs: endedMs,
        endedMs,
        billedMs: endedMs - launchedMs,
        source: "mllog",
      },
      evaluations: [{ timeMs: endedMs, clockMs: seconds * 1000, value: 0.95 }],
      cost: { kind: "unpriced", reason: "no-price" },
      energy: [],
      notMeasured: [],
      findings: [],
    });
  }
  return home;
}

test("a series has the mean, the dropped runs and the figures of the terminal", async () => {
  const home = await homeWithSeries([10, 20, 30, 40, 80]);
  const { url } = await startServer(home);
  const { series } = seriesListDocument.parse(await (await fetch(`${url}api/series`)).json());
  const printed = execFileSync(process.execPath, [bin, "runs", "--group", "--json"], {
    env: { PATH: process.env["PATH"] ?? "", HOME: home, PITWALL_HOME: home },
    encoding: "utf8",
  });
  expect(series).toEqual(JSON.parse(printed).result);
  expect(series[0]?.summary?.score).toMatchObject({ kind: "scored", meanMs: 30_000 });
  const page = seriesPageDocument.parse(await (await fetch(`${url}api/series/toy`)).json());
  expect(page.runs.map(({ seed, use, clockMs }) => [seed, use, clockMs])).toEqual([
    [1, "dropped-fastest", [10_000]],
    [2, "counted", [20_000]],
    [3, "counted", [30_000]],
    [4, "counted", [40_000]],
    [5, "dropped-slowest", [80_000]],
  ]);
});

test("an unknown series is not found", async () => {
  const { url } = await startServer(makeHome());
  expect((await fetch(`${url}api/series/nope`)).status).toBe(404);
  expect((await fetch(`${url}api/series/nope/stream`)).status).toBe(404);
});
