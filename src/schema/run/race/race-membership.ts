import { z } from "zod";

/** The place of a run in a race, in its request. It holds the settings of the race, so that records alone can resume it. */
export const raceMembership = z.strictObject({
  id: z.string(),
  /** Position of the arm, from 1. Each arm is a series of its own. */
  arm: z.number().int().positive(),
  armName: z.string(),
  armCount: z.number().int().min(2),
  /** Requested runs of each arm; with `until`, the minimum. */
  runs: z.number().int().min(2),
  /** The race continues until all intervals are this narrow: half the width as a fraction of the ratio. */
  until: z.number().positive().optional(),
  /** Most runs of each arm; present with `until`. */
  maxRuns: z.number().int().min(2).optional(),
});
export type RaceMembership = z.output<typeof raceMembership>;
