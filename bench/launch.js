// Measures jobs of several ranks and hosts: time to train over bare torchrun, time from Enter to the first step per launch
// target over the bare engine, 64 ssh hosts, and 4,096 simulated ranks with their page.
//
//   npm run bench:launch -- [--section train|start|fan|simulated|page] [--python python] [--json]
//
// ssh hosts and Slurm are real, started on this machine as root; each part that can't run here says so and is skipped.
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { measureFan } from "./launch/fan-out-and-in.js";
import { measureSimulated } from "./launch/simulated-ranks.js";
import { measureStart } from "./launch/time-to-start.js";
import { measureTrain } from "./launch/time-to-train.js";

const sections = {
  train: () =>
    measureTrain({
      pairs: Number(options["train-pairs"]),
      python: options.python,
      seed: 1,
      quality: Number(options.quality),
    }),
  start: () =>
    measureStart({
      pairs: Number(options["start-pairs"]),
      python: options.python,
      targets: options.target,
    }),
  fan: () =>
    measureFan({
      hosts: Number(options.hosts),
      lines: Number(options.lines),
      perSecond: Number(options["per-second"]),
    }),
  simulated: () => measureSimulated({ ...simulation(), withPage: false }),
  page: () => measureSimulated({ ...simulation(), withPage: true }),
};
const { values: options } = parseArgs({
  options: {
    section: { type: "string", multiple: true, default: Object.keys(sections) },
    target: { type: "string", multiple: true, default: ["local", "ssh", "slurm"] },
    python: { type: "string", default: process.env["PITWALL_TORCH_PYTHON"] ?? "python3" },
    "train-pairs": { type: "string", default: "7" },
    quality: { type: "string", default: "0.95" },
    "start-pairs": { type: "string", default: "15" },
    hosts: { type: "string", default: "64" },
    lines: { type: "string", default: "1000" },
    "per-second": { type: "string", default: "100" },
    nodes: { type: "string", default: "512" },
    seconds: { type: "string", default: "60" },
    chromium: { type: "string", default: "/usr/bin/chromium" },
    json: { type: "boolean", default: false },
  },
});

const results = {};
for (const name of options.section) {
  const measure = sections[name];
  if (measure === undefined)
    throw new Error(`no section ${name}: ${Object.keys(sections).join(", ")}`);
  const loadBefore = loadavg()[0];
  results[name] = { ...(await measure()), load: [loadBefore, loadavg()[0]] };
  const load = results[name].load.map((each) => each.toFixed(1)).join(" … ");
  if (!options.json)
    process.stdout.write(`${[...results[name].lines, `  load ${load}`].join("\n")}\n\n`);
}
const machine = { cpu: cpus()[0]?.model, cpuCount: cpus().length, node: process.version };
if (options.json)
  process.stdout.write(`${JSON.stringify({ schemaVersion: 1, machine, results })}\n`);

function simulation() {
  return {
    nodes: Number(options.nodes),
    seconds: Number(options.seconds),
    chromium: options.chromium,
  };
}
