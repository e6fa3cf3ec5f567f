// Measures what `pitwall run --verify-step` costs in the workloads `gpt` and `image` on two ranks: pairs of trainings with and without it, run alternately.
//
//   PITWALL_TORCH_PYTHON=python3 node bench/verify-step.js [--pairs 5] [--every 10]
//
// In those with it, the processor time of verified forward and backward passes is also compared with that of the others.
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { copyProgram, differences, percent, summary, train } from "./overhead/train-workload.js";

const { values } = parseArgs({
  options: {
    pairs: { type: "string", default: "5" },
    every: { type: "string", default: "10" },
  },
});
const every = Number(values.every);
const folder = mkdtempSync(join(tmpdir(), "pitwall-bench-verify-step-"));
const timed = `
_verify, _every, _seen = pitwall.verify_step, int(__import__("os").environ.get("PITWALL_VERIFY_STEP", "0")), {True: [], False: []}
def _timed(*words, **values):
    is_verified = _every > 0 and pitwall._step_number() % _every == 0
    began = time.process_time()
    result = _verify(*words, **values)
    # The first steps allocate memory.
    if pitwall._step_number() > 20:
        _seen[is_verified].append(time.process_time() - began)
    return result
pitwall.verify_step = _timed
def _ratio():
    if _seen[True]:
        usual, verified = (sum(each) / len(each) for each in (_seen[False], _seen[True]))
        print("times=%.3f" % (verified / usual), flush=True)
atexit.register(_ratio)
`;

const workloads = {
  gpt: ["--steps", "240", "--evaluate-every", "1000", "--batch", "8", "--target", "0"],
  image: ["--epochs", "4", "--target", "2"],
};

try {
  for (const [name, words] of Object.entries(workloads)) {
    const program = copyProgram(name, { below: folder, added: timed });
    const wall = { with: [], without: [] };
    const cpu = { with: [], without: [] };
    const times = [];
    for (let pair = 0; pair < Number(values.pairs); pair++) {
      // Which one is first alternates too.
      for (const kind of pair % 2 === 0 ? ["with", "without"] : ["without", "with"]) {
        const env = kind === "with" ? { PITWALL_VERIFY_STEP: String(every) } : {};
        const { trainMs, cpuMs, printed } = train(program, words, { runFolder: folder, env });
        wall[kind].push(trainMs);
        cpu[kind].push(cpuMs);
        if (kind === "with") times.push(Math.max(...printed("times")));
      }
    }
    console.log(
      `${name}, --verify-step ${every}: training ${summary(wall.without, (ms) => `${(ms / 1000).toFixed(2)} s`)} without`,
    );
    console.log(`  difference of pairs, wall    ${summary(differences(wall), percent)}`);
    console.log(`  difference of pairs, CPU     ${summary(differences(cpu), percent)}`);
    console.log(
      `  a verified pass over others  ${summary(times, (count) => `${count.toFixed(2)} times`)}`,
    );
  }
  console.log(`load ${loadavg()[0].toFixed(1)}`);
} finally {
  rmSync(folder, { recursive: true });
}
