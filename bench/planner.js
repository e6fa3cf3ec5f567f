// Speed of the planner, in CPU time, which other programs disturb less than wall time:
//   npm run bench:planner [-- --pairs 11 --calculon <clone of calculon-ai/calculon> --python python3]
// With a clone of Calculon and Python, one layout of a dense model is evaluated by both: step time and memory.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { median } from "../build/foundation/numbers/statistics.js";
import { drawPaidTimes } from "../build/planner/odds/plan-odds.js";
import { candidateCounts } from "../build/planner/search/candidate-counts.js";
import { fastestLayouts } from "../build/planner/search/fastest-layouts.js";
import { layoutSpace } from "../build/planner/search/layout-space.js";
import {
  dataRanks,
  layerSplits,
  layoutOfTrial,
  stageSplits,
} from "../build/planner/search/model-split.js";
import { modelTimeSource } from "../build/planner/search/model-time-source.js";
import { choosePlan, searchPlan } from "../build/planner/search/plan-training.js";
import { ownPrice } from "../build/planner/search/price-offers.js";
import { layerCosts } from "../build/planner/step/layer-costs.js";
import { predictStep } from "../build/planner/step/predict-step.js";
import { layerLayoutOf, prepareStep, spreadLayoutOf } from "../build/planner/step/prepare-step.js";
import { resolveShape } from "../build/planner/step/resolve-shape.js";
import { partCount, stepPartsInto } from "../build/planner/step/step-time.js";
import { loadPlanData } from "../build/workflows/plan/load-plan-data.js";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const { values } = parseArgs({
  options: {
    pairs: { type: "string", default: "11" },
    calculon: { type: "string" },
    python: { type: "string", default: "python3" },
  },
});
const { data } = await loadPlanData({ home: undefined });
const { step, interruptions, energy, regions } = data;
const largest = 1024;

console.log(`${process.version}, load ${loadavg()[0].toFixed(1)}\n`);
console.log("| what | measured |\n| --- | ---: |");
for (const [name, batches] of [
  ["llama31-8b", [16, 32, 64, 128, 256, 512]],
  ["llama31-70b", [256, 512, 1024]],
  ["deepseek-v3", [1024, 2048, 4096]],
])
  searchRate(name, batches);
rawRate();
wholeCatalogue();
odds();
predictions();
startOfPlan();
if (values.calculon !== undefined) calculon();

function row(what, measured) {
  console.log(`| ${what} | ${measured} |`);
}

/** CPU milliseconds that `act` takes. */
function cpuMs(act) {
  const before = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function frameworksOf({ name }) {
  return name.startsWith("tpu") ? ["maxtext"] : ["megatron", "fsdp"];
}

/** Searches all accelerators and counts of the catalog; the first time in cold code, then the median of five. */
function searchRate(name, batches) {
  const shape = resolveShape({ name }, step.models);
  let configurations = 0;
  for (const accelerator of step.accelerators)
    for (const framework of frameworksOf(accelerator)) {
      const space = layoutSpace(shape, framework, accelerator.scaleUpCount);
      const stages = stageSplits(shape, space);
      for (const layers of layerSplits(space))
        for (const count of candidateCounts(accelerator, { largest }))
          for (const globalBatch of batches)
            for (const each of stages)
              if (dataRanks({ layers, stages: each, count, globalBatch }) > 0) configurations += 1;
    }
  const search = () => {
    const layouts = fastestLayouts({ shape, precisionOf: () => "bf16", data: step });
    for (const accelerator of step.accelerators)
      for (const count of candidateCounts(accelerator, { largest }))
        for (const globalBatch of batches) layouts(accelerator, count, globalBatch);
  };
  const [cold, ...warm] = Array.from({ length: 6 }, () => cpuMs(search));
  const rate = (ms) => `${(configurations / ms / 1000).toFixed(1)} M/s`;
  row(
    `search: ${name}, ${(configurations / 1e6).toFixed(2)} M configurations decided, cold and warm`,
    `${rate(cold)}, ${rate(median(warm))}`,
  );
}

/** Step times of every layout of a space, without any bound. */
function rawRate() {
  const shape = resolveShape({ name: "llama31-8b" }, step.models);
  const accelerator = step.accelerators.find(({ name }) => name === "h100-sxm");
  const setting = { precision: "bf16", framework: "megatron", software: "2025-05" };
  const hardware = { accelerator: accelerator.name, count: largest };
  const { context } = prepareStep(
    { ...setting, shape, accelerator, hardware, adapterRank: 0 },
    step.calibration,
  );
  const space = layoutSpace(shape, "megatron", 8);
  const layouts = [];
  for (const layers of layerSplits(space)) {
    let costs;
    for (const stages of stageSplits(shape, space)) {
      const trial = { layers, stages, count: largest, globalBatch: 2 * largest };
      const dp = dataRanks(trial);
      if (dp === 0) continue;
      const layout = layoutOfTrial({ ...trial, dp }, setting);
      costs ??= layerCosts(context, layerLayoutOf(layout));
      layouts.push({ costs, spread: spreadLayoutOf(layout, largest) });
    }
  }
  const parts = new Float64Array(partCount);
  const rounds = 500;
  const time = () => {
    for (let round = 0; round < rounds; round++)
      for (const { costs, spread } of layouts) stepPartsInto(parts, context, costs, spread);
  };
  time();
  const ms = median(Array.from({ length: 5 }, () => cpuMs(time)));
  row(
    "step times by part, every layout, without bounds",
    `${((rounds * layouts.length) / ms / 1000).toFixed(1)} M/s`,
  );
}

/** All accelerators and counts with a price each, the front, and the odds of its offers. */
function wholeCatalogue() {
  for (const name of ["llama31-70b", "deepseek-v3"]) {
    const shape = resolveShape({ name }, step.models);
    const plan = () => {
      const times = modelTimeSource({
        shape,
        precisionOf: () => "bf16",
        data: step,
        goal: { kind: "tokens", tokens: 15e12, tokensPerSample: shape.seq },
        batches: [2048],
        evaluationFraction: 0.02,
      });
      const searched = searchPlan({
        machines: step.accelerators.map((accelerator) => ({
          accelerator,
          counts: candidateCounts(accelerator, { largest }),
        })),
        times,
        prices: new Map(step.accelerators.map((one) => [one.name, [ownPrice(2, "example")]])),
        interruptions,
        energy,
        region: regions.default,
      });
      choosePlan(searched, {
        limits: {},
        objective: "balanced",
        queueMs: 0,
        seed: "1",
        drawCount: 10_000,
      });
    };
    const [cold, ...warm] = Array.from({ length: 6 }, () => cpuMs(plan));
    row(
      `plan of ${name} on all ${step.accelerators.length} accelerators, up to ${largest}, 10,000 draws; cold and warm`,
      `${cold.toFixed(0)} ms, ${median(warm).toFixed(0)} ms`,
    );
  }
}

function odds() {
  const risk = {
    acceleratorCount: 1024,
    failuresPerAcceleratorHour: 2e-5,
    failureRateLogSpread: 0.5,
    restartMs: 900_000,
    checkpointMs: 30_000,
  };
  const training = { trainMs: 1e9, timeLogSpread: 0.1, seedLogSpread: 0.05, startMs: 1e5, risk };
  const times = Array.from({ length: 21 }, (_, seed) =>
    cpuMs(() => drawPaidTimes(training, { seed, name: "", drawCount: 10_000 })),
  );
  row(
    "10,000 draws of the odds, first and median",
    `${times[0].toFixed(1)} ms, ${median(times).toFixed(1)} ms`,
  );
}

/** 10,000 layouts through the command, over `node -e 0`: with all choices made, and with three to make. */
function predictions() {
  const folder = mkdtempSync(join(tmpdir(), "pitwall-planner-"));
  const file = join(folder, "layouts.jsonl");
  const bare = Array.from({ length: 5 }, () => childCpuMs(["-e", "0"]));
  for (const { what, choicesOf } of [
    { what: "10,000 lines", choicesOf: givenChoices },
    {
      what: "10,000 lines without `microBatch`, `recompute` and `vp`",
      choicesOf: () => ({}),
    },
  ]) {
    const lines = Array.from({ length: 10_000 }, (_, at) => layoutLine(at, choicesOf(at)));
    writeFileSync(file, lines.map((line) => JSON.stringify(line)).join("\n"));
    const ours = Array.from({ length: 5 }, () =>
      childCpuMs([join(root, "dist", "bin.js"), "predict", file, "--json"]),
    );
    row(`\`pitwall predict\` of ${what}, CPU over node`, `${over(ours, bare, "cpuMs")} ms`);
    row("the same, wall over node", `${over(ours, bare, "wallMs")} ms`);
  }
  rmSync(folder, { recursive: true, force: true });
}

/** The sizes of batches make 1,164 different lines; no answer is kept for a later line. */
function layoutLine(at, choices) {
  return {
    model: { name: ["llama31-8b", "llama31-70b", "gpt3-175b", "mixtral-8x7b"][at % 4] },
    hardware: { accelerator: ["h100-sxm", "b200", "A100"][at % 3], count: 64 << (at % 4) },
    layout: {
      tp: 1 << (at % 4),
      pp: 1 << (at % 3),
      cp: 1,
      ep: 1,
      globalBatch: 1024 * (1 + (at % 97)),
      precision: "bf16",
      ...choices,
    },
  };
}

function givenChoices(at) {
  return {
    microBatch: 1 + (at % 2),
    recompute: ["none", "selective", "full"][at % 3],
    vp: 1,
  };
}

/** The first answer of the command, in pairs with `node -e 0`. */
function startOfPlan() {
  for (const words of [
    ["llama31_8b", "--budget", "2000usd", "--deadline", "12h"],
    ["llama31-8b", "--tokens", "1T"],
  ]) {
    const pairs = Array.from({ length: Number(values.pairs) + 1 }, () => ({
      bare: childCpuMs(["-e", "0"]),
      ours: childCpuMs([join(root, "dist", "bin.js"), "plan", ...words]),
    })).slice(1);
    const [ours, bare] = [pairs.map((one) => one.ours), pairs.map((one) => one.bare)];
    const what = `\`pitwall plan ${words.join(" ")}\`, over node`;
    row(`${what}, CPU`, `${over(ours, bare, "cpuMs")} ms`);
    row(`${what}, wall`, `${over(ours, bare, "wallMs")} ms`);
  }
}

function over(ours, bare, unit) {
  const differences = ours.map((one, at) => one[unit] - bare[at][unit]).toSorted((a, b) => a - b);
  const [least, most] = [differences[0], differences.at(-1)].map((ms) => ms.toFixed(0));
  return `${median(differences).toFixed(0)} (${least} … ${most})`;
}

/** CPU and wall time of a Node.js process. */
function childCpuMs(words) {
  const startMs = performance.now();
  const env = {
    ...process.env,
    PITWALL_HOME: join(tmpdir(), "pitwall-planner-home"),
    NO_COLOR: "1",
  };
  const shell = ["-c", '"$0" "$@" >/dev/null && times', process.execPath, ...words];
  const { stdout, status, stderr } = spawnSync("bash", shell, { encoding: "utf8", env });
  if (status !== 0) throw new Error(`${words.join(" ")}: ${stderr}`);
  const wallMs = performance.now() - startMs;
  const [, children = ""] = stdout.trim().split("\n");
  const cpu = [...children.matchAll(/(\d+)m([\d.]+)s/g)];
  return { wallMs, cpuMs: 1000 * cpu.reduce((sum, one) => sum + 60 * one[1] + Number(one[2]), 0) };
}

/** Calculon's own example, 1 trillion parameters on 3,072 A100, evaluated by both. */
function calculon() {
  const program = `
import json, logging, sys, time
sys.path.insert(0, ".")
import calculon
from calculon.llm import Llm
from calculon import System
read = lambda path: json.load(open(path))
app, system = read("models/megatron-1T.json"), read("systems/a100_80g.json")
exe = read("examples/3072_t4_p64_d12_mbs4_full.json")
logger = logging.getLogger()
def run():
    model = Llm(Llm.Application(app), logger)
    machine = System(system)
    model.compile(machine, Llm.Execution.from_json(exe))
    model.run(machine)
    return model
run()
start = time.process_time()
for _ in range(100): model = run()
print((time.process_time() - start) * 10, model.get_total_time())
`;
  const answer = spawnSync(values.python, ["-c", program], {
    encoding: "utf8",
    cwd: values.calculon,
  });
  if (answer.status !== 0) {
    row("Calculon", `did not run: ${answer.stderr.trim().split("\n").at(-1)}`);
    return;
  }
  const [theirMs, seconds] = answer.stdout.trim().split(" ").map(Number);
  const model = {
    ...resolveShape({ name: "gpt3-175b" }, step.models),
    hidden: 25_600,
    layers: 128,
    heads: 160,
    headSize: 160,
    kvHeads: 160,
    ffn: 102_400,
  };
  const known = step.accelerators.find(({ name }) => name === "a100-sxm-80gb");
  const layout = {
    tp: 4,
    pp: 64,
    cp: 1,
    ep: 1,
    dp: 12,
    vp: 1,
    microBatch: 4,
    globalBatch: 3072,
    precision: "fp16",
    recompute: "full",
    sharding: "zero1",
    framework: "megatron",
    software: "2022-12",
  };
  const hardware = { accelerator: known.name, count: 3072, known };
  const evaluations = 20_000;
  let predicted;
  const time = () => {
    for (let at = 0; at < evaluations; at++) predicted = predictStep(model, hardware, layout, step);
  };
  time();
  const ourMs = cpuMs(time) / evaluations;
  row(
    "Calculon, step time and memory of one layout of 1 T parameters, CPU",
    `${theirMs.toFixed(2)} ms`,
  );
  row("`predictStep` of the same layout, CPU", `${(1000 * ourMs).toFixed(1)} µs`);
  row("ratio", `${(theirMs / ourMs).toFixed(0)} times`);
  row(
    "step time that each predicts, Calculon and `predictStep`",
    `${seconds.toFixed(1)} s, ${(predicted.stepTimeMs / 1000).toFixed(1)} s`,
  );
}
