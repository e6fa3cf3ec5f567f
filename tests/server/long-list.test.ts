import { linkSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { runListItem, type RunListItem } from "../../src/schema/dashboard/run-list.ts";
import { runsStreamEvents } from "../../src/schema/dashboard/runs-stream.ts";
import { finishedItem } from "../../src/workflows/dashboard/run-list-item.ts";
import { savedListFile } from "../../src/workflows/dashboard/saved-list.ts";
import { exampleRequest, exampleVerdict } from "../support/example-run.ts";
import { openStream } from "./open-stream.ts";
import { makeHome, startServer } from "./start-server.ts";

const runCount = 300;

/** Finished runs, the one with the highest number the newest. */
function homeWithRuns(): { home: string; fileOf: (runId: string, name: string) => string } {
  const home = makeHome();
  const fileOf = (runId: string, name: string): string => join(home, "runs", runId, name);
  for (let number = 1; number <= runCount; number++) {
    const runId = `toy-${number}`;
    mkdirSync(join(home, "runs", runId), { recursive: true });
    const request = exampleRequest({ runId, createdMs: number, seed: number });
    writeFileSync(fileOf(runId, "run.json"), JSON.stringify(request));
    writeFileSync(
      fileOf(runId, "result.json"),
      JSON.stringify({ ...exampleVerdict(runId), files: {} }),
    );
    for (const name of ["run.json", "result.json"]) utimesSync(fileOf(runId, name), number, number);
  }
  return { home, fileOf };
}

/** The list as a new server sends it one minute from now: records that have just changed are not saved. */
async function listOf(home: string, nowMs = Date.now() + 60_000): Promise<RunListItem[]> {
  const server = await startServer(home, { nowMs: () => nowMs });
  const answer: unknown = await (await fetch(`${server.url}api/runs`)).json();
  await server.close();
  expect(server.bugs).toEqual([]);
  return z.object({ runs: z.array(runListItem) }).parse(answer).runs;
}

test("the stream of a long list sends its newest runs first, then all of them", async () => {
  const { home } = homeWithRuns();
  const { url } = await startServer(home);
  const stream = openStream(`${url}api/runs/stream`);
  const first = runsStreamEvents.snapshot.parse((await stream.next("snapshot")).data);
  expect([first.isPartial, first.runs[0]?.runId]).toEqual([true, `toy-${runCount}`]);
  expect(first.runs.length).toBeLessThan(runCount / 2);
  const all = runsStreamEvents.snapshot.parse((await stream.next("snapshot")).data);
  expect([all.isPartial, all.runs.length]).toEqual([undefined, runCount]);
  expect(all.runs.slice(0, first.runs.length)).toEqual(first.runs);
});

test("a new server lists saved runs as the server that has read them", async () => {
  const { home } = homeWithRuns();
  const read = await listOf(home);
  const saved = readFileSync(join(home, "cache", savedListFile.name), "utf8");
  expect(saved.trimEnd().split("\n")).toHaveLength(runCount + 1);
  expect(await listOf(home)).toEqual(read);
  expect(read[0]).toEqual(
    JSON.parse(
      JSON.stringify(
        finishedItem(
          exampleRequest({ runId: `toy-${runCount}`, createdMs: runCount, seed: runCount }),
          { ...exampleVerdict(`toy-${runCount}`), files: {} },
        ),
      ),
    ),
  );
});

test("a saved run is read again after its files have changed, were deleted or linked", async () => {
  const { home, fileOf } = homeWithRuns();
  await listOf(home);
  const changed = fileOf("toy-7", "result.json");
  const other = readFileSync(changed, "utf8").replace("1000", "9000");
  writeFileSync(changed, other);
  utimesSync(changed, 7, 7);
  rmSync(join(home, "runs", "toy-8"), { recursive: true });
  linkSync(fileOf("toy-9", "run.json"), join(home, "second-name"));
  const list = new Map((await listOf(home)).map((item) => [item.runId, item]));
  expect(list.get("toy-7")).toMatchObject({ outcome: { timeToTrainMs: 9000 } });
  expect(list.has("toy-8")).toBe(false);
  expect(list.get("toy-9")).toMatchObject({
    kind: "broken",
    reason: expect.stringContaining("hard link"),
  });
});

test("an item from the same record changes only together with the header of the saved list", () => {
  const item = finishedItem(exampleRequest({ runId: "toy-1", createdMs: 1, seed: 1 }), {
    ...exampleVerdict("toy-1"),
    files: {},
  });
  expect({ header: savedListFile.header, item }).toMatchInlineSnapshot(`
    {
      "header": "pitwall run list 3",
      "item": {
        "best": 0.95,
        "clockMs": 1000,
        "costUsd": undefined,
        "createdMs": 1,
        "energy": undefined,
        "findingsCount": 0,
        "kind": "readable",
        "loss": undefined,
        "name": "toy",
        "outcome": {
          "kind": "reached",
          "quality": 0.95,
          "timeToTrainMs": 1000,
        },
        "predicted": undefined,
        "progressFraction": 1,
        "rankCount": 1,
        "role": undefined,
        "runId": "toy-1",
        "samplesPerSecond": undefined,
        "seed": 1,
        "seriesCount": 1,
        "seriesId": "toy",
        "seriesIndex": 1,
        "spark": [],
        "state": "finished",
        "system": "test machine",
        "target": undefined,
      },
    }
  `);
});
