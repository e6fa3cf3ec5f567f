// Measures what `check_replicas` costs in the workloads `gpt` and `image` on two ranks: pairs of trainings with and without it, run alternately.
//
//   PITWALL_TORCH_PYTHON=python3 node bench/replicas.js [--pairs 5]
//
// Both kinds use copies of the programs; in those without, the call is removed. Those with it also add up the time of the calls themselves,
// which is less noisy than the difference of two trainings.
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { pairs: { type: "string", default: "5" } } });
const python = process.env.PITWALL_TORCH_PYTHON ?? "python3";
const source = fileURLToPath(new URL("../workloads/torch/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "pitwall-bench-replicas-"));

const call = /^( *)(pitwall\.check_replicas\(.*\))$/mu;
/** The CPU time of the process since its start, without that of others on the machine. */
const cpu = `import atexit, time, pitwall
atexit.register(lambda: print("cpu_ms=%.3f" % (time.process_time() * 1000), flush=True))
`;
const timed = `
_check, _spent = pitwall.check_replicas, [0.0]
def _timed(*words, **values):
    began = time.perf_counter()
    _check(*words, **values)
    _spent[0] += time.perf_counter() - began
pitwall.check_replicas = _timed
atexit.register(lambda: print("spent_ms=%.3f" % (_spent[0] * 1000), flush=True))
`;

const workloads = {
  gpt: ["--steps", "240", "--evaluate-every", "1000", "--batch", "8", "--target", "0"],
  image: ["--epochs", "4", "--target", "2"],
};

try {
  for (const [name, words] of Object.entries(workloads)) {
    const programs = { with: programOf(name, "with"), without: programOf(name, "without") };
    const seen = { with: [], without: [] };
    const cpuMsOf = { with: [], without: [] };
    const shares = [];
    for (let pair = 0; pair < Number(values.pairs); pair++) {
      // Which one is first alternates too.
      for (const kind of pair % 2 === 0 ? ["with", "without"] : ["without", "with"]) {
        const { trainMs, cpuMs, spentMs } = train(programs[kind], words);
        seen[kind].push(trainMs);
        cpuMsOf[kind].push(cpuMs);
        if (kind === "with") shares.push(spentMs / trainMs);
      }
    }
    const differences = ({ with: given, without }) =>
      given.map((ms, pair) => ms / without[pair] - 1);
    console.log(
      `${name}: training ${text(seen.without, (ms) => `${(ms / 1000).toFixed(2)} s`)} without`,
    );
    console.log(`  difference of pairs, wall ${text(differences(seen), percent)}`);
    console.log(`  difference of pairs, CPU  ${text(differences(cpuMsOf), percent)}`);
    console.log(`  time of the calls         ${text(shares, percent)}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}

function programOf(name, kind) {
  const place = mkdtempSync(join(folder, `${kind}-`));
  for (const file of readdirSync(source).filter((each) => each.endsWith(".py")))
    copyFileSync(join(source, file), join(place, file));
  const text = readFileSync(join(source, `${name}.py`), "utf8");
  if (!call.test(text)) throw new Error(`${name}.py does not check replicas`);
  const [body, added] =
    kind === "without" ? [text.replace(call, "$1pass"), cpu] : [text, cpu + timed];
  writeFileSync(
    join(place, `${name}.py`),
    body.replace(/^def main\(\):$/mu, `${added}\n\ndef main():`),
  );
  return join(place, `${name}.py`);
}

function train(program, words) {
  const torchrun = ["-B", "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"];
  const env = { ...process.env, OMP_NUM_THREADS: "1", PITWALL_RUN_DIR: folder };
  const ran = spawnSync(python, [...torchrun, program, ...words], { env, encoding: "utf8" });
  const timeOf = (key) =>
    Number(new RegExp(`"time_ms": (\\d+).*"key": "${key}"`, "u").exec(ran.stdout)?.[1]);
  const trainMs = timeOf("run_stop") - timeOf("run_start");
  if (!(trainMs > 0)) throw new Error(`the training failed:\n${ran.stderr.slice(-2000)}`);
  const printed = (name) =>
    [...ran.stdout.matchAll(new RegExp(`${name}=([\\d.]+)$`, "gmu"))].map(([, ms]) => Number(ms));
  const cpuMs = printed("cpu_ms").reduce((sum, ms) => sum + ms, 0);
  return { trainMs, cpuMs, spentMs: Math.max(0, ...printed("spent_ms")) };
}

function text(given, format) {
  const sorted = given.toSorted((a, b) => a - b);
  const middle = (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
  return `${format(middle)} (${format(sorted[0])} … ${format(sorted.at(-1))}, ${given.length} pairs)`;
}

function percent(fraction) {
  return `${(100 * fraction).toFixed(3)} %`;
}
