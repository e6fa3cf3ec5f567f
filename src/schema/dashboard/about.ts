import { z } from "zod";

/** GET /api/about: which Pitwall answers, and for which home. */
export const aboutDocument = z.object({
  version: z.string(),
  /** Absolute path of the home directory with the records. */
  home: z.string(),
  /** Milliseconds since the epoch; all live times are by this clock. */
  serverTimeMs: z.number(),
  /** Whether nothing can be changed from here: a static export, or `--read-only`. */
  isReadOnly: z.boolean(),
});
export type AboutDocument = z.output<typeof aboutDocument>;
