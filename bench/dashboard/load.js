// Measures the load of the dashboard server while many ranks write, and the time to open a large run.
//   node bench/dashboard/load.js [--ranks 4096] [--seconds 600] [--watchers 2] [--points 1000000]
//     --already 600   writes this many seconds of samples before the first request, to simulate a long run
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { diskRunStore } from "../../build/store/records/disk-run-store.js";
import { currentOwner } from "../../build/store/records/write/process-owner.js";

const { values } = parseArgs({
  options: {
    ranks: { type: "string", default: "4096" },
    seconds: { type: "string", default: "600" },
    watchers: { type: "string", default: "2" },
    points: { type: "string", default: "1000000" },
    already: { type: "string", default: "0" },
  },
});
const [ranks, seconds, watchers, points, already] = [
  values.ranks,
  values.seconds,
  values.watchers,
  values.points,
  values.already,
].map(Number);
const bin = fileURLToPath(new URL("../../dist/bin.js", import.meta.url));
const home = mkdtempSync(join(tmpdir(), "pitwall-load-"));
const ticksPerSecond = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

async function makeRun(runId) {
  const created = await diskRunStore(home).create({
    schemaVersion: 1,
    runId,
    series: { id: runId, index: 1, count: 1 },
    createdMs: Date.now(),
    startable: { kind: "command", name: "load", command: ["load"], cwd: "/", env: {} },
    reading: { metrics: [] },
    target: { metric: "accuracy", direction: "at-least", value: 0.9 },
    seed: 1,
    stopAtTarget: true,
    limits: {},
    launchTarget: { kind: "local" },
    system: { system_name: hostname(), number_of_nodes: 1, accelerators_per_node: 0 },
    environment: { pitwallVersion: "0", nodeVersion: process.version, platform: "linux" },
    owner: await currentOwner(),
  });
  const { writer } = created;
  await writer.appendEvent({ kind: "launched", rank: 0, pid: process.pid }, Date.now());
  const event = { namespace: "", time_ms: Date.now(), event_type: "INTERVAL_START" };
  const line = { ...event, key: "run_start", value: null, metadata: {} };
  await writer.appendLog(Buffer.from(`:::MLLOG ${JSON.stringify(line)}\n`));
  return writer;
}

/** Numbers with all digits, as a training program writes them. */
function sampleLine(rank, step, timeMs) {
  return `${JSON.stringify({
    kind: "step",
    timeMs,
    rank,
    step,
    samplesCount: step * 8192,
    stepCount: 4,
    computeMs: 200 + Math.random() * 20,
    communicationMs: 30 + Math.random() * 10,
    dataWaitMs: Math.random() * 5,
    loss: 2 / Math.sqrt(step) + Math.random() / 100,
  })}\n`;
}

async function startServer() {
  const startMs = performance.now();
  const server = spawn(process.execPath, [bin, "serve", "--port", "0", "--home", home, "--quiet"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [text] = await once(server.stdout, "data");
  return { server, url: String(text).trim(), startMs: performance.now() - startMs };
}

function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

function memoryMegabytes(pid, name) {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)[1]) / 1024;
}

async function timed(url) {
  const startMs = performance.now();
  const response = await fetch(url);
  const { length } = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return { ms: performance.now() - startMs, length };
}

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
const say = (text) => process.stdout.write(`${text}\n`);

async function measureLive() {
  const writer = await makeRun("live-1");
  const pathOf = (rank) => join(writer.directory, "samples", `rank-${rank}.jsonl`);
  const earlierMs = Date.now() - already * 1000;
  for (let rank = 0; rank < (already > 0 ? ranks : 0); rank++) {
    const lines = Array.from({ length: already }, (_, index) =>
      sampleLine(rank, (index + 1) * 4, earlierMs + index * 1000),
    );
    writeFileSync(pathOf(rank), lines.join(""));
  }
  const { server, url, startMs } = await startServer();
  say(`server started in ${startMs.toFixed(0)} ms`);
  const run = `${url}api/runs/live-1`;
  const names = "loss,stepMs,computeMs,communicationMs,dataWaitMs,otherMs,samplesPerSecond,quality";
  const stop = new AbortController();
  let streamedBytes = 0;
  for (let index = 0; index < watchers; index++) {
    const { body } = await fetch(`${run}/stream?names=${names}&width=1200`, {
      signal: stop.signal,
    });
    void (async () => {
      for await (const piece of body) streamedBytes += piece.length;
    })().catch(() => undefined);
  }
  const answers = { series: [], heatmap: [] };
  const cpuAtStart = cpuSeconds(server.pid);
  const beginMs = performance.now();
  let worstLateMs = 0;
  for (let second = 1; second <= seconds; second++) {
    const timeMs = Date.now();
    for (let rank = 0; rank < ranks; rank++)
      appendFileSync(
        pathOf(rank),
        sampleLine(rank, (already + second) * 4, timeMs + Math.random() * 100),
      );
    if (second % 5 === 0) {
      answers.series.push((await timed(`${run}/series?names=${names}&width=1200`)).ms);
      answers.heatmap.push((await timed(`${run}/heatmap?metric=stepMs`)).ms);
    }
    const waitMs = beginMs + second * 1000 - performance.now();
    worstLateMs = Math.max(worstLateMs, -waitMs);
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
  const wallSeconds = (performance.now() - beginMs) / 1000;
  const cpu = cpuSeconds(server.pid) - cpuAtStart;
  say(`${ranks} ranks at 1 sample/s for ${wallSeconds.toFixed(0)} s, ${watchers} pages watching:`);
  say(
    `  server: ${(cpu / wallSeconds).toFixed(2)} cores, ${memoryMegabytes(server.pid, "VmHWM").toFixed(0)} MB at most`,
  );
  say(
    `  8 series of all ranks: ${median(answers.series).toFixed(0)} ms median, ${Math.max(...answers.series).toFixed(0)} ms worst`,
  );
  say(
    `  heat-map 256 x 400: ${median(answers.heatmap).toFixed(0)} ms median, ${Math.max(...answers.heatmap).toFixed(0)} ms worst`,
  );
  say(
    `  streamed: ${(streamedBytes / watchers / wallSeconds / 1024).toFixed(1)} KB/s a page; writer late by ${worstLateMs.toFixed(0)} ms at worst`,
  );
  stop.abort();
  server.kill("SIGINT");
  await once(server, "exit");
}

/** The verdict of a program that exited without reaching its target. */
function verdict(runId, launchedMs) {
  const endedMs = Date.now();
  const billedMs = endedMs - launchedMs;
  return {
    schemaVersion: 1,
    runId,
    outcome: { kind: "missed", reason: "ended" },
    clock: { launchedMs, runStartMs: launchedMs, endedMs, billedMs, source: "mllog" },
    evaluations: [],
    cost: { kind: "unpriced", reason: "no-price" },
    energy: [],
    notMeasured: [],
    findings: [],
  };
}

/** Follows the page's stream from its opening; records when the message without samples and the series arrive. */
async function timedStream(url) {
  const beginMs = performance.now();
  const stop = new AbortController();
  const { body } = await fetch(url, { signal: stop.signal });
  const times = {};
  let text = "";
  for await (const piece of body.pipeThrough(new TextDecoderStream())) {
    text += piece;
    for (const name of ["progress", "series"])
      if (text.includes(`event: ${name}\n`)) times[name] ??= performance.now() - beginMs;
    if (times.series !== undefined) break;
  }
  stop.abort();
  return times;
}

async function measureOpening() {
  const writer = await makeRun("large-1");
  const files = 8;
  const launchedMs = Date.now() - (points / files) * 1000;
  for (let rank = 0; rank < files; rank++) {
    const path = join(writer.directory, "samples", `rank-${rank}.jsonl`);
    const lines = Array.from({ length: points / files }, (_, index) =>
      sampleLine(rank, index + 1, launchedMs + index * 1000),
    );
    writeFileSync(path, lines.join(""));
  }
  await writer.finish(verdict("large-1", launchedMs));
  const columns = join(home, "cache", "large-1.columns");
  const first = [];
  for (let round = 0; round < 5; round++) {
    rmSync(columns, { force: true });
    first.push(await openOnce());
  }
  const again = [];
  for (let round = 0; round < 5; round++) again.push(await openOnce());
  for (const [name, times] of Object.entries({
    "first look at it": first,
    "looked at before": again,
  })) {
    say(`a run of ${points} points, ${name}, 5 rounds, medians:`);
    for (const what of ["detail", "progress", "series"])
      say(`  ${what} after ${median(times.map((time) => time[what])).toFixed(0)} ms`);
    say(`  ${median(times.map((time) => time.cpu)).toFixed(2)} CPU-seconds until then`);
  }
}

/** Makes the page's requests: the detail, then the stream with its series. Times are since the first request. */
async function openOnce() {
  const { server, url } = await startServer();
  // The server loads its routes until it answers this request.
  await timed(`${url}api/runs`);
  const cpuBefore = cpuSeconds(server.pid);
  const detail = await timed(`${url}api/runs/large-1`);
  const names = "quality,loss,samplesPerSecond,stepMs,computeMs,communicationMs,dataWaitMs,otherMs";
  const stream = await timedStream(`${url}api/runs/large-1/stream?names=${names}&width=1200`);
  const times = {
    detail: detail.ms,
    progress: detail.ms + stream.progress,
    series: detail.ms + stream.series,
    cpu: cpuSeconds(server.pid) - cpuBefore,
  };
  // The columns are written after the responses.
  await new Promise((resolve) => setTimeout(resolve, 700));
  server.kill("SIGINT");
  await once(server, "exit");
  return times;
}

try {
  if (points > 0) await measureOpening();
  if (seconds > 0) await measureLive();
} finally {
  rmSync(home, { recursive: true, force: true });
}
