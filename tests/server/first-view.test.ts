import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runDetail } from "../../src/schema/dashboard/run-detail.ts";
import { pageSeries } from "../../src/schema/dashboard/run-series.ts";
import { runStreamEvents } from "../../src/schema/dashboard/run-stream.ts";
import { bin } from "../support/pitwall.ts";
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

test("a run with many samples prepares its page, so that the first look at it is fast", async () => {
  const home = makeHome();
  const program = `
import { mkdirSync, writeFileSync } from "node:fs";
const folder = process.env.PITWALL_RUN_DIR + "/samples";
mkdirSync(folder, { recursive: true });
const counts = { rank: 0, stepCount: 1, communicationMs: 1.5, dataWaitMs: 0.25, loss: 0.123456789 };
const lines = Array.from({ length: 220_000 }, (_, step) => {
  const times = { timeMs: Date.now() - (220_000 - step), step, samplesCount: step * 8, computeMs: 2 / 3 };
  return JSON.stringify({ kind: "step", ...counts, ...times });
});
writeFileSync(folder + "/rank-0.jsonl", lines.join("\\n") + "\\n");
console.log("val_acc=0.95");
`;
  writeFileSync(join(home, "train.mjs"), program);
  const words = ["run", "--metric", "val_acc=(\\S+)", "--target", "val_acc>=0.9", "--quiet", "--"];
  execFileSync(process.execPath, [bin, ...words, process.execPath, "train.mjs"], {
    cwd: home,
    env: { PATH: process.env["PATH"] ?? "", HOME: home, PITWALL_HOME: home },
    stdio: "ignore",
  });
  const [runId = ""] = readdirSync(join(home, "runs"));
  const { url } = await startServer(home);
  const detail = runDetail.parse(await (await fetch(`${url}api/runs/${runId}`)).json());
  expect(detail.isReadingSamples).toBeUndefined();
  expect(detail.ranks).toEqual([0]);
  // Narrower pages are sent as many buckets as the widest one.
  const names = pageSeries.join(",");
  const stream = openStream(`${url}api/runs/${runId}/stream?names=${names}&width=400`);
  const { series } = runStreamEvents.series.parse((await stream.next("series")).data);
  const compute = series.find(({ name }) => name === "computeMs");
  expect(compute?.x.length).toBeGreaterThan(1000);
  expect(compute?.count.reduce((sum, count) => sum + count, 0)).toBe(220_000);
});
