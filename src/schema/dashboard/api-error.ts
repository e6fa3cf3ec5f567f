import { z } from "zod";

/** The body of every answer that is not a success. */
export const apiErrorDocument = z.object({
  error: z.object({
    /** Stable, kebab-case. */
    code: z.string(),
    message: z.string(),
    /** What to do about the error. */
    hint: z.string().optional(),
  }),
});
export type ApiErrorDocument = z.output<typeof apiErrorDocument>;
