// Measures how long Pitwall takes to start: wall time over `node -e 0`, in interleaved pairs.
//   node bench/start.js [--pairs 21] [--bin dist/bin.js]
// Prints the median and the range of the differences. "first instruction" is the time until the program under
// `pitwall run` executes its first instruction; its baseline is `node -e 0` from start to end.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { median } from "../build/foundation/numbers/statistics.js";

const here = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({
  options: {
    pairs: { type: "string", default: "21" },
    bin: { type: "string", default: join(here, "..", "dist", "bin.js") },
  },
});
const bin = resolve(values.bin);
const folder = mkdtempSync(join(tmpdir(), "pitwall-start-"));
const stamp = join(folder, "stamp");
const env = { ...process.env, PITWALL_HOME: join(folder, "home"), NO_COLOR: "1" };

/** Targets are milliseconds over bare Node. */
const cases = [
  { name: "--help", target: 40, words: ["--help"] },
  { name: "results", target: 80, words: ["results"] },
  {
    name: "first instruction under run",
    target: 90,
    words: ["run", "--quiet", "--", "sh", "-c", `date +%s%N > ${stamp}`],
    endMs: () => Number(readFileSync(stamp, "utf8")) / 1e6,
  },
  { name: "run -- true", target: 200, words: ["run", "--quiet", "--", "true"] },
];

const differences = cases.map(() => []);
const bare = [];
for (let pair = 0; pair < Number(values.pairs) + 1; pair++) {
  for (const [index, { words, endMs }] of cases.entries()) {
    const nodeMs = timeMs(["-e", "0"]);
    const ours = timeMs([bin, ...words], endMs);
    if (pair === 0) continue; // fills the disk cache and the compile cache
    bare.push(nodeMs);
    differences[index].push(ours - nodeMs);
  }
}
rmSync(folder, { recursive: true, force: true });

console.log(
  `${process.version}, ${values.pairs} pairs, load ${loadavg()[0].toFixed(1)}, \`node -e 0\` ${median(bare).toFixed(0)} ms`,
);
console.log("| | median over node | range | target |\n| --- | ---: | ---: | ---: |");
for (const [index, { name, target }] of cases.entries()) {
  const sorted = differences[index].toSorted((a, b) => a - b);
  console.log(
    `| \`${name}\` | ${median(sorted).toFixed(0)} ms | ${sorted[0].toFixed(0)} to ${sorted.at(-1).toFixed(0)} ms | ${target} ms |`,
  );
}

function timeMs(words, endMs = () => now()) {
  const startMs = now();
  const { error } = spawnSync(process.execPath, words, { cwd: folder, env, stdio: "ignore" });
  if (error) throw error;
  return endMs() - startMs;
}

function now() {
  return performance.timeOrigin + performance.now();
}
