// Measures the reading of what programs print: the time for one line, a program with an evaluation on each line, and a
// program that computes and prints 1,000 lines per second.
//
//   node scripts/build.js && node bench/reading.js [--section line] [--json]
//
// Programs run alternately with and without Pitwall. CPU time varies less than wall time on a machine with other work.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { inTurn, percent, spread } from "./overhead/in-turn.js";
import { timedRun } from "./overhead/timed-run.js";
import { canWatchMemory, watchMemory } from "./overhead/watch-memory.js";

const here = fileURLToPath(new URL(".", import.meta.url));
const sections = {
  line: measureLine,
  evaluations: measureEvaluations,
  growth: measureGrowth,
  computing: measureComputing,
};
const { values: options } = parseArgs({
  options: {
    section: { type: "string", multiple: true, default: Object.keys(sections) },
    dist: { type: "string", default: join(here, "..", "dist") },
    lines: { type: "string", default: "200000" },
    rounds: { type: "string", default: "7" },
    pairs: { type: "string", default: "5" },
    seconds: { type: "string", default: "1.5" },
    budget: { type: "string", default: "75" },
    json: { type: "boolean", default: false },
  },
});
const bin = join(resolve(options.dist), "bin.js");
const { summarise, median } = await import("../build/foundation/numbers/statistics.js");
const { LineSplitter } = await import("../build/launch/line-splitter.js");
const { RunReader } = await import("../build/workflows/read-run/reader/run-reader.js");
const node = process.execPath;
const folder = mkdtempSync(join(tmpdir(), "pitwall-bench-reading-"));
const home = join(folder, "home");
const pairs = Number(options.pairs);
const program = (name, ...args) => [node, join(here, "overhead", name), ...args.map(String)];
const throughPitwall = (command) => [
  ...[node, bin, "run", "--quiet", "--target", "val_acc>=0.7", "--runs", "1"],
  ...["--", ...command],
];

try {
  const results = {};
  for (const name of options.section) {
    const measure = sections[name];
    if (measure === undefined)
      throw new Error(`no section ${name}: ${Object.keys(sections).join(", ")}`);
    results[name] = { load: loadavg()[0], ...(await measure()) };
    if (options.json) continue;
    process.stdout.write(`${results[name].text}, load ${results[name].load.toFixed(1)}\n`);
    process.stdout.write(`${results[name].lines.map((line) => `  ${line}`).join("\n")}\n\n`);
  }
  const machine = { cpu: cpus()[0]?.model, cpuCount: cpus().length, node: process.version };
  if (options.json)
    process.stdout.write(`${JSON.stringify({ schemaVersion: 1, machine, results })}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** CPU time for one line: only split, and read by name and by pattern, with a metric on each line and on each 100th. */
function measureLine() {
  const count = Number(options.lines);
  const logs = { "each line": logOf(count, 1), "each 100th line": logOf(count, 100) };
  const byName = { metric: "val_acc" };
  const byPattern = { metric: "val_acc", pattern: "val_acc=([0-9.]+)" };
  const ways = Object.entries(logs).flatMap(([name, log]) => [
    { name: `split only, metric on ${name}`, run: () => splitOnly(log) },
    { name: `by name, metric on ${name}`, run: () => readAll(log, byName) },
    { name: `by pattern, metric on ${name}`, run: () => readAll(log, byPattern) },
  ]);
  const samples = inTurn(
    Number(options.rounds),
    Object.fromEntries(ways.map(({ name, run }) => [name, run])),
    (run) => {
      const before = process.cpuUsage();
      run();
      const { user, system } = process.cpuUsage(before);
      return ((user + system) * 1000) / count;
    },
  );
  const lines = samples.map(
    ({ name, timings }) => `${name.padEnd(44)} ${spread(summarise(timings))} ns`,
  );
  return { text: `CPU time for one of ${count} lines`, samples, lines };
}

/** In pieces as a pipe gives them. */
function logOf(count, every) {
  const text = Array.from({ length: count }, (_, step) => {
    const metric =
      step % every === 0 ? `val_acc=${(0.6 * Math.abs(Math.sin(step))).toFixed(6)} ` : "";
    return `step ${step} ${metric}loss=${(2 / (1 + step / 1e4)).toFixed(4)} lr=0.001\n`;
  }).join("");
  const bytes = Buffer.from(text);
  const pieces = [];
  for (let at = 0; at < bytes.length; at += 1 << 16)
    pieces.push(bytes.subarray(at, at + (1 << 16)));
  return pieces;
}

function splitOnly(pieces) {
  const splitter = new LineSplitter();
  let count = 0;
  for (const piece of pieces)
    for (const block of splitter.push("stdout", piece))
      count += block.toString("utf8").split("\n").length;
  return count;
}

function readAll(pieces, metric) {
  const splitter = new LineSplitter();
  const reader = RunReader.live(requestWith(metric), 0);
  reader.launched(0);
  let timeMs = 0;
  for (const piece of pieces) {
    timeMs += 10;
    for (const bytes of splitter.push("stdout", piece))
      reader.take({ place: { host: "here", rank: 0 }, stream: "stdout", bytes, timeMs });
  }
  return reader.run.series.count;
}

function requestWith(metric) {
  return {
    schemaVersion: 1,
    runId: "bench-1",
    series: { id: "bench", index: 1, count: 1 },
    createdMs: 0,
    startable: { kind: "command", name: "bench", command: ["true"], cwd: "/", env: {} },
    reading: { metrics: [metric] },
    target: { metric: "val_acc", direction: "at-least", value: 0.7 },
    seed: 1,
    stopAtTarget: false,
    limits: {},
    launchTarget: { kind: "local" },
    system: { system_name: "bench", number_of_nodes: 1, accelerators_per_node: 0 },
    environment: { pitwallVersion: "0.0.0", nodeVersion: "20.19.0", platform: "linux" },
    owner: { hostname: "here", pid: 1 },
  };
}

/** 160,000 evaluations in one second: the program into `cat`, and under Pitwall. */
function measureEvaluations() {
  const command = program("print-evaluations.js", 160_000, 1);
  const samples = inTurn(
    pairs,
    {
      bare: ["bash", "-c", '"$@" | cat', "bash", ...command],
      "pitwall run": throughPitwall(command),
    },
    runAndMeasureRecord,
  );
  const [bare, run] = samples;
  const ratioOf = (key) =>
    summarise(run.timings.map((one, pair) => one[key] / bare.timings[pair][key]));
  const wallRatio = ratioOf("wallMs");
  const cpuRatio = ratioOf("cpuMs");
  const sizes = run.timings.at(-1).bytes;
  return {
    text: "160,000 evaluations in one second",
    samples,
    wallRatio,
    cpuRatio,
    lines: [
      ...samples.map(
        ({ name, timings }) =>
          `${name.padEnd(12)} wall ${spread(summarise(timings.map((one) => one.wallMs)))} ms, CPU ${spread(summarise(timings.map((one) => one.cpuMs)))} ms`,
      ),
      `wall, times the bare program: ${spread(wallRatio, 2)}; CPU: ${spread(cpuRatio, 2)}`,
      sizesText(sizes),
    ],
  };
}

/** Whether time and memory stay proportional to the number of evaluations, and how quickly the record opens. */
async function measureGrowth() {
  const lines = [];
  const samples = [];
  for (const count of [250_000, 500_000, 1_000_000]) {
    rmSync(home, { recursive: true, force: true });
    const command = throughPitwall(program("print-evaluations.js", count, 0));
    const env = { ...process.env, PITWALL_HOME: home };
    const child = spawn(command[0], command.slice(1), { cwd: folder, env, stdio: "ignore" });
    const memory = canWatchMemory ? watchMemory(child.pid) : undefined;
    const [code] = await once(child, "close");
    const peakBytes = Math.max(...(memory?.stop() ?? [0]));
    if (code !== 0) throw new Error(`\`${command.join(" ")}\` ended with ${code}`);
    const bytes = recordSizes();
    const open = (...words) =>
      timedRun([node, bin, ...words], { cwd: folder, environment: { PITWALL_HOME: home } });
    const show = open("show", "last");
    // The same reading as that of the run, without the program and its pipe.
    const reading = timedReading(count);
    samples.push({ count, peakBytes, bytes, show, reading });
    lines.push(
      `${count} evaluations: reading ${(reading / 1000).toFixed(2)} s of CPU, peak memory ${(peakBytes / 1e6).toFixed(0)} MB, \`show\` ${(show.cpuMs / 1000).toFixed(2)} s of CPU; ${sizesText(bytes)}`,
    );
  }
  return { text: "growth with the number of evaluations", samples, lines };
}

function timedReading(count) {
  const log = logOf(count, 1);
  const before = process.cpuUsage();
  readAll(log, { metric: "val_acc" });
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** A program that only computes and prints about 1,000 lines per second. */
/** Many short pairs, because the speed of a shared machine changes from second to second. Ends within the budget. */
function measureComputing() {
  const lineCount = Math.round(1000 * Number(options.seconds));
  const endMs = performance.now() + 1000 * Number(options.budget);
  const command = program("compute-and-print.js", lineCount, iterationsForOneMs());
  const report = join(folder, "own.json");
  const measure = (each) => {
    const environment = { PITWALL_HOME: home, BENCH_REPORT: report };
    const timing = timedRun(each, { cwd: folder, environment });
    return { ...timing, own: JSON.parse(readFileSync(report, "utf8")) };
  };
  const bare = {
    name: "bare",
    command: ["bash", "-c", '"$@" | cat', "bash", ...command],
    timings: [],
  };
  const run = { name: "pitwall run", command: throughPitwall(command), timings: [] };
  measure(run.command);
  const samples = [bare, run];
  while (performance.now() < endMs || bare.timings.length < 2) {
    // A B, B A: neither is always the first.
    const inOrder = bare.timings.length % 2 === 0 ? samples : samples.toReversed();
    for (const sample of inOrder) sample.timings.push(measure(sample.command));
  }
  const ratiosOf = (key) =>
    run.timings.map((one, pair) => one.own[key] / bare.timings[pair].own[key] - 1);
  const wallFraction = withInterval(ratiosOf("wallMs"));
  const cpuFraction = withInterval(ratiosOf("cpuMs"));
  const pitwallCpuFraction = summarise(
    run.timings.map((one) => (one.cpuMs - one.own.cpuMs) / one.own.wallMs),
  );
  const rate = median(bare.timings.map((one) => (lineCount / one.own.wallMs) * 1000));
  return {
    text: `a program that only computes and prints ${rate.toFixed(0)} lines/s`,
    samples,
    wallFraction,
    cpuFraction,
    pitwallCpuFraction,
    lines: [
      `${bare.timings.length} pairs of ${options.seconds} s; in brackets: 95 % intervals of the medians`,
      `its own CPU time: ${percent(cpuFraction)} more, ${verdictOf(cpuFraction)}`,
      `its own wall time: ${percent(wallFraction)} more, ${verdictOf(wallFraction)}`,
      `Pitwall's CPU, start and end included: ${percent(pitwallCpuFraction)} of one`,
    ],
  };
}

/** The median, and its distribution-free 95 % interval: the order statistics that the sign test does not reject. */
function withInterval(ratios) {
  const sorted = ratios.toSorted((a, b) => a - b);
  const count = sorted.length;
  let probability = 0.5 ** count;
  let tail = probability;
  let rank = 0;
  while (tail <= 0.025) {
    probability *= (count - rank) / (rank + 1);
    rank += 1;
    tail += probability;
  }
  const outer = Math.max(0, rank - 1);
  return { median: median(sorted), minimum: sorted[outer], maximum: sorted[count - 1 - outer] };
}

function verdictOf({ minimum, maximum }) {
  if (maximum < 0.01) return "less than 1 %";
  return minimum > 0.01 ? "more than 1 %" : "not known to be less than 1 %";
}

function iterationsForOneMs() {
  const iterations = 2_000_000;
  let state = 1;
  const startMs = performance.now();
  for (let index = 0; index < iterations; index++) state = (state * 48_271) % 2_147_483_647;
  const tookMs = performance.now() - startMs;
  return Math.max(1, Math.round((iterations / tookMs) * (state > 0 ? 1 : 0.5)));
}

function runAndMeasureRecord(command) {
  rmSync(home, { recursive: true, force: true });
  const timing = timedRun(command, { cwd: folder, environment: { PITWALL_HOME: home } });
  return { ...timing, bytes: recordSizes() };
}

/** Sizes of the files of the newest record; empty if there is none. */
function recordSizes() {
  const runs = join(home, "runs");
  const [run] = existsSync(runs) ? readdirSync(runs) : [];
  if (run === undefined) return undefined;
  const sizeOf = (name) => statSync(join(runs, run, name)).size;
  return { log: sizeOf("log.txt"), result: sizeOf("result.json"), events: sizeOf("events.jsonl") };
}

function sizesText({ log, result, events }) {
  return `log.txt ${(log / 1e6).toFixed(1)} MB, result.json ${(result / 1e3).toFixed(0)} kB, events.jsonl ${(events / 1e3).toFixed(1)} kB`;
}
