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

/** The file of a static site that has the document of a benchmark and an edition; without them, of the first and the newest. */
export function referencesFile(benchmark: string | undefined, edition: string | undefined): string {
  const parts = [benchmark, edition].filter((part) => part !== undefined);
  return `api/references/${parts.length === 0 ? "index" : parts.join("-")}.json`;
}

export type ReferencesDocument = z.output<typeof referencesDocument>;
