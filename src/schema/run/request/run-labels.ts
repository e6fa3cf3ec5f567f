import { z } from "zod";

/** How a user names and describes a run; no part of what it trains. */
export const runLabels = z.strictObject({
  /** The name of a built-in workload's runs in lists; that of a program is in `startable`. */
  name: z.string().optional(),
  /** By key; the value is empty for a tag that is a single word. */
  tags: z.record(z.string(), z.string()).optional(),
  note: z.string().optional(),
  /** Lists leave it out. Only changed after the run was started. */
  isArchived: z.literal(true).optional(),
});
export type RunLabels = z.output<typeof runLabels>;
