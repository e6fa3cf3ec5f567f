import { z } from "zod";
import { suites } from "./result-words.ts";

/** manifest.json beside a round's Parquet files: what they hold, where it is from, and what was missing. */
export const roundManifest = z.strictObject({
  schemaVersion: z.literal(1),
  suite: z.enum(suites),
  round: z.string(),
  publishedOn: z.string().optional(),
  /** The repository or page the results were published in; `local: <paths>` for files of the user. */
  sourceRepository: z.string(),
  licence: z.string(),
  /** Figures changed or left out on the way, as the licence asks. */
  changes: z.string(),
  importedBy: z.string(),
  logCount: z.number().int().nonnegative(),
  resultCount: z.number().int().nonnegative(),
  runCount: z.number().int().nonnegative(),
  /** What the source did not hold, one sentence each. */
  missing: z.array(z.string()),
  /** Parquet files: rows (`resultRow`), runs (`resultRun`), curves (one line per point). */
  files: z.record(
    z.string(),
    z.strictObject({
      bytes: z.number().int().nonnegative(),
      sha256: z.string().length(64),
      rowCount: z.number().int().nonnegative(),
    }),
  ),
});
export type RoundManifest = z.output<typeof roundManifest>;
