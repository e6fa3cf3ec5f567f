import type { LaunchTarget } from "../../schema/run/hosts/launch-target.ts";
import type { Cost, Price } from "../../schema/run/request/price.ts";
import type { Outcome } from "../../schema/run/outcome/outcome.ts";
import type { RunClock } from "../../schema/run/outcome/run-result.ts";
import type { SystemDescription } from "../../schema/system-description.ts";

const hourMs = 3_600_000;

/** The billed times of a run. Milliseconds. */
export interface BilledRun {
  /** From launch to the end of the last process. */
  billedMs: number;
  /** From run_start to run_stop; absent if the clock never started. */
  trainingMs: number | undefined;
  /** Absent if no price was specified. */
  price: Price | undefined;
  /** Where it ran: a job may have spare nodes besides those of the system. */
  launchTarget: LaunchTarget;
  system: Pick<SystemDescription, "number_of_nodes" | "accelerators_per_node">;
}

/**
 * The cost of a run: price x time x number of nodes or accelerators. A price per accelerator counts a
 * node without accelerators as one. A spare node is billed like the others. Providers that bill whole seconds, minutes or hours
 * round up from this.
 */
export function costOfRun({ billedMs, trainingMs, price, launchTarget, system }: BilledRun): Cost {
  if (price === undefined) return { kind: "unpriced", reason: "no price was given" };
  const perNode = price.per === "accelerator" ? Math.max(1, system.accelerators_per_node) : 1;
  const spareNodes = spareNodesOf(launchTarget);
  const unitCount = (system.number_of_nodes + spareNodes) * perNode;
  const usdPerHour = price.usdPerHour * unitCount;
  const billedUsd = (billedMs / hourMs) * usdPerHour;
  return {
    kind: "priced",
    billedUsd,
    ...(trainingMs === undefined ? {} : { trainingUsd: (trainingMs / hourMs) * usdPerHour }),
    ...(spareNodes === 0 ? {} : { spareUsd: (billedUsd * spareNodes * perNode) / unitCount }),
    price,
    unitCount,
  };
}

/** Nodes that a job has and that take no part until one of the others is lost. ssh hosts that wait are not allocated to a job. */
function spareNodesOf(target: LaunchTarget): number {
  return target.kind === "slurm" ? (target.spareNodes ?? 0) : 0;
}

/** The timed part of a run without the time in the queue between its attempts, which is not billed. */
export function billedTrainingMs({
  outcome,
  clock: { launchedMs, endedMs, billedMs },
  dataMs = 0,
}: {
  outcome: Outcome;
  clock: RunClock;
  dataMs?: number | undefined;
}): number | undefined {
  if (outcome.kind !== "reached") return undefined;
  const queuedMs = Math.max(0, endedMs - launchedMs) + dataMs - billedMs;
  // Times of old records are rounded.
  return queuedMs < 1 ? outcome.timeToTrainMs : Math.max(0, outcome.timeToTrainMs - queuedMs);
}
