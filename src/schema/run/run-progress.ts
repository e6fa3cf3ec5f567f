import type { EnergyReading } from "./measured/energy.ts";
import type { MetricTarget, TargetStanding } from "./outcome/metric-target.ts";
import type { Silence } from "./findings/silence.ts";
import type { ChecklistCounts } from "./outcome/run-checklist.ts";

/** Whether and when a run is expected to reach its target. */
export type PredictedEnd =
  /** Time still to go until the target, with the range of the estimate. Milliseconds from now. */
  | { kind: "reaches"; remainingMs: number; lowMs: number; highMs: number }
  /** The metric levels off between these values, all of which miss the target. */
  | { kind: "levels-off"; lowValue: number; highValue: number };

/** The current progress of a run, as shown in the progress line and the dashboard header. */
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
  /** Each target; present if there are several, or if a target is met by several evaluations. */
  targets?: readonly TargetStanding[] | undefined;
  loss: number | undefined;
  samplesCount: number | undefined;
  samplesPerSecond: number | undefined;
  /** Billed so far, US dollars. */
  costUsd: number | undefined;
  /** So far; the measured reading if there is one. */
  energy: EnergyReading | undefined;
  /** The rule status of the log; absent until it contains a line that the rules read. */
  rules?: ChecklistCounts | undefined;
  predicted: PredictedEnd | undefined;
  /** Present while the program prints nothing for longer than its past explains. */
  silence?: Silence | undefined;
}
