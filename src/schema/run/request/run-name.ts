import { armLetter } from "../race/arm-letter.ts";
import type { RunLabels } from "./run-labels.ts";

/** The name of a run in lists. A run of a race has the letter of its arm: both arms may start the same program. */
export function runName({
  labels,
  startable,
  race,
}: {
  labels?: RunLabels | undefined;
  startable: { name: string };
  race?: { arm: number } | undefined;
}): string {
  if (labels?.name !== undefined) return labels.name;
  return race === undefined ? startable.name : `${startable.name} ${armLetter(race.arm)}`;
}
