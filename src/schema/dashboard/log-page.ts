import { z } from "zod";

export const logLine = z.object({
  /** From 1. */
  number: z.number().int().positive(),
  /** Without line end; cut where it is longer than 4,000 characters. */
  text: z.string(),
  /** Which rank printed it, where the line says so itself (`[rank3]:`, `[3]`, `rank 3:`). */
  rank: z.number().int().nonnegative().optional(),
});
export type LogLine = z.output<typeof logLine>;

/**
 * GET /api/runs/:id/log?from=&limit=500&rank=&find=: lines from `from` on (1 is the first; negative counts from the end, -500
 * if not given), those that `rank` printed, those that hold `find` (capitals do not matter; `error` finds
 * tracebacks, too).
 */
export const logDocument = z.object({
  runId: z.string(),
  lines: z.array(logLine),
  /** Whole lines in the log. */
  totalLines: z.number().int().nonnegative(),
  /** The first line that looks like an error or a traceback. */
  firstErrorLine: z.number().int().positive().optional(),
  /** Ranks that name themselves in the log. */
  ranks: z.array(z.number().int().nonnegative()),
  /** Where the next page begins: absent at the end. */
  nextFrom: z.number().int().positive().optional(),
});
export type LogDocument = z.output<typeof logDocument>;
