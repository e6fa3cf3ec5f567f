// Compares samples per CPU-second of Pitwall's trainer, TensorFlow.js and PyTorch on the same model
// with the same initial weights, data and optimizer, in one run.
//
//   node scripts/build.js && node bench/trainer.js [--python <path>] [--json]
//
// Each peer is a separate process. Peers train alternately in rounds of about equal CPU time (Pitwall,
// TensorFlow.js, PyTorch, Pitwall, …), so that other load affects all of them. Loading,
// the first losses (compared: all must compute the same thing) and one warm-up round are excluded.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

import { startPeer } from "./peers/peer-process.js";
import { workloads, writeWorkload } from "./peers/workloads.js";

const here = fileURLToPath(new URL(".", import.meta.url));
const { values: options } = parseArgs({
  options: {
    workload: { type: "string", multiple: true, default: Object.keys(workloads) },
    rounds: { type: "string", default: "7" },
    "round-seconds": { type: "string", default: "1" },
    build: { type: "string", default: join(here, "..", "build") },
    python: { type: "string", default: process.env.PITWALL_TORCH_PYTHON ?? "python3" },
    "install-peers": { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const build = resolve(options.build);
const { seededRandom } = await import(
  pathToFileURL(join(build, "foundation/numbers/seeded-random.js"))
);
const { summarise } = await import(pathToFileURL(join(build, "foundation/numbers/statistics.js")));

/** Losses of the same steps differ by rounding only; float32 sums of 784 terms agree to ~1e-6. */
const lossTolerance = 1e-3;
const comparedLosses = 3;

if (options["install-peers"]) installPeers();
const results = [];
for (const name of options.workload) {
  const workload = workloads[name];
  if (workload === undefined) {
    note(`no workload \`${name}\`; there are: ${Object.keys(workloads).join(", ")}`);
    process.exitCode = 2;
    break;
  }
  results.push(await measureWorkload(workload));
}
if (options.json) {
  process.stdout.write(`${JSON.stringify({ schemaVersion: 1, machine: machine(), results })}\n`);
} else {
  process.stdout.write(results.map(asTable).join("\n"));
}

async function measureWorkload(workload) {
  const folder = mkdtempSync(join(tmpdir(), "pitwall-bench-trainer-"));
  const peers = [];
  try {
    writeWorkload(folder, workload, seededRandom("bench/trainer"));
    peers.push(
      await startPeer("pitwall", process.execPath, [peerFile("pitwall-peer.js"), folder, build]),
    );
    peers.push(...(await startTfjs(folder)), ...(await startTorch(folder)));
    await compareLosses(peers);
    const rounds = await trainInTurn(peers);
    return {
      workload: workload.name,
      title: workload.title,
      batchSize: workload.batchSize,
      loadAverageAfter: loadavg()[0],
      peers: peers.map((peer) => summariseShare(peer, rounds)),
    };
  } finally {
    await Promise.all(peers.map((peer) => peer.stop()));
    rmSync(folder, { recursive: true, force: true });
  }
}

/** WebAssembly if it can train the model; it has no convolution gradient (tfjs issue 8474). */
async function startTfjs(folder) {
  if (!existsSync(join(here, "peers/node_modules/@tensorflow/tfjs-core"))) {
    note("skipped TensorFlow.js: it is not installed; --install-peers installs it");
    return [];
  }
  for (const backend of ["wasm", "cpu"]) {
    const start = () =>
      startPeer("tfjs", process.execPath, [peerFile("tfjs-peer.js"), folder, backend]);
    const trial = await start();
    try {
      await trial.ask({ losses: 1 });
    } catch (error) {
      note(`TensorFlow.js cannot train this on its ${backend} backend: ${error.message}`);
      continue;
    }
    await trial.stop();
    // Restarted, so that it starts with the same step as the others.
    return [await start()];
  }
  return [];
}

async function startTorch(folder) {
  try {
    return [await startPeer("torch", options.python, [peerFile("torch-peer.py"), folder])];
  } catch (error) {
    note(`skipped PyTorch: \`${options.python}\` cannot run it (${error.message})`);
    return [];
  }
}

/** @throws Error if a peer's losses show that it does not train the same model */
async function compareLosses(peers) {
  const answers = [];
  for (const peer of peers) answers.push((await peer.ask({ losses: comparedLosses })).losses);
  const [ours, ...others] = answers;
  for (const [index, losses] of others.entries()) {
    const name = peers[index + 1].name;
    const worst = Math.max(
      ...losses.map((loss, step) => Math.abs(loss - ours[step]) / Math.abs(ours[step])),
    );
    note(`first ${comparedLosses} losses of ${name} are ours to ${worst.toExponential(1)}`);
    if (!(worst < lossTolerance)) {
      throw new Error(
        `${name} trains something else: ${losses.join(" ")} against ${ours.join(" ")}`,
      );
    }
  }
}

/** @returns per round, the answers of all peers in their order */
async function trainInTurn(peers) {
  const request = { round: Number(options["round-seconds"]) };
  for (const peer of peers) await peer.ask(request);
  const rounds = [];
  for (let round = 0; round < Number(options.rounds); round++) {
    const answers = [];
    for (const peer of peers) answers.push(await peer.ask(request));
    rounds.push(new Map(peers.map((peer, index) => [peer.name, answers[index]])));
  }
  return rounds;
}

function summariseShare(peer, rounds) {
  const ratios = rounds.map((round) => rate(round.get("pitwall")) / rate(round.get(peer.name)));
  const answers = rounds.map((round) => round.get(peer.name));
  return {
    name: peer.name,
    description: peer.description,
    samplesPerCpuSecond: summarise(answers.map(rate)),
    oursOverThis: summarise(ratios),
    cpuSecondsPerWallSecond: summarise(answers.map((one) => one.cpuSeconds / one.wallSeconds))
      .median,
    rounds: answers,
  };
}

function rate({ samples, cpuSeconds }) {
  return samples / cpuSeconds;
}

function asTable(result) {
  const rows = result.peers.map(({ name, description, samplesPerCpuSecond, oursOverThis }) => [
    name,
    samplesPerCpuSecond.median.toFixed(0),
    `${samplesPerCpuSecond.minimum.toFixed(0)} … ${samplesPerCpuSecond.maximum.toFixed(0)}`,
    name === "pitwall" ? "" : oursOverThis.median.toFixed(2),
    name === "pitwall"
      ? ""
      : `${oursOverThis.minimum.toFixed(2)} … ${oursOverThis.maximum.toFixed(2)}`,
    description,
  ]);
  const head = ["", "samples/CPU-s", "range", "ours/this", "range of pairs", "what"];
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => row[column].length)),
  );
  const lines = [head, ...rows].map((row) =>
    row
      .map((cell, column) =>
        column === 0 || column === 5 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
      )
      .join("  ")
      .trimEnd(),
  );
  const rounds = `${options.rounds} rounds of ${options["round-seconds"]} CPU-s after 1 of warm-up`;
  return `${result.title}, batch ${result.batchSize}, Adam, float32; ${rounds}, medians\n${lines.join("\n")}\n`;
}

function machine() {
  return { cpu: cpus()[0]?.model, cpuCount: cpus().length, node: process.version };
}

function installPeers() {
  note("installing the peers of bench/peers/package-lock.json, without install scripts");
  execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: join(here, "peers"),
    stdio: ["ignore", 2, 2],
  });
}

function peerFile(name) {
  return join(here, "peers", name);
}

function note(text) {
  process.stderr.write(`${text}\n`);
}
