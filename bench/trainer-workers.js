// Measures the cost of a second worker: samples per CPU-second with two workers relative to one, for `digits` at its
// shipped batch size (or another workload and other worker counts).
//
//   node scripts/build.js && node bench/trainer-workers.js [--workload digits] [--workers 2]
//                                                          [--pairs 7] [--samples 7040] [--json]
//
// Three configurations alternate, so that other load affects all of them: one worker; several
// cooperating workers; and the same number of independent runs of one worker each, at the same
// time. The loss of the third is caused by the machine (hyper-threads, shared caches and
// memory, a lower clock rate); the additional loss of the second is the cost of cooperation. The figure is the
// CPU time of a process between `run_start` and `run_stop`: training and evaluation, without
// start-up and compilation. All configurations train the same samples.
import { execFile } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs, promisify } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values: options } = parseArgs({
  options: {
    workload: { type: "string", default: "digits" },
    workers: { type: "string", default: "2" },
    pairs: { type: "string", default: "7" },
    samples: { type: "string", default: "7040" },
    build: { type: "string", default: join(root, "build") },
    json: { type: "boolean", default: false },
    // The script starts itself with this option: one run of one worker with this seed, printed as JSON.
    "one-run": { type: "string" },
  },
});
const build = resolve(options.build);
const { trainHere } = await import(pathToFileURL(join(build, "workflows/training/train-here.js")));
const { summarise } = await import(pathToFileURL(join(build, "foundation/numbers/statistics.js")));

if (options["one-run"] === undefined) await compare();
else process.stdout.write(JSON.stringify(await measure(1, Number(options["one-run"]))));

async function compare() {
  const workers = Number(options.workers);
  const rounds = [];
  for (let round = 1; round <= Number(options.pairs); round++) {
    const alone = await measure(1, round);
    const together = await measure(workers, round);
    const apart = await measureApart(workers, round);
    rounds.push({
      alone,
      together,
      apart,
      efficiencyFraction: together.samplesPerCpuSecond / alone.samplesPerCpuSecond,
      efficiencyBesideApartFraction: together.samplesPerCpuSecond / apart.samplesPerCpuSecond,
      loadAverage: loadavg()[0],
    });
  }
  const rate = (kind) => summarise(rounds.map((round) => round[kind].samplesPerCpuSecond));
  const result = {
    schemaVersion: 1,
    workload: options.workload,
    workers,
    machine: { cpu: cpus()[0]?.model, cpuCount: cpus().length, node: process.version },
    efficiencyFraction: summarise(rounds.map((round) => round.efficiencyFraction)),
    efficiencyBesideApartFraction: summarise(
      rounds.map((round) => round.efficiencyBesideApartFraction),
    ),
    samplesPerCpuSecond: { alone: rate("alone"), together: rate("together"), apart: rate("apart") },
    speedup: summarise(rounds.map(({ alone, together }) => alone.seconds / together.seconds)),
    rounds,
  };
  process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : asTable(result));
}

/** Runs one single-worker process per worker, at the same time. */
async function measureApart(workers, seed) {
  const run = promisify(execFile);
  const shared = ["--workload", options.workload, "--samples", options.samples, "--build", build];
  const processes = Array.from({ length: workers }, () =>
    run(process.execPath, [fileURLToPath(import.meta.url), ...shared, "--one-run", String(seed)]),
  );
  const results = (await Promise.all(processes)).map(({ stdout }) => JSON.parse(stdout));
  const cpuSeconds = results.reduce((sum, result) => sum + result.cpuSeconds, 0);
  const samplesCount = results.reduce((sum, result) => sum + result.samplesCount, 0);
  return { cpuSeconds, samplesCount, samplesPerCpuSecond: samplesCount / cpuSeconds };
}

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

function asTable({ workload, workers, machine, rounds, ...result }) {
  const lines = [
    `${workload}, 1 and ${workers} workers, on ${machine.cpuCount} x ${machine.cpu}, Node.js ${machine.node}`,
    "",
    "samples per CPU-second",
    "       1 worker   together      apart   together/1   together/apart   load average",
    ...rounds.map((round) =>
      [
        round.alone.samplesPerCpuSecond.toFixed(0).padStart(15),
        round.together.samplesPerCpuSecond.toFixed(0).padStart(11),
        round.apart.samplesPerCpuSecond.toFixed(0).padStart(11),
        round.efficiencyFraction.toFixed(3).padStart(13),
        round.efficiencyBesideApartFraction.toFixed(3).padStart(17),
        round.loadAverage.toFixed(2).padStart(15),
      ].join(""),
    ),
    "",
    inWords("together/1", result.efficiencyFraction),
    inWords("together/apart", result.efficiencyBesideApartFraction),
    inWords("speed-up in seconds", result.speedup),
  ];
  return `${lines.join("\n")}\n`;
}

function inWords(name, { median, minimum, maximum, count }) {
  const range = `${minimum.toFixed(3)} to ${maximum.toFixed(3)} over ${count}`;
  return `${name}: median ${median.toFixed(3)}, ${range}`;
}
