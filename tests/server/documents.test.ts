import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { expect, test } from "vitest";
import { z } from "zod";
import { parseProcessStat } from "../../src/foundation/process-stat.ts";
import { atlasDocument } from "../../src/schema/dashboard/atlas-document.ts";
import { logDocument } from "../../src/schema/dashboard/log-page.ts";
import { planDocument } from "../../src/schema/dashboard/plan-document.ts";
import { runDetail } from "../../src/schema/dashboard/run-detail.ts";
import { runListItem } from "../../src/schema/dashboard/run-list.ts";
import { heatmapDocument, seriesDocument } from "../../src/schema/dashboard/run-series.ts";
import { UserError } from "../../src/foundation/errors/user-error.ts";
import { diskRunStore } from "../../src/store/records/disk-run-store.ts";
import { showRun } from "../../src/workflows/read-run/show-run.ts";
import {
  logEvaluation,
  makeHome,
  requestFor,
  startedMs,
  startRecord,
  startServer,
  stepAt,
} from "./start-server.ts";

const runListDocument = z.object({ runs: z.array(runListItem), streamId: z.string() });

async function document<Noun>(url: string, schema: z.ZodType<Noun>): Promise<Noun> {
  const response = await fetch(url);
  const body: unknown = await response.json();
  expect([url, response.status, body]).toEqual([url, 200, expect.anything()]);
  return schema.parse(body);
}

async function toyServer() {
  const home = makeHome();
  const writer = await startRecord(home, "toy-1");
  for (const [index, value] of [0.5, 0.6, 0.65].entries()) {
    const epoch = index + 1;
    const counts = { samples_count: epoch * 1000, epoch_num: epoch };
    logEvaluation(writer, value, startedMs + 2000 + index * 3000, counts);
  }
  void writer.appendLog(Buffer.from("[rank1]: all is well\n[rank3]: RuntimeError: it is not\n"));
  for (const rank of [0, 1, 5]) {
    for (let step = 1; step <= 6; step++)
      await writer.appendSample(`rank-${rank}`, stepAt(rank, step));
  }
  await writer.appendSample("host", {
    kind: "host",
    host: "localhost",
    timeMs: startedMs + 100,
    cpuSeconds: 0,
    memoryBytes: 1e6,
    processCount: 1,
    measuredJoules: { "rapl processors": 0 },
  });
  await writer.appendSample("host", {
    kind: "host",
    host: "localhost",
    timeMs: startedMs + 10_100,
    cpuSeconds: 5,
    memoryBytes: 2e6,
    processCount: 1,
    measuredJoules: { "rapl processors": 500 },
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  const server = await startServer(home);
  return { ...server, writer, api: `${server.url}api` };
}

test("the list describes a run in progress", async () => {
  const { api } = await toyServer();
  const { runs } = await document(`${api}/runs`, runListDocument);
  expect(runs).toMatchObject([
    {
      kind: "readable",
      runId: "toy-1",
      state: "running",
      best: 0.65,
      spark: [0.5, 0.6, 0.65],
      energy: { kind: "measured", joules: 500, meter: "rapl" },
    },
  ]);
});

test("throughput of a program that only counts its samples is that between its evaluations", async () => {
  const home = makeHome();
  const writer = await startRecord(home, "toy-1");
  for (const [index, value] of [0.5, 0.6].entries())
    logEvaluation(writer, value, startedMs + 3000 + index * 4000, {
      samples_count: 1000 + index * 6000,
    });
  await writer.close();
  const server = await startServer(home);
  const names = "names=samplesPerSecond";
  const { series } = await document(`${server.url}api/runs/toy-1/series?${names}`, seriesDocument);
  // The clock started at 1 s.
  expect(series.map(({ x, last }) => [x, last])).toEqual([
    [
      [2000, 6000],
      [500, 1500],
    ],
  ]);
});

test("a run that died states the line of the log with the cause; filters select lines", async () => {
  const home = makeHome();
  const writer = await startRecord(home, "toy-1");
  const lines = [
    "WARNING: slow",
    "Traceback (most recent call last):",
    "  x",
    "ValueError: oh",
    "",
  ];
  void writer.appendLog(Buffer.from(lines.join("\n")));
  const launchedMs = startedMs + 100;
  await writer.finish({
    schemaVersion: 1,
    runId: "toy-1",
    outcome: { kind: "died", exitCode: 1 },
    clock: { launchedMs, endedMs: launchedMs + 10, billedMs: 10, source: "mllog" },
    evaluations: [],
    cost: { kind: "unpriced", reason: "no-price" },
    energy: [],
    notMeasured: [],
    findings: [],
  });
  const { url } = await startServer(home);
  const detail = await document(`${url}api/runs/toy-1`, runDetail);
  expect(detail.causeLine).toEqual({ number: 5, text: "ValueError: oh" });
  const texts = async (query: string): Promise<string[]> => {
    const log = await document(`${url}api/runs/toy-1/log?from=1&${query}`, logDocument);
    return log.lines.map(({ text }) => text);
  };
  expect(await texts("level=error")).toEqual([lines[1], lines[3]]);
  expect(await texts("level=warning")).toEqual([lines[0], lines[1], lines[3]]);
  expect(await texts("mllog=hide")).toEqual(lines.slice(0, 4));
});

test("the detail describes all parts of a run", async () => {
  const { api } = await toyServer();
  const detail = await document(`${api}/runs/toy-1`, runDetail);
  expect(detail).toMatchObject({
    runId: "toy-1",
    state: { kind: "running", owner: "here" },
    canStop: true,
    ranks: [0, 1, 5],
    launchedMs: startedMs + 100,
    runStartMs: startedMs + 1000,
    integrity: { kind: "unsealed" },
    xAxes: ["clock", "wall", "samples", "epochs", "dollars", "energy"],
    priceUnitCount: 1,
    unreadableSampleCount: 0,
  });
  expect(detail.evaluations.map(({ value }) => value)).toEqual([0.5, 0.6, 0.65]);
  expect(detail.series.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      "quality",
      "loss",
      "stepMs",
      "otherMs",
      "samplesPerSecond",
      "powerWatts",
    ]),
  );
});

test.each([
  { x: "clock", expected: [1000, 4000, 7000] },
  { x: "wall", expected: [2000, 5000, 8000].map((ms) => startedMs + ms) },
  { x: "samples", expected: [1000, 2000, 3000] },
  { x: "epochs", expected: [1, 2, 3] },
  // 36 dollars per hour are one cent per second since launch.
  { x: "dollars", expected: [0.019, 0.049, 0.079] },
  // 500 joules in ten seconds since launch.
  { x: "energy", expected: [95, 245, 395] },
])(
  "a point stands on the axis of $x where it belongs, to the last digits",
  async ({ x, expected }) => {
    const { api } = await toyServer();
    const { series } = await document(
      `${api}/runs/toy-1/series?names=quality&x=${x}`,
      seriesDocument,
    );
    expect(series.map(({ last }) => last)).toEqual([[0.5, 0.6, 0.65]]);
    for (const [index, place] of (series[0]?.x ?? []).entries())
      expect(place).toBeCloseTo(expected[index] ?? 0, 9);
  },
);

test("a series combines all ranks, or contains one requested rank", async () => {
  const { api } = await toyServer();
  const address = `${api}/runs/toy-1/series?names=stepMs,loss&width=1`;
  const all = await document(address, seriesDocument);
  // Two steps a sample: half of compute, communication and data wait together.
  expect(all.series).toMatchObject([
    { name: "loss", count: [18] },
    { name: "stepMs", min: [65], max: [67.5], median: [65.5], count: [18] },
  ]);
  const one = await document(`${address}&rank=5`, seriesDocument);
  expect(one.series[1]).toMatchObject({ min: [67.5], max: [67.5], count: [6] });
});

test("a series can be limited to a range", async () => {
  const { api } = await toyServer();
  const { series } = await document(
    `${api}/runs/toy-1/series?names=loss&rank=0&from=2000&to=4000`,
    seriesDocument,
  );
  expect(series[0]?.x).toEqual([2000, 3000, 4000]);
});

test("the heat map has one row per rank in the requested order", async () => {
  const { api } = await toyServer();
  const address = `${api}/runs/toy-1/heatmap?metric=computeMs&columns=2`;
  const byRank = await document(address, heatmapDocument);
  expect(byRank).toMatchObject({
    rows: 3,
    ranksPerRow: [[0], [1], [5]],
    values: [50, 50, 50.5, 50.5, 52.5, 52.5],
  });
  const byMean = await document(`${address}&order=mean&rows=2`, heatmapDocument);
  expect(byMean.ranksPerRow).toEqual([[5, 1], [0]]);
});

test.each([
  { name: "the newest lines", query: "from=-2", numbers: [5, 6] },
  { name: "lines from a number on", query: "from=2&limit=2", numbers: [2, 3] },
  { name: "the lines of a rank", query: "from=1&rank=3", numbers: [6] },
  { name: "lines that contain a text", query: "from=1&find=ALL%20IS", numbers: [5] },
  { name: "lines that look like errors", query: "from=1&find=error", numbers: [6] },
  { name: "nothing after the end", query: "from=100", numbers: [] },
])("the log gives $name", async ({ query, numbers }) => {
  const { api } = await toyServer();
  const log = await document(`${api}/runs/toy-1/log?${query}`, logDocument);
  expect(log.lines.map(({ number }) => number)).toEqual(numbers);
  expect(log).toMatchObject({ totalLines: 6, firstErrorLine: 6, ranks: [1, 3] });
});

test.each([
  { path: "runs/nobody", status: 404, code: "unknown-run" },
  { path: "runs/toy-1/series", status: 400, code: "question-invalid" },
  { path: "runs/toy-1/series?names=loss&x=moon", status: 400, code: "question-invalid" },
  { path: "runs/toy-1/series?names=loss&width=1e9", status: 400, code: "question-invalid" },
  { path: "runs/toy-1/heatmap?rows=0", status: 400, code: "question-invalid" },
  { path: "atlas/row?rowId=nobody", status: 404, code: "unknown-row" },
  { path: "nothing", status: 404, code: "unknown-route" },
])("$path answers $status, $code", async ({ path, status, code }) => {
  const { api } = await toyServer();
  const response = await fetch(`${api}/${path}`);
  expect([response.status, await response.json()]).toMatchObject([status, { error: { code } }]);
});

test("a long log line is truncated with its length, and its bytes can be downloaded", async () => {
  const home = makeHome();
  const writer = await startRecord(home, "toy-1");
  const long = "x".repeat(3 << 20);
  await writer.appendLog(Buffer.from(`${long}\n`));
  await writer.appendLog(Buffer.from("after\n"));
  await writer.close();
  const { url } = await startServer(home);
  const log = `${url}api/runs/toy-1/log`;
  const read = async (query: string) =>
    logDocument.parse(await (await fetch(`${log}?${query}`)).json());
  const { lines } = await read("from=2");
  expect(lines).toEqual([
    { number: 2, text: `${"x".repeat(4000)}…`, byteCount: long.length },
    { number: 3, text: "after" },
  ]);
  const { lines: wide } = await read("from=2&limit=1&characters=1048576");
  expect(wide[0]?.text).toHaveLength((1 << 20) + 1);
  expect((await fetch(`${log}?characters=1048576`)).status).toBe(400);
  const raw = await fetch(`${log}/raw?line=2`);
  expect(raw.headers.get("content-disposition")).toBe('attachment; filename="toy-1-line-2.txt"');
  expect(await raw.text()).toBe(`${long}\n`);
  expect((await (await fetch(`${log}/raw`)).text()).endsWith(`${long}\nafter\n`)).toBe(true);
});

test("an unavailable axis is an error with the reason", async () => {
  const home = makeHome();
  const { price: _, ...unpriced } = await requestFor("toy-1");
  const created = await diskRunStore(home).create(unpriced);
  if (created.kind !== "created") throw new Error("the home is new");
  await created.writer.appendSample("rank-0", stepAt(0, 1));
  const { url } = await startServer(home);
  const response = await fetch(`${url}api/runs/toy-1/series?names=loss&x=dollars`);
  expect([response.status, await response.json()]).toMatchObject([
    422,
    { error: { code: "axis-unavailable", hint: expect.stringContaining("--price") } },
  ]);
});

test("the record is downloaded as an archive of its files", async () => {
  const { api, writer } = await toyServer();
  const response = await fetch(`${api}/runs/toy-1/record`);
  expect(response.headers.get("content-disposition")).toBe('attachment; filename="toy-1.tar"');
  const bytes = new Uint8Array(await response.arrayBuffer());
  expect(bytes.length % 512).toBe(0);
  const text = Buffer.from(bytes).toString("latin1");
  for (const name of ["run.json", "log.txt", "events.jsonl", "samples/rank-5.jsonl"]) {
    expect(text).toContain(`toy-1/${name}\0`);
    expect(text).toContain(readFileSync(`${writer.directory}/${name}`, "latin1"));
  }
});

test("the atlas contains the published results", async () => {
  const { api } = await toyServer();
  const atlas = await document(`${api}/atlas`, atlasDocument);
  expect(atlas.rows.length).toBeGreaterThan(0);
  expect(atlas.prices.find(({ accelerator }) => accelerator === "h100-sxm")).toBeDefined();
});

test("the data of plans is compressed, and validated by its hash", async () => {
  const { api } = await toyServer();
  const plain = await fetch(`${api}/plan`, { headers: { "accept-encoding": "identity" } });
  const zipped = await fetch(`${api}/plan`, { headers: { "accept-encoding": "gzip" } });
  expect(zipped.headers.get("content-encoding")).toBe("gzip");
  const { data } = planDocument.parse(await zipped.json());
  expect(await plain.json()).toEqual({ schemaVersion: 1, data });
  expect(data.rows.some(({ benchmark }) => benchmark === "llama31_8b")).toBe(true);
  const etag = zipped.headers.get("etag") ?? "";
  const again = await fetch(`${api}/plan`, { headers: { "if-none-match": etag } });
  expect([again.status, await again.text()]).toEqual([304, ""]);
});

test("a run is stopped by sending SIGINT only to its owner", async () => {
  const owner = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000); console.log('up')"]);
  await once(owner.stdout, "data");
  const { pid = 0 } = owner;
  const ticks = parseProcessStat(readFileSync(`/proc/${pid}/stat`, "utf8"))?.startedTicks ?? 0;
  const home = makeHome();
  const stop = { method: "POST" } as const;
  await startRecord(home, "mine", {
    owner: { hostname: hostname(), pid, processStartedTicks: ticks },
  });
  await startRecord(home, "later", {
    owner: { hostname: hostname(), pid, processStartedTicks: ticks + 1 },
  });
  await startRecord(home, "unsure", { owner: { hostname: hostname(), pid } });
  const { url } = await startServer(home);
  expect((await fetch(`${url}api/runs/later/stop`, stop)).status).toBe(409);
  expect((await fetch(`${url}api/runs/unsure/stop`, stop)).status).toBe(409);
  expect(owner.exitCode).toBeNull();
  const answer = await fetch(`${url}api/runs/mine/stop`, stop);
  expect(await answer.json()).toEqual({ runId: "mine", kind: "asked", pid });
  const [, signal] = await once(owner, "exit");
  expect(signal).toBe("SIGINT");
});

test("an abandoned run has the same values as in `pitwall show`", async () => {
  const { writer, home } = await toyServer();
  const path = `${writer.directory}/run.json`;
  const request: unknown = JSON.parse(readFileSync(path, "utf8"));
  const owner = { hostname: hostname(), pid: 2 ** 22 + 1 };
  writeFileSync(path, JSON.stringify(Object.assign({}, request, { owner })));
  const { url } = await startServer(home);
  const detail = await document(`${url}api/runs/toy-1`, runDetail);
  const shown = await showRun(diskRunStore(home), "toy-1");
  if (shown.kind !== "run") throw new Error("one run was meant");
  const { page } = shown;
  expect(page.progress.best).toBe(0.65);
  expect(detail.state).toEqual(page.state);
  expect(detail.evaluations).toEqual(page.progress.evaluations);
  expect(detail.progress.best).toBe(page.progress.best);
  expect(detail.progress.samplesCount).toBe(page.progress.samplesCount);
  expect(detail.events).toEqual(page.events);
  expect(detail.integrity).toEqual(page.integrity);
  expect(detail.canStop).toBe(false);
});

test("the error for a port in use contains the next free port", async () => {
  const { port } = await startServer(makeHome());
  const second = startServer(makeHome(), { port });
  await expect(second).rejects.toBeInstanceOf(UserError);
  await expect(second).rejects.toMatchObject({
    code: "port-in-use",
    hint: expect.stringMatching(/port \d+ is free: use `--port \d+/),
  });
});
