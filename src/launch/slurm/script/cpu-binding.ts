import type { SlurmTools } from "../client/slurm-tools.ts";

/**
 * The option of srun that asks for no binding to CPUs. Without a plugin that can bind, srun needs none, and would print a warning for
 * each command: "cluster configuration lacks support for cpu binding".
 */
export async function cpuBindingOf(tools: SlurmTools): Promise<readonly string[]> {
  // Where Slurm does not answer, other calls say so.
  const config = await tools.run(["scontrol", "show", "config"]).catch(() => undefined);
  return cpuBindingIn(config?.stdout ?? "");
}

/** Reads `scontrol show config`. */
export function cpuBindingIn(config: string): readonly string[] {
  const plugins = /^TaskPlugin\s*=\s*(.*)$/mu.exec(config)?.[1] ?? "unknown";
  return /^(?:task\/none|\(null\))?$/u.test(plugins.trim()) ? [] : ["--cpu-bind=none"];
}
