// What a second worker costs: samples per CPU-second with two workers over one, for `digits` at its
// shipped batch size (or another workload and other worker counts).
//
//   node scripts/build.js && node bench/trainer-workers.js [--workload digits] [--workers 2]
//                                                          [--pairs 7] [--samples 7040] [--json]
//
// Runs come in pairs, one worker and then several, in turn, so that a slow minute of the machine
// meets both. Counted is the CPU time of the whole process between `run_start` and `run_stop`:
// training and evaluation, without start-up and compilation. Both halves train the same samples.
import { cpus, loadavg } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values: options } = parseArgs({
  options: {
    workload: { type: "string", default: "digits" },
    workers: { type: "string", default: "2" },
    pairs: { type: "string", default: "7" },
    samples: { type: "string", default: "7040" },
    dist: { type: "string", default: join(root, "dist") },
    json: { type: "boolean", default: false },
  },
});
const dist = resolve(options.dist);
const { trainHere } = await import(pathToFileURL(join(dist, "workflows/train-here.js")));
const { summarise } = await import(pathToFileURL(join(dist, "foundation/statistics.js")));

const pairs = [];
for (let pair = 1; pair <= Number(options.pairs); pair++) {
  const alone = await measure(1, pair);
  const together = await measure(Number(options.workers), pair);
  pairs.push({
    alone,
    together,
    efficiencyFraction: together.samplesPerCpuSecond / alone.samplesPerCpuSecond,
    loadAverage: loadavg()[0],
  });
}
const result = {
  schemaVersion: 1,
  workload: options.workload,
  workers: Number(options.workers),
  machine: { cpu: cpus()[0]?.model, cpuCount: cpus().length, node: process.version },
  efficiencyFraction: summarise(pairs.map(({ efficiencyFraction }) => efficiencyFraction)),
  samplesPerCpuSecondAlone: summarise(pairs.map(({ alone }) => alone.samplesPerCpuSecond)),
  samplesPerCpuSecondTogether: summarise(pairs.map(({ together }) => together.samplesPerCpuSecond)),
  speedup: summarise(pairs.map(({ alone, together }) => alone.seconds / together.seconds)),
  pairs,
};
process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : asTable(result));

async function measure(workers, seed) {
  let cpuStart;
  let startMs;
  let spent;
  const run = trainHere(
    {
      workload: options.workload,
      workers,
      seed,
      dataDirectory: join(root, "data"),
      nowMs: () => Date.now(),
      maxSamples: Number(options.samples),
    },
    new AbortController().signal,
  );
  for await (const event of run) {
    if (event.key === "run_start") {
      cpuStart = process.cpuUsage();
      startMs = performance.now();
    }
    if (event.key !== "run_stop") continue;
    const cpu = process.cpuUsage(cpuStart);
    const cpuSeconds = (cpu.user + cpu.system) / 1e6;
    const samplesCount = event.metadata.samples_count;
    spent = {
      workers,
      samplesCount,
      cpuSeconds,
      seconds: (performance.now() - startMs) / 1000,
      samplesPerCpuSecond: samplesCount / cpuSeconds,
    };
  }
  return spent;
}

function asTable({ workload, workers, machine, pairs, ...summaries }) {
  const lines = [
    `${workload}, 1 and ${workers} workers, on ${machine.cpuCount} x ${machine.cpu}, Node.js ${machine.node}`,
    "",
    `pair   samples/CPU-s, 1   samples/CPU-s, ${workers}   efficiency   load average`,
    ...pairs.map(
      ({ alone, together, efficiencyFraction, loadAverage }, index) =>
        `${String(index + 1).padStart(4)}   ${alone.samplesPerCpuSecond.toFixed(0).padStart(16)}   ` +
        `${together.samplesPerCpuSecond.toFixed(0).padStart(16)}   ` +
        `${efficiencyFraction.toFixed(3).padStart(10)}   ${loadAverage.toFixed(2).padStart(12)}`,
    ),
    "",
    ...Object.entries(summaries)
      .filter(([, summary]) => summary?.median !== undefined)
      .map(
        ([name, { median, minimum, maximum, count }]) =>
          `${name}: median ${median.toPrecision(3)}, ${minimum.toPrecision(3)} to ${maximum.toPrecision(3)} over ${count} pairs`,
      ),
  ];
  return `${lines.join("\n")}\n`;
}
