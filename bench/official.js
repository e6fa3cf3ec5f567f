// Runs Pitwall and the official MLPerf tool alternately on the same local files and prints the ratio.
//   npm run build && node bench/official.js <folder of a round> [<edition>] [--python <one with mlperf-logging>]
// checks: parsing and checking logs, one after the other in one process, in MB per CPU-second. The official checker is
//   slow, so it uses 100 random logs; `--logs 300` or `--all` uses more. `--pairs 5` sets the repetitions.
// score: a whole round, official summarizer (on a copy: it rewrites files) against `pitwall score --json`, wall time.
//   `--score-pairs 1` sets the repetitions; 0 skips it. Organizations that crash the official tool are listed and
//   excluded for both.
import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { findLogs, loadEdition } from "./logs-corpus.js";
import {
  findOfficialTool,
  startOfficialChecker,
  summarizeOfficially,
} from "./official/official-tool.js";
import { checkWithOurs } from "./official/our-checker.js";
import { drawLogs } from "./official/draw-logs.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    python: { type: "string", default: process.env.PITWALL_PYTHON ?? "python3" },
    logs: { type: "string", default: "100" },
    all: { type: "boolean", default: false },
    seed: { type: "string", default: "1" },
    pairs: { type: "string", default: "5" },
    "score-pairs": { type: "string", default: "1" },
  },
});
const [folder, named] = positionals;
if (folder === undefined) {
  console.error(
    "error[folder-missing]: name the folder of a round\n\nhint: node bench/official.js <folder> training-5.0",
  );
  process.exit(2);
}
const editionId = named ?? /(training|hpc)_v(\d+\.\d+)/.exec(resolve(folder))?.slice(1).join("-");
if (editionId === undefined) {
  console.error(
    "error[edition-missing]: the folder's name says no round\n\nhint: node bench/official.js <folder> training-5.0",
  );
  process.exit(2);
}

/** The official checker reads its rules again for each log, which makes small logs slow. */
const sizes = [
  { name: "all of them", holds: () => true },
  { name: "up to 50 kB", holds: (size) => size <= 50_000 },
  { name: "over 50 kB", holds: (size) => size > 50_000 },
];

const tool = findOfficialTool(values.python);
if (tool !== undefined) {
  console.log(
    `official: mlperf-logging ${tool.version} on Python ${tool.pythonVersion}; rules ${editionId}; load ${loadavg()[0].toFixed(1)}`,
  );
  await compareChecks();
  if (Number(values["score-pairs"]) > 0) await compareScores();
}

async function compareChecks() {
  const all = findLogs(folder);
  const paths = values.all ? all : drawLogs(all, Number(values.logs), Number(values.seed));
  const bytes = paths.map((path) => statSync(path).size);
  const which =
    paths.length === all.length ? "all" : `of ${all.length}, drawn with seed ${values.seed}`;
  console.log(`\ncheck: ${paths.length} logs (${which}), one process each`);
  const edition = loadEdition(editionId);
  const official = startOfficialChecker(tool, editionId);
  const pairs = [];
  for (let pair = 0; pair < Number(values.pairs); pair++) {
    const theirs = await official.check(paths);
    pairs.push({ ours: checkWithOurs(edition, paths), official: theirs });
  }
  official.end();
  for (const { name, holds } of sizes) printSpeeds(name, pairs, bytes, holds);
  printDifferences(paths, pairs[0]);
}

function printSpeeds(name, pairs, bytes, holds) {
  const total = (numbers) =>
    numbers.reduce((sum, each, index) => sum + (holds(bytes[index]) ? each : 0), 0);
  const megabytes = total(bytes) / 1e6;
  if (megabytes === 0) return;
  const speeds = pairs.map(({ ours, official }) => ({
    ours: megabytes / total(ours.cpuSeconds),
    official: megabytes / total(official.cpuSeconds),
    ratio: total(official.cpuSeconds) / total(ours.cpuSeconds),
  }));
  const count = bytes.filter(holds).length;
  printPairs(speeds, `${name}: ${count} logs, ${megabytes.toFixed(1)} MB; MB per CPU-second`);
}

function printDifferences(paths, { ours, official }) {
  const differing = paths.filter((_, index) => ours.verdicts[index] !== official.verdicts[index]);
  console.log(`  verdicts equal: ${paths.length - differing.length} of ${paths.length}`);
  for (const path of differing) console.log(`    differs: ${path}`);
  if (differing.length > 0) process.exitCode = 1;
}

async function compareScores() {
  const root = roundRoot(folder);
  const organisations = readdirSync(root).filter((name) => existsSync(join(root, name, "results")));
  const copy = mkdtempSync(join(tmpdir(), "pitwall-bench-"));
  try {
    for (const name of organisations)
      cpSync(join(root, name), join(copy, name), { recursive: true });
    let folders = organisations;
    console.log(`\nscore: ${organisations.length} organisations, the official tool on a copy`);
    const pairs = [];
    for (let pair = 0; pair < Number(values["score-pairs"]); pair++) {
      let deaths = [];
      const official = await time(async () => {
        deaths = await summarizeOfficially(
          tool,
          editionId,
          folders.map((name) => join(copy, name)),
        );
      });
      if (deaths.length > 0) {
        for (const { folder: dead, reason } of deaths)
          console.log(`  left out: ${basename(dead)}, of which the official tool dies (${reason})`);
        folders = folders.filter(
          (name) => !deaths.some((death) => basename(death.folder) === name),
        );
        pair--;
        continue;
      }
      const ours = await time(() => scoreWithOurs(folders.map((name) => join(root, name))));
      pairs.push({ ours, official });
    }
    printTimes(pairs);
  } finally {
    rmSync(copy, { recursive: true });
  }
}

/** Archives contain the round's folder or only its contents. */
function roundRoot(path) {
  const inner = join(path, basename(resolve(path)));
  return existsSync(inner) ? inner : path;
}

async function scoreWithOurs(folders) {
  const bin = fileURLToPath(new URL("../dist/bin.js", import.meta.url));
  const words = [bin, "score", "--json", "--edition", editionId, ...folders];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
  let answer = "";
  child.stdout.on("data", (text) => (answer += text));
  const code = await new Promise((done) => child.on("close", done));
  const { ok, result } = JSON.parse(answer);
  if (!ok || code > 1 || result.results.length === 0) throw new Error(`score ended with ${code}`);
}

/** Wall-clock seconds, and on Linux the CPU seconds of ended child processes. */
async function time(work) {
  const before = childCpuSeconds();
  const startMs = performance.now();
  await work();
  const wallSeconds = (performance.now() - startMs) / 1000;
  const after = childCpuSeconds();
  return { wallSeconds, cpuSeconds: after === undefined ? undefined : after - before };
}

function childCpuSeconds() {
  try {
    const stat = readFileSync("/proc/self/stat", "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[13]) + Number(fields[14])) / 100;
  } catch {
    return undefined; // no /proc on this system
  }
}

function printTimes(pairs) {
  for (const what of ["wallSeconds", "cpuSeconds"]) {
    if (pairs.some(({ ours }) => ours[what] === undefined)) continue;
    const rows = pairs.map(({ ours, official }) => ({
      ours: ours[what],
      official: official[what],
      ratio: official[what] / ours[what],
    }));
    printPairs(rows, what === "wallSeconds" ? "seconds, wall" : "CPU-seconds");
  }
}

function printPairs(pairs, unit) {
  console.log(`  ${unit}, median and range of ${pairs.length}`);
  for (const what of ["ours", "official", "ratio"]) {
    const sorted = pairs.map((pair) => pair[what]).toSorted((a, b) => a - b);
    const [least, median, most] = [sorted[0], sorted[sorted.length >> 1], sorted.at(-1)].map(
      threeDigits,
    );
    console.log(`    ${what.padEnd(9)} ${median} (${least} … ${most})`);
  }
}

function threeDigits(value) {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
