import { UserError } from "../../../foundation/errors/user-error.ts";
import { type CheckedHost, hostCheckFacts } from "../../../schema/run/hosts/host-check.ts";
import type { LaunchTargetOf } from "../../../schema/run/hosts/launch-target.ts";
import type { SlurmTools } from "../client/slurm-tools.ts";

/** A node that runs other jobs is not waited for longer. */
const allocationSeconds = 30;
const checkMinutes = 2;
const answerMs = (allocationSeconds + 60 * checkMinutes + 15) * 1000;

/** Where the test job may run: as the jobs of the run, without their size. */
export type SlurmTestPlace = Pick<
  LaunchTargetOf<"slurm">,
  "partition" | "account" | "gres" | "sbatch"
>;

/**
 * Looks at one node in a job of its own: disk, memory, limits, the program's Python, GPUs and their errors.
 *
 * @param options `script`: the text of `agent/host_check.py`
 * @throws UserError `node-not-tested` if Slurm gives no such job within half a minute, or if it gives no answer
 */
export async function checkSlurmNode(
  node: string,
  {
    tools,
    place,
    script,
    python,
  }: { tools: SlurmTools; place: SlurmTestPlace; script: string; python: string },
): Promise<CheckedHost> {
  const words = ["srun", ...optionsFor(node, place), "python3", "-", "facts", python, "/tmp"];
  const { stdout, stderr, exitCode } = await tools.run(words, {
    stdin: script,
    timeoutMs: answerMs,
  });
  const line = stdout.split("\n").findLast((each) => each.startsWith("{")) ?? "";
  const facts = hostCheckFacts.safeParse(parseJson(line)).data;
  if (facts === undefined)
    throw new UserError("node-not-tested", `node \`${node}\` could not be tested`, {
      saw: stderr.trim().split("\n").slice(-3).join("\n") || `srun ended with code ${exitCode}`,
      hint: "`sinfo -N -n <node>` shows its state; `pitwall hosts allow <node> --on slurm --untested` uses it without a test",
    });
  // The first folder is the home.
  const [home = "/"] = Object.keys(facts.freeBytes);
  return { host: node, facts, home, homeId: node };
}

function optionsFor(
  node: string,
  { partition, account, gres, sbatch = [] }: SlurmTestPlace,
): string[] {
  const needed = sbatch.filter((option) => /^--(?:qos|reservation|wckey)=/u.test(option));
  return [
    "--quiet",
    "--nodes=1",
    "--ntasks=1",
    `--nodelist=${node}`,
    `--immediate=${allocationSeconds}`,
    `--time=${checkMinutes}`,
    "--job-name=pitwall-check",
    "--chdir=/",
    ...(partition === undefined ? [] : [`--partition=${partition}`]),
    ...(account === undefined ? [] : [`--account=${account}`]),
    // Without them, the node's GPUs are not visible.
    ...(gres === undefined ? [] : [`--gres=${gres}`]),
    ...needed,
  ];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The node has no such Python, or printed something else.
    return undefined;
  }
}
