// Trainings of the workloads for PyTorch on two ranks, measured in pairs.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(new URL("../../workloads/torch/", import.meta.url));

/** The CPU time of the process since its start, without that of others on the machine. */
const cpu = `import atexit, time, pitwall
atexit.register(lambda: print("cpu_ms=%.3f" % (time.process_time() * 1000), flush=True))
`;

/** The program of a workload as it was. */
export function sourceOf(name) {
  return readFileSync(join(source, `${name}.py`), "utf8");
}

/** Copies the programs to a new folder below another; the one that is measured prints its CPU time, and has the given text and first lines. */
export function copyProgram(name, { below, text = sourceOf(name), added = "" }) {
  const place = mkdtempSync(join(below, `${name}-`));
  for (const file of readdirSync(source).filter((each) => each.endsWith(".py")))
    copyFileSync(join(source, file), join(place, file));
  writeFileSync(
    join(place, `${name}.py`),
    text.replace(/^def main\(\):$/mu, `${cpu}${added}\n\ndef main():`),
  );
  return join(place, `${name}.py`);
}

/** One training on two ranks. */
export function train(program, words, { runFolder, env: set = {} }) {
  const python = process.env.PITWALL_TORCH_PYTHON ?? "python3";
  const torchrun = ["-B", "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"];
  const env = { ...process.env, OMP_NUM_THREADS: "1", PITWALL_RUN_DIR: runFolder, ...set };
  const ran = spawnSync(python, [...torchrun, program, ...words], { env, encoding: "utf8" });
  const timeOf = (key) =>
    Number(new RegExp(`"time_ms": (\\d+).*"key": "${key}"`, "u").exec(ran.stdout)?.[1]);
  const trainMs = timeOf("run_stop") - timeOf("run_start");
  if (!(trainMs > 0)) throw new Error(`the training failed:\n${ran.stderr.slice(-2000)}`);
  const printed = (name) =>
    [...ran.stdout.matchAll(new RegExp(`${name}=([\\d.]+)$`, "gmu"))].map(([, ms]) => Number(ms));
  const cpuMs = printed("cpu_ms").reduce((sum, ms) => sum + ms, 0);
  return { trainMs, cpuMs, printed };
}

/** Each value of the first list against the one of its pair. */
export function differences({ with: given, without }) {
  return given.map((ms, pair) => ms / without[pair] - 1);
}

export function summary(given, format) {
  const sorted = given.toSorted((a, b) => a - b);
  const middle = (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
  return `${format(middle)} (${format(sorted[0])} … ${format(sorted.at(-1))}, ${given.length} pairs)`;
}

export function percent(fraction) {
  return `${(100 * fraction).toFixed(3)} %`;
}
