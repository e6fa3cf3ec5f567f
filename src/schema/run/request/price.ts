import { z } from "zod";

/** The price per hour in US dollars, and its source. */
export const price = z.strictObject({
  usdPerHour: z.number().positive(),
  /** One node, or one accelerator (a node without accelerators counts as one). */
  per: z.enum(["node", "accelerator"]),
  /** The source of the figure: `--price`, a workload file, or a catalogue entry with its source. */
  source: z.string(),
  /** The day the figure held, as the source gives it. */
  date: z.string(),
});
export type Price = z.output<typeof price>;

/** The cost of a run. Both figures are US dollars. */
export const cost = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("priced"),
    /** From launch to exit: the billed cost. */
    billedUsd: z.number(),
    /** From run_start to run_stop: the cost of the timed part; absent if the clock never started. */
    trainingUsd: z.number().optional(),
    /** What idle spare nodes cost of it; absent without spare nodes. */
    spareUsd: z.number().optional(),
    price,
    /** How many nodes or accelerators the price was multiplied with, spare nodes included. */
    unitCount: z.number().int().positive(),
  }),
  z.strictObject({ kind: z.literal("unpriced"), reason: z.string() }),
]);
export type Cost = z.output<typeof cost>;
