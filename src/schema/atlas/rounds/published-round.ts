import { z } from "zod";
import { suites } from "../results/result-words.ts";

/** When and where a round was published. */
export const publishedRound = z.strictObject({
  suite: z.enum(suites),
  round: z.string(),
  publishedOn: z.string(),
  /** The repository that holds the results; a result's link is a folder in it. */
  repository: z.string(),
  licence: z.string(),
  /** Logs that the repository lists, whether or not its large files can still be had. */
  listedLogCount: z.number().int().positive().optional(),
  /** Logs that are listed there and could not be had when this was written. */
  knownGap: z.strictObject({ logCount: z.number().int().positive(), what: z.string() }).optional(),
  source: z.string(),
  /** `listed` in the named source, or `recalled`: known from memory, check before relying on it. */
  status: z.enum(["listed", "recalled"]),
});
export type PublishedRound = z.output<typeof publishedRound>;
export const publishedRoundList = z.strictObject({ entries: z.array(publishedRound) });
export type PublishedRoundList = z.output<typeof publishedRoundList>;
