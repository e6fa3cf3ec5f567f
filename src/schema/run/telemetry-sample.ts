import { z } from "zod";
import { hostName } from "./host.ts";
import { launchingHost } from "./launching-host.ts";
import { rankNumber } from "./rank.ts";

/** One telemetry point of one rank: how its last steps spent their time. */
export const stepSample = z.strictObject({
  kind: z.literal("step"),
  /** Milliseconds since the epoch, the launching host's clock. */
  timeMs: z.number(),
  rank: rankNumber,
  step: z.number().int().nonnegative(),
  /** Training samples seen so far by all ranks together. */
  samplesCount: z.number().nonnegative(),
  /** Steps that the four times below cover. */
  stepCount: z.number().int().positive(),
  computeMs: z.number().nonnegative(),
  communicationMs: z.number().nonnegative(),
  dataWaitMs: z.number().nonnegative(),
  loss: z.number().optional(),
});

/** The run's processes and the meters of one host. Counters are cumulative since launch. */
export const hostSample = z.strictObject({
  kind: z.literal("host"),
  host: hostName.default(launchingHost),
  timeMs: z.number(),
  /** CPU time of the run's processes on the host. */
  cpuSeconds: z.number().nonnegative(),
  /** Resident memory of these processes now. */
  memoryBytes: z.number().nonnegative(),
  processCount: z.number().int().nonnegative(),
  /** Energy by meter since launch; only meters that exist. */
  measuredJoules: z.record(z.string(), z.number()).optional(),
  accelerators: z
    .array(
      z.strictObject({
        index: z.number().int().nonnegative(),
        name: z.string(),
        powerWatts: z.number().optional(),
        utilisationFraction: z.number().optional(),
        memoryBytes: z.number().optional(),
      }),
    )
    .optional(),
});

export const telemetrySample = z.discriminatedUnion("kind", [stepSample, hostSample]);
export type StepSample = z.output<typeof stepSample>;
export type HostSample = z.output<typeof hostSample>;
export type TelemetrySample = z.output<typeof telemetrySample>;
