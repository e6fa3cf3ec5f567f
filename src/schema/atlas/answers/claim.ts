import { z } from "zod";
import { suites } from "../results/result-words.ts";

const where = {
  suite: z.enum(suites),
  benchmark: z.string(),
};

/** How a claim is looked up in the results. Times are in minutes. */
export const claimCheck = z.discriminatedUnion("kind", [
  /** The fastest closed result of a round. */
  z.strictObject({
    kind: z.literal("fastest"),
    ...where,
    round: z.string(),
    acceleratorCount: z.number().int().positive().optional(),
  }),
  /** The fastest result of one round over that of a later one. */
  z.strictObject({ kind: z.literal("gain"), ...where, from: z.string(), to: z.string() }),
  /** A figure that no result on record holds, over the fastest of a later round. */
  z.strictObject({
    kind: z.literal("gain-from-stated"),
    ...where,
    statedMinutes: z.number().positive(),
    to: z.string(),
  }),
  /** Minutes of one result. */
  z.strictObject({ kind: z.literal("result"), rowId: z.string() }),
  /** The cost of one result at a price that its source does not state. */
  z.strictObject({
    kind: z.literal("cost-at-price"),
    rowId: z.string(),
    usdPerAcceleratorHour: z.number().positive(),
  }),
  /** Accelerators of the largest system of a round. */
  z.strictObject({ kind: z.literal("largest"), suite: z.enum(suites), round: z.string() }),
]);
export type ClaimCheck = z.output<typeof claimCheck>;

/** A public claim about training speed. */
export const claim = z.strictObject({
  id: z.string(),
  /** In our words, with the figure. */
  says: z.string(),
  value: z.number().positive(),
  /** How far the figure may be off by its own rounding, a fraction of it. */
  roundingFraction: z.number().nonnegative(),
  unit: z.enum(["min", "x", "accelerators", "usd"]),
  /** The source of the claim. */
  source: z.string(),
  /** Whether the wording was seen at the source, or is known from memory. */
  status: z.enum(["listed", "recalled"]),
  check: claimCheck,
  /** Caveats, one sentence each. */
  caveats: z.array(z.string()),
});
export type Claim = z.output<typeof claim>;
export const claimList = z.strictObject({ entries: z.array(claim) });
export type ClaimList = z.output<typeof claimList>;

/** A claim compared with the results. */
export interface CheckedClaim {
  claim: Claim;
  found:
    | { kind: "agrees" | "differs"; value: number; rowIds: readonly string[] }
    | { kind: "no-results"; missing: string };
  /** Whether the two ends may be compared by the compatibility table; absent where there is one end only. */
  groupChange: string | undefined;
}
