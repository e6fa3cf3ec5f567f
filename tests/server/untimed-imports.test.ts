import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pitwall } from "../support/pitwall.ts";
import { makeHome, rawRequest, startServer } from "./start-server.ts";

test("an imported log without times has curves over its steps, and no axis of time", async () => {
  const home = makeHome();
  const lines = [100, 200, 300].map((step) => `step ${step} acc=0.${step / 100}5 loss=${step}`);
  writeFileSync(join(home, "train.log"), `${lines.join("\n")}\n`);
  const words = ["import", "train.log", "--target", "acc>=0.3", "--metric", "loss", "--home", home];
  const { stdout } = await pitwall([...words, "--json"], { cwd: home });
  const { runId } = JSON.parse(stdout).result.series[0].runs[0];
  const { port } = await startServer(home);
  const document = async (path: string) => {
    const { body } = await rawRequest(port, { path: `/api/runs/${runId}${path}` });
    return JSON.parse(body);
  };
  const run = await document("");
  expect(run.xAxes).toEqual(["steps"]);
  expect(run.rules?.items ?? []).toEqual([]);
  const names = run.series.map(({ name }: { name: string }) => name).join(",");
  const { series } = await document(`/series?names=${names}&x=steps`);
  expect(series).toHaveLength(2);
  for (const { x } of series) expect(x).toEqual([100, 200, 300]);
  const refused = await document(`/series?names=${names}&x=clock`);
  expect(refused.error.code).toBe("axis-unavailable");
});
