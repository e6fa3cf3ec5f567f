import { existsSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runDetail } from "../../src/schema/dashboard/run-detail.ts";
import { runStreamEvents } from "../../src/schema/dashboard/run-stream.ts";
import { openStream } from "./open-stream.ts";
import { makeHome, startedMs, startRecord, startServer, stepAt } from "./start-server.ts";

const query = "names=stepMs,loss&width=300";

/** A finished run of 4 ranks with more than 30 MB of samples. */
async function homeWithLargeRun(): Promise<{ home: string; samples: string }> {
  const home = makeHome();
  const writer = await startRecord(home, "large-1");
  const samples = join(writer.directory, "samples");
  for (let rank = 0; rank < 4; rank++) {
    const lines = Array.from({ length: 50_000 }, (_, index) =>
      JSON.stringify(stepAt(rank, index + 1, { computeMs: 100 + rank + (index % 7) / 3 })),
    );
    writeFileSync(join(samples, `rank-${rank}.jsonl`), `${lines.join("\n")}\n`);
  }
  const endedMs = startedMs + 60_000_000;
  await writer.finish({
    schemaVersion: 1,
    runId: "large-1",
    outcome: { kind: "missed", reason: "ended" },
    clock: {
      launchedMs: startedMs,
      runStartMs: startedMs + 1000,
      endedMs,
      billedMs: endedMs - startedMs,
      source: "mllog",
    },
    evaluations: [],
    cost: { kind: "unpriced", reason: "no-price" },
    energy: [],
    notMeasured: [],
    findings: [],
  });
  return { home, samples };
}

/** What the page of the run shows first on a new server, and whether its columns were read for it. */
async function firstLook(home: string) {
  const server = await startServer(home);
  const { url } = server;
  const detail = runDetail.parse(await (await fetch(`${url}api/runs/large-1`)).json());
  const stream = openStream(`${url}api/runs/large-1/stream?${query}`);
  const { data } = await stream.next("series");
  stream.close();
  return {
    detail,
    ...runStreamEvents.series.parse(data),
    url,
    close: (): Promise<void> => server.close(),
  };
}

test("a new server shows a large run as before, from what is stored beside the record", async () => {
  const { home, samples } = await homeWithLargeRun();
  const first = await firstLook(home);
  expect(first.detail.isReadingSamples).toBe(true);
  const viewFile = join(home, "cache", "large-1.view");
  await expect.poll(() => existsSync(viewFile)).toBe(true);
  const read = runDetail.parse(await (await fetch(`${first.url}api/runs/large-1`)).json());
  await first.close();

  // The samples have the same size, time and inode, and cannot have been read again.
  const again = await firstLook(home);
  expect(again.detail.isReadingSamples).toBeUndefined();
  expect(again.detail.ranks).toEqual([0, 1, 2, 3]);
  expect(again.detail.series).toEqual(read.series);
  expect(again.detail.xAxes).toEqual(read.xAxes);
  expect(again.series).toEqual(first.series);
  await again.close();

  // A cut-off file is not used.
  const stored = readFileSync(viewFile, "utf8");
  writeFileSync(viewFile, stored.slice(0, -100));
  const rebuilt = await firstLook(home);
  expect(rebuilt.series).toEqual(first.series);
  await expect.poll(() => readFileSync(viewFile, "utf8")).toBe(stored);
  await rebuilt.close();

  // Neither is one of other samples.
  utimesSync(join(samples, "rank-0.jsonl"), 1, 1);
  const changed = await firstLook(home);
  expect(changed.detail.isReadingSamples).toBe(true);
});
