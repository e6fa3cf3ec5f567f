import { nearestWord } from "../../foundation/text/nearest-word.ts";

/** Our options, by the names that launchers, schedulers and benchmark tools give to the same thing. The first that a command has is meant. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  timeout: ["max-time", "host-timeout"],
  "time-limit": ["max-time", "deadline"],
  "max-duration": ["max-time", "deadline"],
  walltime: ["max-time"],
  budget: ["max-cost"],
  "max-budget": ["max-cost", "budget"],
  n: ["runs"],
  repeat: ["runs"],
  repeats: ["runs"],
  repetitions: ["runs"],
  trials: ["runs"],
  "num-runs": ["runs"],
  seeds: ["runs"],
  nnodes: ["nodes"],
  "num-nodes": ["nodes"],
  "num-machines": ["nodes"],
  np: ["nproc"],
  gpus: ["nproc", "gpu", "accelerators"],
  "num-gpus": ["nproc", "count"],
  "gpus-per-node": ["nproc", "gres"],
  "ntasks-per-node": ["nproc"],
  "nproc-per-node": ["nproc"],
  "num-processes": ["nproc"],
  ranks: ["nproc"],
  host: ["hosts"],
  hostfile: ["hosts"],
  machinefile: ["hosts"],
  nodelist: ["hosts"],
  attempts: ["retries"],
  retry: ["retries"],
  restart: ["max-restarts"],
  restarts: ["max-restarts"],
  "max-retries": ["max-restarts", "retries"],
  workdir: ["cwd"],
  "working-dir": ["cwd"],
  chdir: ["cwd"],
  setup: ["set-up", "prepare"],
  monitor: ["metric"],
  goal: ["target"],
  threshold: ["target"],
  description: ["note"],
  format: ["json"],
  output: ["out", "json"],
  "output-format": ["json"],
  "export-json": ["json"],
  silent: ["quiet"],
  debug: ["verbose"],
  accelerator: ["accelerators", "gpu"],
  "gpu-type": ["gpu", "accelerators"],
};

/** The option that is probably meant by one that a command does not have. */
export function suggestOption(seen: string, flags: readonly string[]): string | undefined {
  const name = seen.replace(/^-+/u, "").toLowerCase().replaceAll("_", "-");
  const meant = Object.hasOwn(otherNames, name) ? (otherNames[name] ?? []) : [];
  return meant.find((flag) => flags.includes(flag)) ?? nearestWord(name, flags);
}
