import { z } from "zod";
import { referenceCurve } from "../logs/reference-curve.ts";

/**
 * GET /api/references?benchmark=&edition=&series=: the reference convergence points that `pitwall rcp` shows, with the runs
 * of a series beside them, and all benchmarks with references. By default the first benchmark and its newest edition.
 */
export const referencesDocument = z.object({
  benchmarks: z.array(z.string()),
  curve: referenceCurve,
});
export type ReferencesDocument = z.output<typeof referencesDocument>;
