import type { LaunchTargetKind, LaunchTargetOf } from "../schema/run/hosts/launch-target.ts";
import type { LaunchTargetRow } from "./launch-target-row.ts";
import { localTarget } from "./local/local-target.ts";
import { mpiTarget } from "./mpi/mpi-target.ts";
import { rayTarget } from "./ray/ray-target.ts";
import { simulatedTarget } from "./simulated/simulated-target.ts";
import { slurmTarget } from "./slurm/slurm-target.ts";
import { sshTarget } from "./ssh/ssh-target.ts";

/**
 * All launch targets. `workflows/launch/targets/target-worlds.ts` adds how the jobs of each are observed,
 * because launchers and probes do not import each other.
 */
export const launchTargets: { [Kind in LaunchTargetKind]: LaunchTargetRow<LaunchTargetOf<Kind>> } =
  {
    local: localTarget,
    mpi: mpiTarget,
    ray: rayTarget,
    simulated: simulatedTarget,
    slurm: slurmTarget,
    ssh: sshTarget,
  };
