import type { EnergyReading } from "./energy.ts";
import type { MetricTarget } from "./metric-target.ts";
import type { ChecklistCounts } from "./run-checklist.ts";

/** How far a run is, right now; what the progress line and the dashboard's header show. */
export interface RunProgress {
  runId: string;
  name: string;
  series: { index: number; count: number };
  phase: "initialising" | "training" | "stopping";
  /** Since launch. */
  launchedForMs: number;
  /** Since run_start; absent before it. */
  clockMs: number | undefined;
  target: MetricTarget | undefined;
  best: number | undefined;
  loss: number | undefined;
  samplesCount: number | undefined;
  samplesPerSecond: number | undefined;
  /** Billed so far, US dollars. */
  costUsd: number | undefined;
  /** So far; the measured reading where there is one. */
  energy: EnergyReading | undefined;
  /** How the log stands against the rules; absent while nothing was logged that they read. */
  rules?: ChecklistCounts | undefined;
  /** Time still to go until the target, with the range of the estimate. Milliseconds from now. */
  predicted: { remainingMs: number; lowMs: number; highMs: number } | undefined;
}
