import type { LaunchTargetKind, LaunchTargetOf } from "../schema/run/launch-target.ts";
import type { LaunchTargetRow } from "./launch-target-row.ts";
import { localTarget } from "./local/local-target.ts";
import { mpiTarget } from "./mpi/mpi-target.ts";
import { rayTarget } from "./ray/ray-target.ts";
import { slurmTarget } from "./slurm/slurm-target.ts";
import { sshTarget } from "./ssh/ssh-target.ts";

/**
 * The launch targets that jobs can be started on; those of the other kinds follow. `workflows/launch/target-worlds.ts` adds how the jobs of each are observed,
 * because launchers and probes do not import each other.
 */
export const launchTargets = { local: localTarget, mpi: mpiTarget, ray: rayTarget, slurm: slurmTarget, ssh: sshTarget } as {
  [Kind in LaunchTargetKind]: LaunchTargetRow<LaunchTargetOf<Kind>>;
};
