import type { RunLimits } from "../../schema/run/request/run-request.ts";

/** The current values of a run's limited quantities. */
export interface Spent {
  launchedForMs?: number | undefined;
  /** Absent if no price is known. */
  billedUsd?: number | undefined;
  /** Absent if the program does not count samples. */
  samplesCount?: number | undefined;
}

type Limits = { [Name in keyof RunLimits]: RunLimits[Name] | undefined };

/** The first limit that a run has reached, if any. */
export function limitHit(
  limits: Limits,
  spent: Spent,
): "max-time" | "max-cost" | "max-samples" | undefined {
  if (reaches(spent.launchedForMs, limits.maxTimeMs)) return "max-time";
  if (reaches(spent.billedUsd, limits.maxCostUsd)) return "max-cost";
  return reaches(spent.samplesCount, limits.maxSamples) ? "max-samples" : undefined;
}

function reaches(value: number | undefined, limit: number | undefined): boolean {
  return value !== undefined && limit !== undefined && value >= limit;
}
