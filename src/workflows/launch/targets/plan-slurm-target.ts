import { UserError } from "../../../foundation/errors/user-error.ts";
import { gpusInGres } from "../../../launch/slurm/client/gres.ts";
import { parseSlurmTime } from "../../../launch/slurm/client/slurm-time.ts";
import type { LaunchTargetOf, RankPlan } from "../../../schema/run/hosts/launch-target.ts";
import type { LaunchTexts } from "../running/launch-texts.ts";
import { placementOf } from "./plan-placement.ts";

/** Options of sbatch that Pitwall sets itself or cannot follow, and what to do instead. */
const refusedOptions: readonly { names: readonly string[]; hint: string }[] = [
  {
    names: ["-a", "--array"],
    hint: "a job array would be several runs in one: use `--runs 5`",
  },
  {
    names: ["--requeue"],
    hint: "use `--max-restarts 3`, with which a preempted job is queued again; or `--retries 2` for a new run",
  },
  { names: ["-N", "--nodes"], hint: "use `--nodes`" },
  {
    names: ["-n", "--ntasks", "--ntasks-per-node", "--ntasks-per-gpu", "--tasks-per-node"],
    hint: "use `--nproc` for the ranks of each node: one task per node starts them",
  },
  { names: ["-p", "--partition"], hint: "use `--partition`" },
  { names: ["-A", "--account"], hint: "use `--account`" },
  { names: ["-t", "--time"], hint: "use `--time`" },
  { names: ["-C", "--constraint"], hint: "use `--constraint`" },
  { names: ["--gres"], hint: "use `--gres`" },
  { names: ["-J", "--job-name"], hint: "the job has the name of the run: use `--name`" },
  {
    names: ["-o", "--output", "-e", "--error", "-i", "--input"],
    hint: "Pitwall keeps what the program prints in the record",
  },
  { names: ["-D", "--chdir"], hint: "use `--cwd`" },
  { names: ["--no-kill", "-k"], hint: "use `--max-restarts 3`" },
  {
    names: ["--wrap", "--parsable", "-W", "--wait", "--test-only", "--export", "-H", "--hold"],
    hint: "Pitwall submits the job and starts the program itself",
  },
];

/**
 * The Slurm target of a request.
 *
 * @throws UserError `slurm-option-invalid`, `slurm-time-invalid`, `gres-without-gpu`, `slurm-option-refused`
 */
export function planSlurmTarget(texts: LaunchTexts, ranks: RankPlan): LaunchTargetOf<"slurm"> {
  const { partition, account, time, constraint, gres, sbatch = [] } = texts;
  const given = Object.entries({ partition, account, time, constraint, gres });
  checkWord("--partition", partition, "main");
  checkWord("--account", account, "vision");
  checkWord("--gres", gres, "gpu:4");
  checkExpression("--constraint", constraint);
  if (time !== undefined && parseSlurmTime(time) === undefined) throw invalidTime(time);
  if (ranks.perHost === "gpu" && gpusInGres(gres ?? "").count === 0) {
    throw new UserError("gres-without-gpu", "`--nproc gpu` requires GPUs in `--gres`", {
      at: "--nproc gpu",
      hint: "request the GPUs of each node: `--gres gpu:4`",
    });
  }
  return {
    kind: "slurm",
    nodes: texts.nodes ?? 1,
    ranks,
    ...placementOf(texts),
    ...Object.fromEntries(given.filter(([, text]) => text !== undefined)),
    ...(sbatch.length === 0 ? {} : { sbatch: sbatch.map(checkedOption) }),
    ...sentCodeOf(texts),
  };
}

function sentCodeOf({
  sendCode,
  sync = [],
  setUp,
}: LaunchTexts): Pick<LaunchTargetOf<"slurm">, "sendsCode" | "sync" | "setUp"> {
  if (sendCode !== true) return {};
  return {
    sendsCode: true,
    ...(sync.length === 0 ? {} : { sync: [...sync] }),
    ...(setUp === undefined ? {} : { setUp }),
  };
}

function invalidTime(time: string): UserError {
  return new UserError("slurm-time-invalid", `invalid time limit \`${time}\``, {
    at: "--time",
    hint: "`30` is minutes, `2:00:00` hours, `1-12` days and hours",
  });
}

/** Values that are one word of a script's `#SBATCH` line. */
function checkWord(option: string, text: string | undefined, example: string): void {
  if (text === undefined || /^[\w.:,=@+/()-]+$/u.test(text)) return;
  throw new UserError("slurm-option-invalid", `invalid value \`${text}\``, {
    at: option,
    saw: /\s/u.test(text) ? "it contains blanks" : "it is not a valid Slurm name",
    hint: `for example \`${option} ${example}\``,
  });
}

function checkExpression(option: string, text: string | undefined): void {
  if (text === undefined || /^[\w.&|!*[\](),:@+-]+$/u.test(text)) return;
  throw new UserError("slurm-option-invalid", `invalid value \`${text}\``, {
    at: option,
    hint: `for example \`${option} 'a100|h100'\``,
  });
}

/** @throws UserError `slurm-option-invalid`, `slurm-option-refused` */
function checkedOption(text: string): string {
  const option = text.trim();
  const name = /^(?:--[a-z][a-z-]*|-[a-zA-Z])/u.exec(option)?.[0];
  if (name === undefined || /[\r\n\0#]/u.test(option)) {
    throw new UserError("slurm-option-invalid", `\`${text}\` is not an option of sbatch`, {
      at: "--sbatch",
      hint: "one option each, with its value: `--sbatch=--mem=64G`",
    });
  }
  // sbatch accepts unique beginnings of long options.
  const refused = refusedOptions.find(({ names }) =>
    names.some((each) => each === name || (name.length > 4 && each.startsWith(name))),
  );
  if (refused === undefined) return option;
  throw new UserError("slurm-option-refused", `\`--sbatch=${option}\` is not supported`, {
    at: "--sbatch",
    hint: refused.hint,
  });
}
