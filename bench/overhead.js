// Measures Pitwall's overhead: the time of `--help`, the start of a run, reading the output of a program
// that logs, forwarding output at the maximum rate, and observing the machine.
//
//   node scripts/build.js && node bench/overhead.js [--json]
//
// Every figure is compared with the same work without Pitwall, measured alternately.
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { inTurn, percent, spread } from "./overhead/in-turn.js";
import { timedRun } from "./overhead/timed-run.js";
import { canWatchMemory, watchMemory } from "./overhead/watch-memory.js";

const here = fileURLToPath(new URL(".", import.meta.url));
const sections = {
  help: measureHelp,
  start: measureStart,
  lines: measureLines,
  pour: measurePour,
  observe: measureObserve,
};
const { values: options } = parseArgs({
  options: {
    section: { type: "string", multiple: true, default: Object.keys(sections) },
    dist: { type: "string", default: join(here, "..", "dist") },
    "help-runs": { type: "string", default: "30" },
    "start-pairs": { type: "string", default: "15" },
    "line-pairs": { type: "string", default: "3" },
    "line-seconds": { type: "string", default: "20" },
    "observe-pairs": { type: "string", default: "9" },
    "observe-lines": { type: "string", default: "500" },
    "pour-pairs": { type: "string", default: "3" },
    "pour-megabytes": { type: "string", default: "500" },
    json: { type: "boolean", default: false },
  },
});
const dist = resolve(options.dist);
const bin = join(dist, "bin.js");
const { summarise, median } = await import("../build/foundation/numbers/statistics.js");
const node = process.execPath;
const folder = mkdtempSync(join(tmpdir(), "pitwall-bench-overhead-"));
const program = (name, ...args) => [node, join(here, "overhead", name), ...args.map(String)];
const target = ["--metric", "val_acc=([0-9.]+)", "--target", "val_acc>=0.94"];
const throughPitwall = (command) => [node, bin, "run", ...target, "--runs", "1", "--", ...command];

try {
  const results = {};
  for (const name of options.section) {
    const measure = sections[name];
    if (measure === undefined)
      throw new Error(`no section ${name}: ${Object.keys(sections).join(", ")}`);
    results[name] = await measure();
    if (!options.json) process.stdout.write(`${results[name].lines.join("\n")}\n\n`);
  }
  const machine = { cpu: cpus()[0]?.model, cpuCount: cpus().length, node: process.version };
  if (options.json) {
    const document = { schemaVersion: 1, machine, loadAverageAfter: loadavg()[0], results };
    process.stdout.write(`${JSON.stringify(document)}\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The same command three ways: bare Node.js, our program by its file, and through npx. */
function measureHelp() {
  const project = join(folder, "project");
  mkdirSync(join(project, "node_modules/.bin"), { recursive: true });
  symlinkSync(bin, join(project, "node_modules/.bin/pitwall"));
  const commands = {
    "node -e 0": [node, "-e", "0"],
    "pitwall --help": [node, bin, "--help"],
    "npx pitwall --help": ["npx", "--no-install", "pitwall", "--help"],
  };
  const samples = inTurn(Number(options["help-runs"]), commands, (command) =>
    timedRun(command, { cwd: project }),
  );
  return { samples, lines: ["help, ms of wall (CPU)", ...samples.map(wallAndCpu)] };
}

/** A program that prints the metric and exits, directly and under `pitwall run`. */
function measureStart() {
  const command = program("print-lines.js", 1, 1e-9);
  const samples = inTurn(
    Number(options["start-pairs"]),
    { bare: command, "pitwall run": throughPitwall(command) },
    runWithHome,
  );
  const [bare, run] = samples;
  const overheadMs = summarise(
    run.timings.map((one, pair) => one.wallMs - bare.timings[pair].wallMs),
  );
  const overheadCpuMs = summarise(
    run.timings.map((one, pair) => one.cpuMs - bare.timings[pair].cpuMs),
  );
  return {
    samples,
    overheadMs,
    overheadCpuMs,
    lines: [
      "start to end of a program that only prints its metric, ms of wall (CPU)",
      ...samples.map(wallAndCpu),
      `  overhead of a run ${spread(overheadMs)} ms of wall, ${spread(overheadCpuMs)} ms of CPU`,
    ],
  };
}

/** 1,000 lines per second: the extra time, and Pitwall's share of a CPU. */
function measureLines() {
  const seconds = Number(options["line-seconds"]);
  const command = program("print-lines.js", 1000, seconds);
  const samples = inTurn(
    Number(options["line-pairs"]),
    { bare: command, "pitwall run": throughPitwall(command) },
    runWithReport,
  );
  const [bare, run] = samples;
  // Measured by the program from its first to its last line: the time it waits for the reader, without start-up.
  const slowdownFraction = summarise(
    run.timings.map((one, pair) => one.own.wallMs / bare.timings[pair].own.wallMs - 1),
  );
  const totalFraction = summarise(
    run.timings.map((one, pair) => one.wallMs / bare.timings[pair].wallMs - 1),
  );
  const pitwallCpuSeconds = summarise(run.timings.map((one) => (one.cpuMs - one.own.cpuMs) / 1000));
  return {
    samples,
    slowdownFraction,
    totalFraction,
    pitwallCpuSeconds,
    lines: [
      `1,000 lines/s for ${seconds} s`,
      `  longer by ${percent(slowdownFraction)} of its run time by the program's own clock`,
      `  longer by ${percent(totalFraction)} from start to end, Pitwall's own start and end included`,
      `  Pitwall's CPU ${spread(pitwallCpuSeconds, 2)} s, ${((pitwallCpuSeconds.median / seconds) * 100).toFixed(2)} % of one`,
    ],
  };
}

/** A program that computes on one core: its own time with everything observed, with nothing, and without Pitwall. */
function measureObserve() {
  const command = program("compute-and-print.js", options["observe-lines"], 1_500_000);
  const observed = (what) => throughPitwall(command).toSpliced(3, 0, "--observe", what);
  const samples = inTurn(
    Number(options["observe-pairs"]),
    { bare: command, none: observed("none"), all: observed("all") },
    runWithReport,
  );
  const [bare, none, all] = samples;
  const longerBy = (one, other) =>
    summarise(
      one.timings.map((timing, pair) => timing.own.wallMs / other.timings[pair].own.wallMs - 1),
    );
  const [observation, everything] = [longerBy(all, none), longerBy(all, bare)];
  return {
    samples,
    observation,
    everything,
    lines: [
      `a program that computes for ${spread(summarise(bare.timings.map((one) => one.own.wallMs / 1000)), 1)} s, by its own clock`,
      `  \`--observe all\` over \`--observe none\` ${percent(observation)}`,
      `  \`--observe all\` over the program alone ${percent(everything)}`,
    ],
  };
}

/** Lines of 100 bytes, at the maximum rate and at 100 MB/s. */
async function measurePour() {
  const megabytes = Number(options["pour-megabytes"]);
  const pour = program("write-bytes.js", megabytes);
  const ways = {
    "/dev/null": { command: pour, output: "/dev/null" },
    "a file": { command: pour, output: join(folder, "out.txt") },
    "pitwall run": { command: throughPitwall(pour), output: "/dev/null" },
    "pitwall run, 100 MB/s offered": {
      command: throughPitwall([...pour, "100"]),
      output: "/dev/null",
    },
  };
  const samples = Object.keys(ways).map((name) => ({ name, timings: [] }));
  for (let round = 0; round < Number(options["pour-pairs"]); round++) {
    for (const sample of samples) sample.timings.push(await pourOnce(ways[sample.name]));
  }
  if (!canWatchMemory) process.stderr.write("memory not sampled: there is no /proc here\n");
  const lines = samples.map(({ name, timings }) => {
    const rate = summarise(timings.map((one) => one.megabytesPerSecond));
    const longest = Math.max(...timings.map((one) => one.longestWriteMs)).toFixed(0);
    const peaks = timings
      .flatMap((one) => one.memory?.halves ?? [])
      .map((one) => (one / 1e6).toFixed(0));
    const memory = name.startsWith("pitwall")
      ? `, peak RSS per half in MB: ${peaks.join(" ")}`
      : "";
    return `  ${name.padEnd(30)} ${spread(rate)} MB/s, longest write ${longest} ms${memory}`;
  });
  return { samples, lines: [`${megabytes} MB of output in lines of 100 bytes`, ...lines] };
}

async function pourOnce({ command, output }) {
  const report = join(folder, "poured.json");
  const home = join(folder, "home");
  const out = openSync(output, "w");
  const child = spawn(command[0], command.slice(1), {
    cwd: folder,
    stdio: ["ignore", out, "ignore"],
    env: { ...process.env, PITWALL_HOME: home, BENCH_REPORT: report },
  });
  closeSync(out);
  const memory = canWatchMemory ? watchMemory(child.pid) : undefined;
  const [code] = await once(child, "close");
  const residentBytes = memory?.stop() ?? [];
  rmSync(home, { recursive: true, force: true });
  if (output.startsWith(folder)) rmSync(output);
  if (code !== 0) throw new Error(`\`${command.join(" ")}\` ended with ${code}`);
  const half = Math.ceil(residentBytes.length / 2);
  const halves = [residentBytes.slice(0, half), residentBytes.slice(half)].map((part) =>
    Math.max(...part),
  );
  return { ...JSON.parse(readFileSync(report, "utf8")), memory: { halves, residentBytes } };
}

function runWithReport(command) {
  const report = join(folder, "own.json");
  const timing = runWithHome(command, { BENCH_REPORT: report });
  return { ...timing, own: JSON.parse(readFileSync(report, "utf8")) };
}

function runWithHome(command, environment = {}) {
  const home = join(folder, "home");
  try {
    return timedRun(command, { cwd: folder, environment: { PITWALL_HOME: home, ...environment } });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function wallAndCpu({ name, timings }) {
  const wall = summarise(timings.map((one) => one.wallMs));
  return `  ${name.padEnd(20)} ${spread(wall)}  (${median(timings.map((one) => one.cpuMs)).toFixed(0)})`;
}
