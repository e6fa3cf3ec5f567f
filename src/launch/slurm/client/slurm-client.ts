import { userInfo } from "node:os";
import { UserError } from "../../../foundation/errors/user-error.ts";
import type { LaunchTargetOf } from "../../../schema/run/hosts/launch-target.ts";
import { slurmError } from "../script/explain-sbatch.ts";
import { parseJobState, type SlurmJobState } from "./job-state.ts";
import { sbatchEnvironment, slurmJobName } from "../script/slurm-script.ts";
import type { SlurmTools } from "./slurm-tools.ts";

/** A job that the controller no longer knows has ended some time ago. */
const forgotten: SlurmJobState = {
  state: "FORGOTTEN",
  reason: undefined,
  startMs: undefined,
  nodeList: undefined,
  exitCode: undefined,
  restartCount: 0,
};

/** The jobs of the user in Slurm. */
export class SlurmClient {
  readonly #tools: SlurmTools;

  constructor(tools: SlurmTools) {
    this.#tools = tools;
  }

  /**
   * Submits a script and returns the id of its job.
   *
   * @throws UserError `partition-unknown`, `account-invalid`, `slurm-time-invalid`, `constraint-unmatched`, `gres-unmatched`,
   * `slurm-unavailable`; WorldError `slurm-refused`, `slurm-silent`, `slurm-missing`, `slurm-broken`
   */
  async submit(
    script: string,
    target: LaunchTargetOf<"slurm">,
    env: Readonly<Record<string, string | undefined>>,
  ): Promise<string> {
    const { exitCode, stdout, stderr } = await this.#tools.run(["sbatch", "--parsable"], {
      stdin: script,
      env: sbatchEnvironment(env, target),
    });
    // With several clusters the answer is `id;cluster`.
    const id = /^(\d+)(?:;|$)/mu.exec(stdout.trim())?.[1];
    if (exitCode !== 0 || id === undefined) throw slurmError(stderr || stdout, target);
    return id;
  }

  /** @throws WorldError `slurm-silent`, `slurm-missing`, `slurm-broken` */
  async state(jobId: string): Promise<SlurmJobState> {
    const words = ["scontrol", "--oneliner", "show", "job", jobId];
    const env = { ...this.#tools.env, TZ: "UTC", SLURM_TIME_FORMAT: "standard" };
    const { stdout, stderr } = await this.#tools.run(words, { env });
    const state = parseJobState(stdout.split("\n")[0] ?? "");
    if (state !== undefined) return state;
    if (/Invalid job id/iu.test(stderr)) return forgotten;
    throw slurmError(stderr || stdout, {});
  }

  /** The names in Slurm's notation for lists, `node[1-2]`, in order. */
  async hostnames(nodeList: string): Promise<string[]> {
    const { stdout } = await this.#tools.run(["scontrol", "show", "hostnames", nodeList]);
    return stdout.split("\n").filter((name) => name !== "");
  }

  /** Ids of the jobs of a run that have not ended, or of all that Slurm remembers; the newest last. */
  async jobsOf(run: string, { isEndedToo = false } = {}): Promise<string[]> {
    const { exitCode, stdout, stderr } = await this.#tools.run([
      "squeue",
      "--noheader",
      `--user=${userInfo().username}`,
      "--format=%A",
      `--name=${slurmJobName(run)}`,
      ...(isEndedToo ? ["--states=all"] : []),
    ]);
    if (exitCode !== 0) throw slurmError(stderr, {});
    const ids = stdout.split("\n").flatMap((line) => line.match(/^\s*\d+\s*$/u)?.[0].trim() ?? []);
    // Slurm's own order is by priority; a run that is restarted can have several.
    return ids.toSorted((a, b) => Number(a) - Number(b));
  }

  /**
   * Ends a job: at once if it waits, otherwise as Slurm is configured, with SIGTERM first.
   *
   * @throws WorldError `slurm-silent`, `slurm-missing`, `slurm-refused`
   */
  cancel(jobId: string): Promise<void> {
    return this.#scancel([jobId]);
  }

  /** Sends a signal to all processes of a job, except its script. @throws WorldError as `cancel` does */
  signal(jobId: string, name: "TERM" | "KILL"): Promise<void> {
    return this.#scancel([`--signal=${name}`, jobId]);
  }

  /** Sends a signal to the script of a job alone. @throws WorldError as `cancel` does */
  signalScript(jobId: string, name: string): Promise<void> {
    return this.#scancel(["--batch", `--signal=${name}`, jobId]);
  }

  /** Puts a running job back into the queue; whether Slurm has accepted that. @throws WorldError `slurm-silent`, `slurm-missing` */
  async requeue(jobId: string): Promise<boolean> {
    const { exitCode } = await this.#tools.run(["scontrol", "requeue", jobId]);
    return exitCode === 0;
  }

  /** Which nodes Slurm has given up, or cannot reach. @throws WorldError `slurm-silent`, `slurm-missing` */
  async downNodes(hosts: readonly string[]): Promise<string[]> {
    const words = ["sinfo", "--noheader", "--Node", `--nodes=${hosts.join(",")}`];
    const { stdout } = await this.#tools.run([...words, "--format=%N %T %E"]);
    const down = stdout.split("\n").flatMap((line) => {
      const [host = "", state = "", reason = "none"] = line.trim().split(/\s+/u);
      // For a while, Slurm shows a node that went down as occupied by the job that it ran; only the reason says that it is down.
      const isDown =
        /^(?:down|fail)|\*/u.test(state) ||
        (reason !== "none" && /^(?:allocated|mixed|completing)/u.test(state));
      return isDown ? [host] : [];
    });
    return [...new Set(down)];
  }

  async #scancel(words: readonly string[]): Promise<void> {
    const { exitCode, stderr } = await this.#tools.run(["scancel", ...words]);
    // It has ended on its own.
    const isOver = /Invalid job id|already completing or completed/iu.test(stderr);
    if (exitCode !== 0 && !isOver) throw slurmError(stderr, {});
  }
}

/** Whether a call failed because Slurm did not answer, as it does while its controller restarts. */
export function isSilence(error: unknown): boolean {
  return error instanceof UserError && error.code === "slurm-silent";
}
