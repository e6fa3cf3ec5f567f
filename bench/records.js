// Measures `pitwall runs --json` and `pitwall show last` with many records, relative to bare Node.js.
// Usage: node bench/records.js [records] [pairs]; build first.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeRecords } from "./make-records.js";

const bin = fileURLToPath(new URL("../dist/bin.js", import.meta.url));
const recordCount = Number(process.argv[2] ?? 2000);
const pairCount = Number(process.argv[3] ?? 15);
const folder = mkdtempSync(join(tmpdir(), "pitwall-bench-records-"));
const home = join(folder, "home");
const env = { ...process.env, PITWALL_HOME: home, NO_COLOR: "1" };

try {
  makeRecords(home, recordCount);
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
