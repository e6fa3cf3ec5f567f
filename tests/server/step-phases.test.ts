import { expect, test } from "vitest";
import { runDetail } from "../../src/schema/dashboard/run-detail.ts";
import { seriesDocument } from "../../src/schema/dashboard/run-series.ts";
import { makeHome, startRecord, startServer, stepAt } from "./start-server.ts";

test("the phases of steps are series per step, with gaps where a rank has not reported them", async () => {
  const home = makeHome();
  const writer = await startRecord(home, "toy-1");
  const phases = { forwardMs: 30, backwardMs: 60, optimizerMs: 10 };
  await writer.appendSample("rank-0", stepAt(0, 1));
  await writer.appendSample("rank-0", stepAt(0, 2, phases));
  await writer.appendSample("rank-1", stepAt(1, 2, { ...phases, forwardMs: 50 }));
  const { url } = await startServer(home);
  const read = async (path: string): Promise<unknown> =>
    (await fetch(`${url}api/runs/toy-1${path}`)).json();
  const names = "forwardMs,backwardMs,optimizerMs,communicationMs";
  const { series } = seriesDocument.parse(await read(`/series?names=${names}`));
  const figures = series.map(({ name, min, max, count }) => [name, min, max, count]);
  // Two steps per sample.
  expect(figures).toEqual(
    expect.arrayContaining([
      ["forwardMs", [15], [25], [2]],
      ["backwardMs", [30], [30], [2]],
      ["optimizerMs", [5], [5], [2]],
    ]),
  );
  const { series: described } = runDetail.parse(await read(""));
  expect(described.map(({ name }) => name)).toContain("forwardMs");
});
