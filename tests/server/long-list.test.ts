import { linkSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { runListItem, type RunListItem } from "../../src/schema/dashboard/run-list.ts";
import { runsStreamEvents } from "../../src/schema/dashboard/runs-stream.ts";
import { diskRunStore } from "../../src/store/records/disk-run-store.ts";
import { RunBoard } from "../../src/workflows/dashboard/list/list-live-runs.ts";
import { finishedItem } from "../../src/workflows/dashboard/list/run-list-item.ts";
import { savedListFile } from "../../src/workflows/dashboard/list/saved-list.ts";
import { exampleRequest, exampleVerdict } from "../support/example-run.ts";
import { openStream } from "./open-stream.ts";
import { makeHome, startServer } from "./start-server.ts";

const runCount = 300;

/** Finished runs, the one with the highest number the newest. */
function homeWithRuns(): { home: string; fileOf: (runId: string, name: string) => string } {
  const home = makeHome();
  for (let number = 1; number <= runCount; number++) addRun(home, number);
  return { home, fileOf: (runId, name) => join(home, "runs", runId, name) };
}

function addRun(home: string, number: number): void {
  const runId = `toy-${number}`;
  const directory = join(home, "runs", runId);
  mkdirSync(directory, { recursive: true });
  const files = {
    "run.json": exampleRequest({ runId, createdMs: number, seed: number }),
    "result.json": { ...exampleVerdict(runId), files: {} },
  };
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(directory, name), JSON.stringify(content));
    utimesSync(join(directory, name), number, number);
  }
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

test("the first rows of a list whose newest runs were read before show runs that were added or changed since", async () => {
  const { home, fileOf } = homeWithRuns();
  let nowMs = 0;
  const board = new RunBoard(home, {
    store: diskRunStore(home),
    nowMs: () => nowMs,
    energyBasis: () => Promise.reject(new Error("no run is in progress")),
  });
  const firstRows = (): RunListItem[] =>
    z.array(runListItem).parse(JSON.parse(board.firstRowsText() ?? "[]"));
  await board.readNewest();
  const before = firstRows().map(({ runId }) => runId);
  expect(before[0]).toBe(`toy-${runCount}`);
  expect(before.length).toBeLessThan(runCount / 2);
  addRun(home, runCount + 1);
  const changed = fileOf(`toy-${runCount}`, "result.json");
  writeFileSync(changed, readFileSync(changed, "utf8").replace("1000", "9000"));
  nowMs = 60_000;
  let shown: RunListItem[] = [];
  await board.refresh(async () => {
    shown = firstRows();
  });
  expect(shown.slice(0, 2)).toMatchObject([
    { runId: `toy-${runCount + 1}` },
    { runId: `toy-${runCount}`, outcome: { timeToTrainMs: 9000 } },
  ]);
  expect(board.items()).toHaveLength(runCount + 1);
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
