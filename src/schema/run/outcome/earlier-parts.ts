import { z } from "zod";
import { energyReading } from "../measured/energy.ts";
import { cost } from "../request/price.ts";

/** The runs that a run continues, all of which were cut before their target, with their totals. */
export const earlierParts = z.strictObject({
  /** In order: the run continues the last one. */
  runIds: z.array(z.string()).min(1),
  /** When the first one was launched. */
  launchedMs: z.number(),
  /** Their timed parts together. */
  clockMs: z.number().nonnegative(),
  billedMs: z.number().nonnegative(),
  /** Training samples so far; absent if the programs do not count them. */
  samplesCount: z.number().nonnegative().optional(),
  cost,
  energy: z.array(energyReading),
});
export type EarlierParts = z.output<typeof earlierParts>;

/** What the earlier parts add to a verdict, whose time to train, cost and energy are those of all parts. */
export const continuedTotals = z.strictObject({
  /** Earlier parts and this one. */
  partCount: z.number().int().min(2),
  /** The timed part of the earlier parts; included in the time to train. */
  clockMs: z.number().nonnegative(),
  /** From launch to exit of the earlier parts; not included in the `billedMs` of `clock`. */
  billedMs: z.number().nonnegative(),
  /** From the launch of the first part to the target, or to the end: with the gaps between the parts. */
  wallMs: z.number().nonnegative(),
});
export type ContinuedTotals = z.output<typeof continuedTotals>;
