import { z } from "zod";
import { seriesRoles } from "../run/outcome/counted-runs.ts";
import { metricTarget } from "../run/outcome/metric-target.ts";
import { outcome } from "../run/outcome/outcome.ts";
import type { SeriesSummary } from "../run/outcome/series-summary.ts";

/** One series, as `pitwall runs --group --json` has it. */
const seriesRow = z.object({
  seriesId: z.string(),
  name: z.string(),
  tags: z.record(z.string(), z.string()),
  createdMs: z.number(),
  runIds: z.array(z.string()).readonly(),
  runningCount: z.number().int(),
  isImported: z.literal(true).optional(),
  isArchived: z.literal(true).optional(),
  /** Of the server's own version, and not checked again in the page. Absent if no run has a result. */
  summary: z
    .custom<SeriesSummary>((value) => typeof value === "object" && value !== null)
    .optional(),
});
export type ListedRow = z.output<typeof seriesRow>;

/**
 * GET /api/series: one row for each series, the newest first, as `pitwall runs --group` has them. GET /api/series/stream
 * sends it as the event `series`, again after each change.
 */
export const seriesListDocument = z.object({ series: z.array(seriesRow) });
export type SeriesListDocument = z.output<typeof seriesListDocument>;

/** How the score of a series uses a run. */
export const runUses = ["counted", "dropped-fastest", "dropped-slowest", "not-counted"] as const;
export type RunUse = (typeof runUses)[number];

const seriesRun = z.object({
  runId: z.string(),
  seed: z.number(),
  role: z.enum(seriesRoles).optional(),
  /** Absent for a run without a verdict. */
  outcome: outcome.optional(),
  /** Absent where the series has no score. */
  use: z.enum(runUses).optional(),
  /** The quality over the clock of the run, at most 200 points. */
  clockMs: z.array(z.number()),
  value: z.array(z.number()),
});
export type SeriesRun = z.output<typeof seriesRun>;

/** GET /api/series/:id. GET /api/series/:id/stream sends it as the event `series`, again after each change. */
export const seriesPageDocument = z.object({
  row: seriesRow,
  target: metricTarget.optional(),
  /** The MLPerf benchmark that it trains, if there are reference convergence points of it. */
  referenceBenchmark: z.string().optional(),
  runs: z.array(seriesRun),
});
export type SeriesPageDocument = z.output<typeof seriesPageDocument>;
