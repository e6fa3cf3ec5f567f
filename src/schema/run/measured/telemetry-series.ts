import { z } from "zod";
import { hostName } from "../hosts/host.ts";
import { rankNumber } from "../hosts/rank.ts";

const points = {
  /** With its unit: `memory_bytes`. */
  name: z.string(),
  /** Of all values, kept or not. */
  count: z.number().int().positive(),
  /** Milliseconds since the epoch, one for each kept value. */
  timeMs: z.array(z.number()),
  values: z.array(z.number()),
};

/**
 * One quantity of the telemetry over a run. Of more than about 1,000 values, the first, minimum, maximum and last of each
 * of several hundred equal parts are kept.
 */
export const telemetrySeries = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("system"),
    host: hostName,
    /** An accelerator or a meter of the host; absent for the processes of the run. */
    device: z.string().optional(),
    ...points,
  }),
  z.strictObject({
    kind: z.literal("step"),
    rank: rankNumber,
    ...points,
    /** For each kept value, the training step. */
    steps: z.array(z.number().int().nonnegative()),
    /** For each kept value, the training samples seen by all ranks. */
    samplesCounts: z.array(z.number().nonnegative()),
  }),
]);
export type TelemetrySeries = z.output<typeof telemetrySeries>;
