import { z } from "zod";
import { lifecycleEvent } from "../run/events/lifecycle-event.ts";
import { evaluation, runResult } from "../run/outcome/run-result.ts";
import { logLine } from "./log-page.ts";
import { crossingPrediction, rulesDocument, runProgressDocument } from "./run-detail.ts";
import { seriesBuckets, xAxes } from "./run-series.ts";

/**
 * GET /api/runs/:id/stream?names=loss,stepMs&x=clock&width=1200&rank=. An id is a cursor: a client that comes back with one
 * gets what it missed, or `series` with `isReset` and everything else from 0 where the cursor is of another server.
 */
export const runStreamEvents = {
  progress: z.object({
    progress: runProgressDocument,
    prediction: crossingPrediction.optional(),
    serverTimeMs: z.number(),
  }),
  /** The kept evaluations from index `from` on, which replace those known from there on. */
  evaluation: z.object({
    from: z.number().int().nonnegative(),
    evaluations: z.array(evaluation),
    evaluationCount: z.number().int().nonnegative(),
  }),
  /** Lifecycle events number `from` on, counted from 0. */
  event: z.object({ from: z.number().int().nonnegative(), events: z.array(lifecycleEvent) }),
  rules: rulesDocument,
  /**
   * Buckets that are new or have changed. `isReset`: they replace everything. Else, for each series, drop the buckets
   * whose x is at least `fromX` (the start of the first bucket sent) and append these.
   */
  series: z.object({
    xAxis: z.enum(xAxes),
    isReset: z.boolean(),
    series: z.array(seriesBuckets.extend({ fromX: z.number() })),
  }),
  /** New lines, the newest 500 at most; `skippedLines` were left out before them. */
  log: z.object({
    lines: z.array(logLine),
    totalLines: z.number().int().nonnegative(),
    skippedLines: z.number().int().nonnegative(),
    firstErrorLine: z.number().int().positive().optional(),
  }),
  /** The run has a verdict, or no process is left to write one (then `result` is absent). */
  finished: z.object({
    state: z.enum(["finished", "abandoned"]),
    result: runResult.optional(),
  }),
  /** The record was deleted; the stream ends. */
  removed: z.object({ runId: z.string() }),
} as const;

export type StreamEventMap = typeof runStreamEvents;
export type RunStreamEvent = {
  [Name in keyof StreamEventMap]: { name: Name; data: z.output<StreamEventMap[Name]> };
}[keyof StreamEventMap];
