// Performs labelled runs with real faults on this machine, on ssh hosts and on Slurm, and records what their records show, so that
// `npm run diagnose` judges the diagnosis on them everywhere. Needs root, sshd, Slurm and Open MPI; PyTorch in PITWALL_TORCH_PYTHON.
//   npm run build && node bench/record-faults.js                 all runs that are not recorded yet
//   node bench/record-faults.js --only "ssh|hang" --again        those whose description matches, again
//   node bench/record-faults.js --plan unseen                    the runs of other programs with other faults
//   node bench/record-faults.js --plan second                    the second set of these; also `third`, `fourth` and `ninth`
import { readFileSync, writeFileSync, existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { sshLab, slurmLab } from "./launch/labs.js";
import { performRun } from "./faults/perform-run.js";
import { plannedRuns as realRuns } from "./faults/plan.js";
import { secondRuns } from "./faults/second-plan.js";
import { fourthRuns } from "./faults/fourth-plan.js";
import { ninthRuns } from "./faults/ninth/run-plan.js";
import { thirdRuns } from "./faults/third-plan.js";
import { unseenRuns } from "./faults/unseen-plan.js";

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    again: { type: "boolean", default: false },
    plan: { type: "string", default: "real" },
    out: { type: "string" },
  },
});
const plans = {
  real: realRuns,
  unseen: unseenRuns,
  second: secondRuns,
  third: thirdRuns,
  fourth: fourthRuns,
  ninth: ninthRuns,
};
const plannedRuns = plans[values.plan];
const file = ["real", "unseen"].includes(values.plan)
  ? `${values.plan}-runs`
  : `unseen-${values.plan}-runs`;
const out = values.out ?? fileURLToPath(new URL(`./diagnose/${file}.jsonl`, import.meta.url));

const recorded = new Map();
if (existsSync(out))
  for (const line of readFileSync(out, "utf8").trim().split("\n")) {
    if (line === "") continue;
    const run = JSON.parse(line);
    recorded.set(run.about, run);
  }
const wanted = new RegExp(values.only, "u");
const pending = plannedRuns.filter(
  ({ about }) => wanted.test(about) && (values.again || !recorded.has(about)),
);
const has = (target) => pending.some((planned) => planned.target === target);
const labs = {
  ssh: has("ssh") ? await sshLab(3) : undefined,
  slurm: has("slurm") ? await slurmLab({ nodeCount: 2 }) : undefined,
};
const lanes = [
  pending.filter(({ target }) => target === "local" || target === "mpi"),
  pending.filter(({ target }) => target === "ssh" || target === "slurm"),
];

function save() {
  const order = new Map(plannedRuns.map(({ about }, index) => [about, index]));
  const kept = [...recorded.values()]
    .filter(({ about }) => order.has(about))
    .toSorted((a, b) => order.get(a.about) - order.get(b.about));
  writeFileSync(out, kept.map((run) => `${JSON.stringify(run)}\n`).join(""));
}

try {
  await Promise.all(
    lanes.map(async (lane) => {
      for (const planned of lane) {
        if (
          planned.target !== "local" &&
          planned.target !== "mpi" &&
          labs[planned.target] === undefined
        )
          continue;
        const startMs = Date.now();
        const run = await performRun(planned, labs);
        const seconds = ((Date.now() - startMs) / 1000).toFixed(1);
        if (run.kind === "failed") {
          process.stderr.write(`FAILED ${planned.about} after ${seconds} s: ${run.reason}\n`);
          continue;
        }
        recorded.set(planned.about, run.recorded);
        save();
        process.stderr.write(`${seconds} s  ${planned.about}\n`);
      }
    }),
  );
} finally {
  labs.ssh?.down();
  await labs.slurm?.close();
}
