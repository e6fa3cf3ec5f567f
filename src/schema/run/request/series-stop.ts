import { z } from "zod";

const death = {
  /** Number of consecutive runs that failed; a run that was retried counts once. */
  diedCount: z.number().int(),
  /** How the last of them ended. */
  exitCode: z.number().int().optional(),
  signal: z.string().optional(),
  /** The last line that it printed. */
  lastLine: z.string().optional(),
};

/** Why a series stopped before all requested runs were started. */
export const seriesStop = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("same-error"), ...death }),
  z.strictObject({ kind: z.literal("died-at-once"), longestMs: z.number(), ...death }),
]);
export type SeriesStop = z.output<typeof seriesStop>;
