import { UserError, WorldError } from "../../../foundation/errors/user-error.ts";
import type { LaunchTargetOf } from "../../../schema/run/hosts/launch-target.ts";

interface Fault {
  pattern: RegExp;
  code: string;
  message: string;
  hint: string;
}

/** Requests that sbatch refuses, by what it prints. */
const faults: readonly Fault[] = [
  {
    pattern: /invalid partition/iu,
    code: "partition-unknown",
    message: "there is no such partition",
    hint: "`sinfo` lists the partitions",
  },
  {
    pattern: /invalid account/iu,
    code: "account-invalid",
    message: "the account is not valid here",
    hint: "`sacctmgr show associations user=$USER` lists your accounts; give one with `--account`",
  },
  {
    pattern: /invalid qos/iu,
    code: "slurm-refused",
    message: "the quality of service is not valid",
    hint: "`sacctmgr show qos` lists them",
  },
  {
    pattern: /invalid --time|time limit|invalid time/iu,
    code: "slurm-time-invalid",
    message: "the time limit is not valid",
    hint: "for example `--time 2:00:00`, at most that of the partition",
  },
  {
    pattern: /invalid feature/iu,
    code: "constraint-unmatched",
    message: "no node has the features of `--constraint`",
    hint: "`sinfo --Node --format '%N %f'` lists the features of the nodes",
  },
  {
    pattern: /generic resource|gres/iu,
    code: "gres-unmatched",
    message: "no node has the resources of `--gres`",
    hint: "`sinfo --Node --format '%N %G'` lists the resources of the nodes",
  },
  {
    pattern: /node configuration is not available|can not be satisfied|more processors/iu,
    code: "slurm-unavailable",
    message: "no node has that many CPUs or that much memory",
    hint: "`sinfo --Node --format '%N %c %m'` lists CPUs and memory; use fewer ranks per node, or other `--sbatch` options",
  },
  {
    pattern:
      /Unable to contact slurm controller|Unable to connect|Communication connection|Socket timed out|Zero Bytes were transmitted|Connection (?:refused|reset|timed out)|controller in standby/iu,
    code: "slurm-silent",
    message: "its controller does not answer",
    hint: "is slurmctld running? `scontrol ping` shows the state of the controllers",
  },
  {
    pattern: /configuration source|SLURM_CONF|Munge|authentication/iu,
    code: "slurm-broken",
    message: "Slurm is not configured here, or does not accept this host",
    hint: "try `sinfo` by hand on this machine",
  },
];

/** The error for a command of Slurm that failed. */
export function slurmError(
  stderr: string,
  target: Pick<LaunchTargetOf<"slurm">, "partition">,
): UserError {
  const fault = faults.find(({ pattern }) => pattern.test(stderr));
  const saw = stderr.trim().split("\n").slice(-3).join("\n").slice(0, 1000);
  const where = target.partition === undefined ? {} : { at: `--partition ${target.partition}` };
  if (fault === undefined) {
    return new WorldError("slurm-refused", "Slurm refused the job", {
      saw,
      hint: "try the script by hand: `pitwall run --dry-run …` shows it",
    });
  }
  const { code, message, hint } = fault;
  const isWorld = code === "slurm-silent" || code === "slurm-broken";
  const text = `Slurm refused: ${message}`;
  return isWorld
    ? new WorldError(code, text, { saw, hint })
    : new UserError(code, text, { ...where, saw, hint });
}
