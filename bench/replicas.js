// Measures what `check_replicas` costs in the workloads `gpt` and `image` on two ranks: pairs of trainings with and without it, run alternately.
//
//   PITWALL_TORCH_PYTHON=python3 node bench/replicas.js [--pairs 5]
//
// Both kinds use copies of the programs; in those without, the call is removed. Those with it also add up the time of the calls themselves,
// which is less noisy than the difference of two trainings.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  copyProgram,
  differences,
  percent,
  sourceOf,
  summary,
  train,
} from "./overhead/train-workload.js";

const { values } = parseArgs({ options: { pairs: { type: "string", default: "5" } } });
const folder = mkdtempSync(join(tmpdir(), "pitwall-bench-replicas-"));

const call = /^( *)(pitwall\.check_replicas\(.*\))$/mu;
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
        const { trainMs, cpuMs, printed } = train(programs[kind], words, { runFolder: folder });
        seen[kind].push(trainMs);
        cpuMsOf[kind].push(cpuMs);
        if (kind === "with") shares.push(Math.max(...printed("spent_ms")) / trainMs);
      }
    }
    console.log(
      `${name}: training ${summary(seen.without, (ms) => `${(ms / 1000).toFixed(2)} s`)} without`,
    );
    console.log(`  difference of pairs, wall ${summary(differences(seen), percent)}`);
    console.log(`  difference of pairs, CPU  ${summary(differences(cpuMsOf), percent)}`);
    console.log(`  time of the calls         ${summary(shares, percent)}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}

function programOf(name, kind) {
  const text = sourceOf(name);
  if (!call.test(text)) throw new Error(`${name}.py does not check replicas`);
  if (kind === "with") return copyProgram(name, { below: folder, added: timed });
  return copyProgram(name, { below: folder, text: text.replace(call, "$1pass") });
}
