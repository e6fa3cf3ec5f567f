// How long `pitwall check` takes for a whole round, how many bytes it reads a second, and what memory it takes.
//   npm run build && node bench/check.js <folder of a round> [--edition training-5.0] [--threads 2] [--rounds 3]
import { spawn } from "node:child_process";
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
    threads: { type: "string", default: "2" },
    rounds: { type: "string", default: "3" },
  },
});
const [folder] = positionals;
if (folder === undefined) {
  console.error(
    "error[folder-missing]: name the folder of a round\n\nhint: node bench/check.js <folder>",
  );
  process.exit(2);
}

const { logCount, bytes } = measureLogs(folder);
console.log(`${logCount} logs, ${(bytes / 1e6).toFixed(1)} MB, ${values.threads} threads`);
console.log("  wall s   CPU s   MB/s (wall)   MB/s (CPU)   peak RSS MB   load");
for (let round = 0; round < Number(values.rounds); round++) {
  const { wallSeconds, cpuSeconds, peakMegabytes, load } = await run();
  const cells = [
    wallSeconds.toFixed(2).padStart(8),
    cpuSeconds.toFixed(2).padStart(8),
    (bytes / 1e6 / wallSeconds).toFixed(1).padStart(14),
    (bytes / 1e6 / cpuSeconds).toFixed(1).padStart(13),
    peakMegabytes.toFixed(0).padStart(14),
    load.toFixed(1).padStart(7),
  ];
  console.log(cells.join(""));
}

function measureLogs(path) {
  const names = readdirSync(path, { recursive: true, encoding: "utf8" });
  const logs = names.filter((name) => /(?:^|\/)result_[^/]*\.txt$/.test(name));
  const bytes = logs.reduce((sum, name) => sum + statSync(join(path, name)).size, 0);
  return { logCount: logs.length, bytes };
}

/** Processor time and peak memory are the kernel's own figures, read just before the process goes. */
async function run() {
  const load = loadavg()[0];
  const edition = values.edition === undefined ? [] : ["--edition", values.edition];
  const words = ["check", folder, "--json", "--threads", values.threads, ...edition];
  const startMs = performance.now();
  const child = spawn(process.execPath, [bin, ...words], { stdio: ["ignore", "pipe", "inherit"] });
  let answerBytes = 0;
  let last = { cpuSeconds: 0, peakMegabytes: 0 };
  const timer = setInterval(() => {
    last = readUsage(child.pid) ?? last;
  }, 20);
  child.stdout.on("data", (chunk) => {
    last = readUsage(child.pid) ?? last;
    answerBytes += chunk.length;
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  clearInterval(timer);
  if ((code !== 0 && code !== 1) || answerBytes === 0) throw new Error(`check ended with ${code}`);
  return { wallSeconds: (performance.now() - startMs) / 1000, ...last, load };
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
    // It has just ended; the figures before are the last.
    return undefined;
  }
}
