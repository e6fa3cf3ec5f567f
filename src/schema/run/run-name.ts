import type { RunLabels } from "./run-labels.ts";

/** The name of a run in lists. */
export function runName({
  labels,
  startable,
}: {
  labels?: RunLabels | undefined;
  startable: { name: string };
}): string {
  return labels?.name ?? startable.name;
}
