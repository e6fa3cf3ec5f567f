import { z } from "zod";
import { finding } from "../findings/finding.ts";
import { metricTarget, targetWindow } from "../outcome/metric-target.ts";
import { raceMembership } from "./race-membership.ts";

/**
 * Fewest pairs that give an interval and a verdict. The true ratio is outside the range of n pairs with probability
 * 2^(1 - n): more than 5 % below six.
 */
export const fewestPairs = 6;

export const signedRankTest = z.strictObject({
  /** Two-sided. */
  pValue: z.number(),
  /** The minimum p-value that this number of pairs can give. */
  leastPossible: z.number(),
  /** Pairs that differ; pairs without a difference do not count. */
  pairCount: z.number().int(),
  method: z.enum(["exact", "normal"]),
});
export type SignedRankTest = z.output<typeof signedRankTest>;

export const armVerdict = z.discriminatedUnion("kind", [
  /** The interval is below 1: the arm takes less time than the base. */
  z.strictObject({ kind: z.literal("faster") }),
  z.strictObject({ kind: z.literal("slower") }),
  /** `moreRuns` of each arm would decide it with a probability of 80 %, if ratio and spread stay as they are. */
  z.strictObject({ kind: z.literal("too-few-runs"), moreRuns: z.number().int().positive() }),
  /** More than 1000 runs would be needed. */
  z.strictObject({ kind: z.literal("no-difference-seen") }),
  /** There is no seed with which a run of one of the two arms reached the target. */
  z.strictObject({ kind: z.literal("nothing-to-compare") }),
]);
export type ArmVerdict = z.output<typeof armVerdict>;

/** How an arm compares with the base arm. Ratios are its time over that of the base; absent where infinite. */
export const armComparison = z.strictObject({
  /** Seeds with which both runs ended and at least one reached the target. */
  pairCount: z.number().int(),
  /** `median` where a run missed the target. Absent without pairs, as the figures below. */
  estimator: z.enum(["geometric-mean", "median"]).optional(),
  ratio: z.number().nonnegative().optional(),
  lowestPair: z.number().nonnegative().optional(),
  highestPair: z.number().nonnegative().optional(),
  /** Absent with fewer than six pairs. */
  interval: z
    .strictObject({
      low: z.number().nonnegative().optional(),
      high: z.number().nonnegative().optional(),
      level: z.number(),
    })
    .optional(),
  test: signedRankTest.optional(),
  verdict: armVerdict,
});
export type ArmComparison = z.output<typeof armComparison>;

/** What made the time of a run unreliable. */
export const runDisturbances = [
  "machine-busy",
  "cpu-quota",
  "thermal-throttling",
  "low-frequency",
  "on-battery",
] as const;
export const runDisturbance = z.enum(runDisturbances);
export type RunDisturbance = z.output<typeof runDisturbance>;

export const raceRun = z.strictObject({
  runId: z.string(),
  seed: z.number().int(),
  /** Position in the race, from 1, over all arms. */
  order: z.number().int().positive(),
  state: z.enum(["running", "reached", "missed", "died", "interrupted", "untimed", "abandoned"]),
  /** Not counted. */
  isWarmup: z.literal(true).optional(),
  timeToTrainMs: z.number().nonnegative().optional(),
  billedUsd: z.number().optional(),
  joules: z.number().optional(),
  disturbances: z.array(runDisturbance),
});
export type RaceRun = z.output<typeof raceRun>;

/** How an arm met one of several targets, whether or not the others were met at the same time. */
export const armTarget = z.strictObject({
  target: metricTarget,
  /** Runs that met it at any time. */
  metCount: z.number().int(),
  /**
   * Until it was first met, over all counted runs; absent where a run that never met it is the middle one, and if the time to
   * train is by the program's own clock.
   */
  medianMs: z.number().optional(),
  /** Of these times. Absent for the base arm. */
  comparison: armComparison.optional(),
});
export type ArmTarget = z.output<typeof armTarget>;

export const raceArm = z.strictObject({
  /** From 1. */
  arm: z.number().int().positive(),
  /** `A` for the first. */
  letter: z.string(),
  name: z.string(),
  seriesId: z.string(),
  /** The command or the built-in workload. */
  command: z.string(),
  /** Runs that ended on their own or at a limit, without warm-ups. */
  runCount: z.number().int(),
  reachedCount: z.number().int(),
  /** Over all counted runs, a run that missed being slower than all; absent where that is the middle one. */
  medianMs: z.number().optional(),
  /** Of the runs that reached the target. */
  fastestMs: z.number().optional(),
  slowestMs: z.number().optional(),
  /** Median of one run from launch to exit; absent without a price. */
  medianUsd: z.number().optional(),
  medianJoules: z.number().optional(),
  energyLabel: z.enum(["measured", "estimated"]).optional(),
  /** Its last two runs failed in the same way, and the race goes on without it. */
  isDropped: z.boolean(),
  /** Absent for the base arm. */
  comparison: armComparison.optional(),
  /** Each target; present if there are several. */
  targets: z.array(armTarget).optional(),
  runs: z.array(raceRun),
});
export type RaceArm = z.output<typeof raceArm>;

export const raceReport = z.strictObject({
  raceId: z.string(),
  createdMs: z.number(),
  state: z.enum(["running", "finished", "interrupted"]),
  target: metricTarget.optional(),
  furtherTargets: z.array(metricTarget).optional(),
  targetWindow: targetWindow.optional(),
  settings: raceMembership.pick({ runs: true, until: true, maxRuns: true }),
  /** The arm that the others are compared with: the first that was not dropped. */
  baseArm: z.number().int().positive(),
  arms: z.array(raceArm).min(1),
  /** The findings of runs, one of each kind for each arm, with the ids of its runs that have one. */
  findings: z.array(z.strictObject({ finding, runs: z.array(z.string()) })),
});
export type RaceReport = z.output<typeof raceReport>;
