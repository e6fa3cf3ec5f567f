import { z } from "zod";

/**
 * Energy over one interval, from one meter. Measured and estimated figures are separate readings
 * and are never added up without saying so.
 */
export const energyReading = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("measured"),
    joules: z.number(),
    /** The meter: `rapl`, `nvml` (through nvidia-smi), `node-meter`. */
    meter: z.string(),
    /** What the meter covers: `cpu packages of the whole machine`, `4 GPUs`. */
    covers: z.string(),
    intervalMs: z.number(),
  }),
  z.strictObject({
    kind: z.literal("estimated"),
    joules: z.number(),
    /** The formula with its coefficients, and their source. */
    formula: z.string(),
    covers: z.string(),
    intervalMs: z.number(),
  }),
]);
export type EnergyReading = z.output<typeof energyReading>;
