import { z } from "zod";

/** A round that logs do not state: assumed from their benchmark, which is part of several, and from their date. */
export const editionAssumption = z.strictObject({
  edition: z.string(),
  benchmark: z.string(),
  /** Editions with this benchmark, oldest first. */
  editions: z.array(z.string()),
  /** The date of the first of these logs, as an ISO date. */
  loggedOn: z.string(),
  /** When the results of the edition were published; absent if they are not yet. */
  publishedOn: z.string().optional(),
  logCount: z.number().int().positive(),
});
export type EditionAssumption = z.output<typeof editionAssumption>;
