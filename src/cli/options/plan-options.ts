import { pricesOption } from "./atlas-options.ts";
import { planDefaults } from "../../schema/plan/plan-defaults.ts";
import { placesOfPlans } from "../../schema/plan/place-of-plan.ts";
import type { OptionTable } from "../command-table.ts";

export const planOptions = {
  tokens: {
    takes: "text",
    placeholder: "count",
    group: "Goal",
    help: "15T, 300B: tokens to train a model on",
  },
  target: {
    takes: "text",
    placeholder: "loss",
    group: "Goal",
    help: "2.1: loss to train a model to, by a published scaling law",
  },
  batch: {
    takes: "text",
    placeholder: "tokens",
    group: "Goal",
    help: "4M: tokens of a global batch of a model; default: up to the critical batch size",
  },
  precision: {
    takes: "choice",
    choices: ["bf16", "fp16", "fp8", "mxfp8", "nvfp4", "tf32", "fp32"],
    group: "Goal",
    help: "default: bf16; fp8 for benchmarks where the accelerator has it",
  },
  budget: {
    takes: "text",
    placeholder: "dollars",
    group: "Limits",
    help: "2000usd, $2,000: what it may cost",
  },
  deadline: {
    takes: "text",
    placeholder: "time",
    group: "Limits",
    help: "12h, 3d: when it must be done",
  },
  maxEnergy: {
    takes: "text",
    placeholder: "energy",
    group: "Limits",
    help: "500kWh, 2MWh: what it may take",
  },
  maxCount: {
    takes: "number",
    placeholder: "count",
    minimum: 1,
    default: planDefaults.maxCount,
    group: "Limits",
    help: "consider at most this many accelerators",
  },
  accelerators: {
    takes: "text",
    placeholder: "name,…",
    group: "Machines",
    help: "only these: h100,b200,tpu-v5p; a start of a name stands for all of its variants",
  },
  clouds: {
    takes: "text",
    placeholder: "name,…",
    group: "Machines",
    help: "only prices of these providers: aws,lambda",
  },
  spot: { takes: "nothing", group: "Machines", help: "spot prices too, with their interruptions" },
  region: {
    takes: "text",
    placeholder: "name",
    group: "Machines",
    help: "us-east-1, europe-west4: prices, carbon and cooling of this region",
  },
  queue: {
    takes: "text",
    placeholder: "time",
    group: "Machines",
    help: "how long the machine is waited for: 6h",
  },
  objective: {
    takes: "choice",
    choices: ["time", "cost", "energy", "balanced"],
    group: "Choice",
    help: "what to recommend by; default: cost with only a deadline, time with only a budget, else balanced",
  },
  explain: {
    takes: "nothing",
    group: "Choice",
    help: "say why the other accelerators and numbers of them are not recommended",
  },
  seed: {
    takes: "text",
    placeholder: "seed",
    default: planDefaults.seed,
    group: "Choice",
    help: "of the draws: the same seed gives the same odds",
  },
  for: {
    takes: "choice",
    choices: ["megatron-bridge", "torchtitan", "maxtext", "accelerate"],
    group: "Choice",
    help: "only layouts of this framework, and the command line of the recommended one",
  },
  offer: {
    takes: "number",
    placeholder: "number",
    minimum: 1,
    group: "Choice",
    help: "the offer of `--yaml` and `--for` by its number in the table; default: the recommended one",
  },
  yaml: {
    takes: "text",
    placeholder: "file",
    alone: "-",
    group: "Run",
    help: "write a workload file for `pitwall run`, with what the plan expects; without a name, print it",
  },
  on: {
    takes: "choice",
    choices: placesOfPlans,
    group: "Run",
    help: "where the workload file starts the program [local for one machine, else slurm]",
  },
  from: {
    takes: "text",
    placeholder: "run",
    group: "Finished training",
    help: "a run, a log, or a folder of seeds: compare what it took with what is predicted, and say what to change",
  },
  model: {
    takes: "text",
    placeholder: "name",
    group: "Finished training",
    help: "with --from: what was trained, if the log does not say: llama31-8b, or a config.json",
  },
  accelerator: {
    takes: "text",
    placeholder: "name",
    group: "Finished training",
    help: "with --from: what it ran on, if the log does not say: h100-sxm",
  },
  count: {
    takes: "number",
    placeholder: "count",
    minimum: 1,
    group: "Finished training",
    help: "with --from: on how many, if the log does not say",
  },
  layout: {
    takes: "text",
    placeholder: "name=value,…",
    group: "Finished training",
    help: "with --from: what the log does not say: tp=4,pp=8,microBatch=1,globalBatch=1024,precision=fp8",
  },
  calibrate: {
    takes: "nothing",
    group: "Own runs",
    help: "learn from finished runs that have a plan, for later plans; without runs, show what is learned",
  },
  noCalibration: {
    takes: "nothing",
    group: "Own runs",
    help: "ignore what was learned from runs",
  },
  ...pricesOption,
} as const satisfies OptionTable;
