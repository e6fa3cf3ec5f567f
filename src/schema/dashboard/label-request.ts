import { z } from "zod";
import { runLabels } from "../run/request/run-labels.ts";

/** POST /api/runs/:id/labels: changes as `pitwall runs label` takes them; what is absent stays as it is. */
export const labelRequest = z.strictObject({
  /** `key=value` or a single word. */
  tags: z.array(z.string().max(400)).max(100).optional(),
  removedTags: z.array(z.string().max(400)).max(100).optional(),
  note: z.string().max(20_000).optional(),
  isArchived: z.boolean().optional(),
});
export type LabelRequest = z.output<typeof labelRequest>;

/** The labels after the change; absent if none are left. */
export const labelDocument = z.object({ runId: z.string(), labels: runLabels.optional() });
