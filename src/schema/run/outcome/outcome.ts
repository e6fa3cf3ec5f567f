import { z } from "zod";

/** How a run ended. */
export const outcome = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("reached"),
    /** Of all parts, if the run continues another one. */
    timeToTrainMs: z.number().nonnegative(),
    /** The value or mean that met the first target; absent if only `run_stop` reports success. */
    quality: z.number().optional(),
    samplesCount: z.number().optional(),
  }),
  z.strictObject({
    kind: z.literal("missed"),
    reason: z.enum(["ended", "max-time", "max-cost", "max-samples", "not-a-number"]),
    bestQuality: z.number().optional(),
  }),
  z.strictObject({
    kind: z.literal("died"),
    exitCode: z.number().int().optional(),
    signal: z.string().optional(),
    /** The program was not started; the finding `start-failed` says why. */
    notStarted: z.literal(true).optional(),
    bestQuality: z.number().optional(),
  }),
  z.strictObject({ kind: z.literal("interrupted"), bestQuality: z.number().optional() }),
  /** An imported log met the target, but has no times. */
  z.strictObject({ kind: z.literal("untimed"), bestQuality: z.number().optional() }),
]);
export type Outcome = z.output<typeof outcome>;
