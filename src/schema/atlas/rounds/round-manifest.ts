import { z } from "zod";
import { suites } from "../results/result-words.ts";

/** manifest.json of a round's Parquet files: contents, source and missing data. */
export const roundManifest = z.strictObject({
  schemaVersion: z.literal(1),
  suite: z.enum(suites),
  round: z.string(),
  publishedOn: z.string().optional(),
  /** The repository or page the results were published in; `local: <paths>` for files of the user. */
  sourceRepository: z.string(),
  licence: z.string(),
  /** Changed or omitted figures, as the license requires. */
  changes: z.string(),
  importedBy: z.string(),
  logCount: z.number().int().nonnegative(),
  resultCount: z.number().int().nonnegative(),
  runCount: z.number().int().nonnegative(),
  /** Data missing from the source, one sentence each. */
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
