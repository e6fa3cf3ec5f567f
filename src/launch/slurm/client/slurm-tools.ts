import { WorldError } from "../../../foundation/errors/user-error.ts";
import { runCommand } from "../../run-command.ts";

/** Slurm's commands wait for minutes for a controller that does not answer. */
const answerMs = 15_000;

export interface ToolOutcome {
  exitCode: number;
  stdout: string;
  stderr: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Starts the commands of Slurm: each with a time limit, and without the variables of an outer Slurm job. */
export class SlurmTools {
  /** For other commands, such as `srun`. */
  readonly env: Environment;

  constructor(env: Environment) {
    this.env = outsideOfJobs(env);
  }

  /**
   * Runs a command and waits for its end.
   *
   * @throws WorldError `slurm-missing`, `slurm-silent`
   */
  async run(
    words: readonly string[],
    { stdin = "", timeoutMs = answerMs, env = this.env }: ToolOptions = {},
  ): Promise<ToolOutcome> {
    const [program = ""] = words;
    const ended = await runCommand(words, { stdin, timeoutMs, env });
    switch (ended.kind) {
      case "ended":
        return ended;
      case "not-started":
        throw new WorldError("slurm-missing", `cannot start \`${program}\``, {
          saw: ended.reason,
          hint: "start Pitwall where Slurm's commands are installed and on the PATH, such as a login node",
        });
      case "timed-out":
        throw new WorldError(
          "slurm-silent",
          `Slurm did not answer \`${program}\` within ${timeoutMs / 1000} s`,
          { hint: "is slurmctld running? `scontrol ping` shows the state of the controllers" },
        );
    }
  }
}

interface ToolOptions {
  stdin?: string;
  timeoutMs?: number;
  env?: Environment;
}

/** Inside `salloc` or another job, Slurm's variables would start steps of that job. */
function outsideOfJobs(env: Environment): Environment {
  const kept = new Set(["SLURM_CONF", "SLURM_JWT", "SLURM_CLUSTERS"]);
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name]) => !/^(?:SLURM|SLURMD|SRUN)_/u.test(name) || kept.has(name),
    ),
  );
}
