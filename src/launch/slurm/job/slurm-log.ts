/** What the log of a Slurm job says about its end. */
export interface SlurmLogNotes {
  /** The reason that an agent gives for not starting its ranks. */
  agentFault: string | undefined;
  /** The line about processes that the out-of-memory killer ended. */
  outOfMemory: string | undefined;
  /** The last lines of slurmstepd and srun. */
  lines: readonly string[];
}

const keptCount = 5;

/** Reads the output of slurmstepd, srun and the agents: the log of a job's script. */
export function readSlurmLog(text: string): SlurmLogNotes {
  const lines = text.split(/\r?\n/u).filter((line) => line.trim() !== "");
  const fault = lines.map(agentFaultOf).find((reason) => reason !== undefined);
  const outOfMemory = lines.find((line) =>
    /oom[-_ ]?kill|out of memory|exceeded (?:\w+ )?memory limit/iu.test(line),
  );
  const own = lines.filter((line) => /^(?:slurmstepd|srun|slurm_\w+|sh|bash)\b/u.test(line));
  const kept = own.filter((line) => !/lacks support for cpu binding/u.test(line));
  return { agentFault: fault, outOfMemory, lines: kept.slice(-keptCount) };
}

function agentFaultOf(line: string): string | undefined {
  return /^\{"kind": "failed".*"reason": "((?:[^"\\]|\\.)*)"\}$/u.exec(line)?.[1];
}
