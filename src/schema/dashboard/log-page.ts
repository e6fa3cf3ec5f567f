import { z } from "zod";

/** Levels by which lines can be selected, the most severe first. */
export const logLevels = ["error", "warning"] as const;
export type LogLevel = (typeof logLevels)[number];

export const logLine = z.object({
  /** From 1. */
  number: z.number().int().positive(),
  /** Without line end; cut after 4,000 characters, or after as many as were requested. */
  text: z.string(),
  /** Length of the whole line in bytes; present where `text` was cut. */
  byteCount: z.number().int().positive().optional(),
  /** The rank that printed it, if the line has a rank label (`[rank3]:`, `[3]`, `rank 3:`). */
  rank: z.number().int().nonnegative().optional(),
});
export type LogLine = z.output<typeof logLine>;

/**
 * GET /api/runs/:id/log?from=&limit=500&rank=&find=&level=&mllog=show&characters=4000: lines starting at `from` (1 is the first; negative
 * counts from the end; default -500), limited to those printed by `rank` and those that contain `find`
 * (case-insensitive; `error` also finds tracebacks), of `level` (`error`, `warning`, judged by their words), without MLPerf
 * log events where `mllog=hide`. Lines are cut after `characters`; GET /api/runs/:id/log/raw sends
 * the bytes, of the whole log or of one `line`.
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
