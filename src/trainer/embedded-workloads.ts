import type { EmbeddedWorkload } from "./workload.ts";
import { addition } from "./workloads/addition.ts";
import { burgers } from "./workloads/burgers.ts";
import { clicks } from "./workloads/clicks.ts";
import { digits } from "./workloads/digits.ts";
import { digitsMlp } from "./workloads/digits-mlp.ts";

/** The workloads that Pitwall brings along, in the order in which they are listed to people. */
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
