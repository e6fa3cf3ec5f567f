import { z } from "zod";
import { suites } from "../results/result-words.ts";

/** A stretch of rounds over which a benchmark kept its rules: its results may be compared with each other. */
export const compatibilityGroup = z.strictObject({
  suite: z.enum(suites),
  /** By today's name. */
  benchmark: z.string(),
  /** Names it was logged or published under. */
  aliases: z.array(z.string()),
  group: z.number().int().positive(),
  /** `v0.6`. */
  firstRound: z.string(),
  lastRound: z.string(),
  /** The change from the previous group; absent for the first. */
  reason: z.string().optional(),
  source: z.string(),
});
export type CompatibilityGroup = z.output<typeof compatibilityGroup>;
export const compatibilityTable = z.strictObject({ entries: z.array(compatibilityGroup) });
export type CompatibilityTable = z.output<typeof compatibilityTable>;
