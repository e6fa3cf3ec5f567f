// Measures `pitwall check`, `pitwall score` and both in one pass on a whole round, on one and more threads alternately,
// and checks that the output is the same for every number of threads.
//   npm run build && node bench/round.js <folder of a round> [--edition training-5.0] [--threads 1,2] [--rounds 3]
// Exit code 1 if outputs differ.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const bin = fileURLToPath(new URL("../dist/bin.js", import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    edition: { type: "string" },
    threads: { type: "string", default: "1,2" },
    rounds: { type: "string", default: "3" },
  },
});
const [folder] = positionals;
if (folder === undefined) {
  console.error(
    "error[folder-missing]: name the folder of a round\n\nhint: node bench/round.js <folder>",
  );
  process.exit(2);
}

const commands = { check: ["check"], score: ["score"], both: ["score", "--check"] };
const { logCount, megabytes } = measureLogs(folder);
console.log(`${logCount} logs, ${megabytes.toFixed(1)} MB`);
console.log("command  threads   wall s    CPU s   MB/s (wall)   peak RSS MB   load   answer");

const answers = new Map();
const runs = new Map();
for (let round = 0; round < Number(values.rounds); round++) {
  for (const [name, words] of Object.entries(commands)) {
    for (const threads of values.threads.split(",")) {
      const ran = await run([...words, folder, "--json", "--threads", threads]);
      tell(name, threads, ran);
      const id = `${name.padEnd(9)}${threads.padStart(7)}`;
      runs.set(id, [...(runs.get(id) ?? []), ran]);
      answers.set(name, (answers.get(name) ?? new Set()).add(ran.answer));
    }
  }
}
console.log("\ncommand  threads   least and median wall s   least and median CPU s   most RSS MB");
for (const [id, all] of runs) {
  const [wall, cpu] = ["wallSeconds", "cpuSeconds"].map((what) =>
    leastAndMedian(all.map((ran) => ran[what])),
  );
  const most = Math.max(...all.map(({ peakMegabytes }) => peakMegabytes)).toFixed(0);
  console.log(`${id}${wall.padStart(26)}${cpu.padStart(25)}${most.padStart(14)}`);
}
const differing = [...answers].filter(([, seen]) => seen.size > 1).map(([name]) => name);
console.log(
  differing.length === 0
    ? "\nevery run of a command gave the same answer"
    : `\nDIFFERENT ANSWERS: ${differing.join(", ")}`,
);
process.exitCode = differing.length === 0 ? 0 : 1;

function tell(name, threads, { wallSeconds, cpuSeconds, peakMegabytes, load, answer }) {
  const cells = [
    name.padEnd(9),
    threads.padStart(7),
    wallSeconds.toFixed(2).padStart(9),
    cpuSeconds.toFixed(2).padStart(9),
    (megabytes / wallSeconds).toFixed(0).padStart(14),
    peakMegabytes.toFixed(0).padStart(14),
    load.toFixed(1).padStart(7),
    `   ${answer.slice(0, 8)}`,
  ];
  console.log(cells.join(""));
}

function leastAndMedian(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return `${sorted[0].toFixed(2)}   ${sorted[Math.floor(sorted.length / 2)].toFixed(2)}`;
}

function measureLogs(path) {
  const names = readdirSync(path, { recursive: true, encoding: "utf8" });
  const logs = names.filter((name) => /(?:^|\/)result_[^/]*\.txt$/.test(name));
  const bytes = logs.reduce((sum, name) => sum + statSync(join(path, name)).size, 0);
  return { logCount: logs.length, megabytes: bytes / 1e6 };
}

/** Processor time and peak memory are the kernel's own figures, read just before the process exits. */
async function run(words) {
  const load = loadavg()[0];
  const edition = values.edition === undefined ? [] : ["--edition", values.edition];
  const startMs = performance.now();
  const child = spawn(process.execPath, [bin, ...words, ...edition], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const answer = createHash("sha256");
  let last = { cpuSeconds: 0, peakMegabytes: 0 };
  const look = () => {
    last = readUsage(child.pid) ?? last;
  };
  const timer = setInterval(look, 20);
  child.stdout.on("data", (chunk) => {
    look();
    answer.update(chunk);
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  clearInterval(timer);
  if (code !== 0 && code !== 1) throw new Error(`pitwall ${words.join(" ")} ended with ${code}`);
  const wallSeconds = (performance.now() - startMs) / 1000;
  return { wallSeconds, ...last, load, answer: answer.digest("hex") };
}

function readUsage(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
    if (peak === undefined) return undefined;
    return {
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100,
      peakMegabytes: Number(peak) / 1000,
    };
  } catch {
    // The process has just exited; the previous figures are the last.
    return undefined;
  }
}
