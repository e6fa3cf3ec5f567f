import type { EmbeddedWorkload } from "./workload.ts";
import { addition } from "./workloads/addition.ts";
import { burgers } from "./workloads/burgers.ts";
import { clicks } from "./workloads/clicks.ts";
import { digits } from "./workloads/digits.ts";
import { digitsMlp } from "./workloads/digits-mlp.ts";

/** Pitwall's built-in workloads, in display order. */
export const embeddedWorkloads: readonly EmbeddedWorkload[] = [
  digits,
  digitsMlp,
  addition,
  clicks,
  burgers,
];

export function embeddedWorkload(name: string): EmbeddedWorkload | undefined {
  return embeddedWorkloads.find((workload) => workload.name === name);
}
