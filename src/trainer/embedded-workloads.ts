import type { EmbeddedWorkload } from "./workload.ts";
import { digits } from "./workloads/digits.ts";
import { digitsMlp } from "./workloads/digits-mlp.ts";

/** The workloads that Pitwall brings along, in the order in which they are listed to people. */
export const embeddedWorkloads: readonly EmbeddedWorkload[] = [digits, digitsMlp];

export function embeddedWorkload(name: string): EmbeddedWorkload | undefined {
  return embeddedWorkloads.find((workload) => workload.name === name);
}
