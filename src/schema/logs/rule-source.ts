import { z } from "zod";

/** Where the shipped rules of an edition are from, and the date of that version. */
export const ruleSource = z.strictObject({
  edition: z.string(),
  /** The package and its version: `mlcommons/logging 4.1.68`. */
  source: z.string(),
  /** `2026-10-24`. */
  released: z.string(),
  /** The rules are old, a round is being submitted, and its results are not published: newer rules may exist. */
  mayBeOutdated: z.boolean(),
});
export type RuleSource = z.output<typeof ruleSource>;
