import type { SlurmTools } from "../client/slurm-tools.ts";

export interface RunningJob {
  jobId: string;
  hosts: readonly string[];
  /** Whether the job has other nodes too: spares, or nodes that were lost. */
  isPart?: boolean;
  /** The home folder, here and on the nodes. */
  home: string;
  /** Of the job's folder on each node, relative to the home folder. */
  prefix: string;
  /** The words that start the agent's file on a node. */
  agent: readonly string[];
  tools: SlurmTools;
  /** The option of srun that asks for no binding; see `cpuBindingOf`. */
  cpuBinding: readonly string[];
}

/** A step beside the one of the ranks, on some nodes of a job. */
export function stepWords(
  {
    jobId,
    cpuBinding,
    hosts,
    isPart,
  }: Pick<RunningJob, "jobId" | "cpuBinding"> & Partial<Pick<RunningJob, "hosts" | "isPart">>,
  nodeCount: number,
): string[] {
  const isNamed = isPart === true && hosts?.length === nodeCount;
  return [
    "srun",
    `--jobid=${jobId}`,
    "--overlap",
    // Slurm would hold back bytes that are no whole line.
    "--unbuffered",
    `--nodes=${nodeCount}`,
    `--ntasks=${nodeCount}`,
    "--ntasks-per-node=1",
    "--cpus-per-task=1",
    "--gres=none",
    "--mem=0",
    ...cpuBinding,
    "--chdir=/",
    ...(isNamed ? [`--nodelist=${hosts.join(",")}`] : []),
  ];
}
