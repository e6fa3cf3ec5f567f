// Measures `pitwall runs --json` and `pitwall show last` with many records, relative to bare Node.js.
// Usage: node bench/records.js [records] [pairs]; build first.

import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const bin = fileURLToPath(new URL("../dist/bin.js", import.meta.url));
const recordCount = Number(process.argv[2] ?? 2000);
const pairCount = Number(process.argv[3] ?? 15);
const folder = mkdtempSync(join(tmpdir(), "pitwall-bench-records-"));
const home = join(folder, "home");
const env = { ...process.env, PITWALL_HOME: home, NO_COLOR: "1" };

try {
  makeRecords();
  console.log(`${recordCount} records, ${pairCount} pairs, milliseconds over \`node -e 0\``);
  report("runs --json, no index", ["runs", "--json"], () =>
    rmSync(join(home, "cache"), { recursive: true, force: true }),
  );
  execFileSync(process.execPath, [bin, "runs"], { env });
  report("runs --json", ["runs", "--json"]);
  report("runs", ["runs"]);
  report("runs --last 10", ["runs", "--last", "10"]);
  report("show last", ["show", "last"]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** One real run with twenty evaluations, copied under other names; each copy is sealed again. */
function makeRecords() {
  const program = `for (let i = 1; i <= 20; i++) console.log("val_acc=" + i / 20)`;
  const reads = ["--metric", "val_acc=(\\S+)", "--target", "val_acc>=0.94"];
  execFileSync(
    process.execPath,
    [bin, "run", ...reads, "--quiet", "--", process.execPath, "-e", program],
    { env, cwd: folder },
  );
  const runs = join(home, "runs");
  const [model = ""] = readdirSync(runs);
  const directory = join(runs, model);
  const request = JSON.parse(readFileSync(join(directory, "run.json"), "utf8"));
  const result = JSON.parse(readFileSync(join(directory, "result.json"), "utf8"));
  const lines = readFileSync(join(directory, "events.jsonl"), "utf8").trimEnd().split("\n");
  const closing = JSON.parse(lines.pop() ?? "");
  for (let index = 0; index < recordCount; index++) {
    const seriesId = `bench-20261101-${String(index).padStart(6, "0")}-abcd`;
    const runId = `${seriesId}-1`;
    const copy = join(runs, runId);
    mkdirSync(copy);
    cpSync(join(directory, "samples"), join(copy, "samples"), { recursive: true });
    cpSync(join(directory, "log.txt"), join(copy, "log.txt"));
    const requestText = json({
      ...request,
      runId,
      series: { ...request.series, id: seriesId },
      createdMs: request.createdMs + index,
    });
    writeFileSync(join(copy, "run.json"), requestText);
    const files = { ...result.files, "run.json": fingerprint(requestText) };
    const resultText = json({ ...result, runId, files });
    writeFileSync(join(copy, "result.json"), resultText);
    const event = { ...closing, event: { ...closing.event, result: fingerprint(resultText) } };
    writeFileSync(join(copy, "events.jsonl"), `${[...lines, JSON.stringify(event)].join("\n")}\n`);
  }
  rmSync(directory, { recursive: true });
  // New records are not indexed yet.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2500);
}

/** Alternates bare Node.js and Pitwall, so that other load affects both. */
function report(name, words, before = () => {}) {
  const differences = [];
  for (let pair = 0; pair < pairCount; pair++) {
    before();
    const bareMs = timed(["-e", "0"]);
    differences.push(timed([bin, ...words]) - bareMs);
  }
  differences.sort((a, b) => a - b);
  const at = (fraction) => differences[Math.floor((differences.length - 1) * fraction)].toFixed(0);
  console.log(`${name.padEnd(24)} median ${at(0.5).padStart(5)}   range ${at(0)} … ${at(1)}`);
}

function timed(words) {
  const startMs = performance.now();
  const { status, stderr } = spawnSync(process.execPath, words, { env, maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`${words.join(" ")}: exit ${status}\n${stderr}`);
  return performance.now() - startMs;
}

function json(value) {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function fingerprint(text) {
  const bytes = Buffer.from(text);
  return { bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
}
