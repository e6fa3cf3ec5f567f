import { z } from "zod";

/** The quality to reach: a metric, the better direction, and a value. */
export const metricTarget = z.strictObject({
  metric: z.string().min(1),
  direction: z.enum(["at-least", "at-most"]),
  value: z.number(),
});
export type MetricTarget = z.output<typeof metricTarget>;

/** What has to meet the targets: the mean of the last `count` evaluations, or each of `count` consecutive ones. */
export const targetWindow = z.strictObject({
  kind: z.enum(["mean", "consecutive"]),
  count: z.number().int().min(2),
});
export type TargetWindow = z.output<typeof targetWindow>;

/** All targets of a run. They must be met at the same time. */
export interface TargetRequest {
  /** The first one, whose metric is the quality of the run. */
  target?: MetricTarget | undefined;
  furtherTargets?: readonly MetricTarget[] | undefined;
  /** Absent: the newest evaluation has to meet the target. */
  targetWindow?: TargetWindow | undefined;
}

/** How a run compares with one of its targets. */
export const targetStanding = z.strictObject({
  target: metricTarget,
  evaluationCount: z.number().int().nonnegative(),
  /** The best value, or the best mean if means are compared. */
  best: z.number().optional(),
  /** Whether the newest evaluations meet the target; if the run reached all targets, whether they did at that time. */
  isMet: z.boolean(),
  /** When the target was first met, whether or not the others were. Milliseconds since run_start. */
  firstMetMs: z.number().optional(),
  /** Present if consecutive evaluations are required: the most in a row that met the target. */
  longestStreak: z.number().int().nonnegative().optional(),
});
export type TargetStanding = z.output<typeof targetStanding>;
