import { z } from "zod";
import { energyReading } from "../run/measured/energy.ts";
import { seriesRoles } from "../run/outcome/counted-runs.ts";
import { metricTarget } from "../run/outcome/metric-target.ts";
import { outcome } from "../run/outcome/outcome.ts";

/** Whether and when a run is expected to reach its target. */
export const predictedEnd = z.discriminatedUnion("kind", [
  /** Time still to go until the target, with the range of the estimate. Milliseconds from now. */
  z.object({
    kind: z.literal("reaches"),
    remainingMs: z.number().nonnegative(),
    lowMs: z.number().nonnegative(),
    highMs: z.number().nonnegative(),
  }),
  /** The metric levels off between these values, all of which miss the target. */
  z.object({ kind: z.literal("levels-off"), lowValue: z.number(), highValue: z.number() }),
]);

/**
 * One line of the list of runs. Unknown values are absent. GET /api/runs has them as `runs`, the newest first, and as `streamId` the
 * position from which `GET /api/runs/stream?since=…` continues after this list.
 */
export const runListItem = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("readable"),
    runId: z.string(),
    seriesId: z.string(),
    /** Place in its series, from 1, and how many were requested. */
    seriesIndex: z.number().int().positive(),
    seriesCount: z.number().int().positive(),
    /** Absent for the first attempt of a seed. */
    role: z.enum(seriesRoles).optional(),
    name: z.string(),
    seed: z.number(),
    state: z.enum(["running", "finished", "abandoned"]),
    /** Whether the run was imported from a log; Pitwall has not measured its times. */
    isImported: z.literal(true).optional(),
    /** `key=value`, or a single word. */
    tags: z.array(z.string()).optional(),
    note: z.string().optional(),
    isArchived: z.literal(true).optional(),
    /** Present where the run is finished. */
    outcome: outcome.optional(),
    /** Milliseconds since the epoch. */
    createdMs: z.number(),
    /** Since run_start: until now, or until the end. Absent before run_start. */
    clockMs: z.number().nonnegative().optional(),
    target: metricTarget.optional(),
    best: z.number().optional(),
    loss: z.number().optional(),
    /** Share of the clock until the (predicted) crossing, 0..1; 1 where the target was reached. */
    progressFraction: z.number().min(0).max(1).optional(),
    predicted: predictedEnd.optional(),
    costUsd: z.number().nonnegative().optional(),
    /** So far; a measured reading where there is one. Its `kind` is the label. */
    energy: energyReading.optional(),
    /** Ranks that train: workers of an embedded workload, else those seen in telemetry, at least 1. */
    rankCount: z.number().int().positive(),
    samplesPerSecond: z.number().nonnegative().optional(),
    system: z.string(),
    /** At most 60 points, oldest first, of what `sparkMetric` names. */
    spark: z.array(z.number()),
    sparkMetric: z.string().optional(),
    findingsCount: z.number().int().nonnegative(),
  }),
  z.object({ kind: z.literal("broken"), runId: z.string(), reason: z.string() }),
]);
export type RunListItem = z.output<typeof runListItem>;
