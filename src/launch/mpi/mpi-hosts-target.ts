import type { LaunchTargetOf, SshHost } from "../../schema/run/hosts/launch-target.ts";

export type MpiTarget = LaunchTargetOf<"mpi">;
/** mpirun over hosts that ssh reaches. */
export type MpiHostsTarget = MpiTarget & { hosts: SshHost[] };
