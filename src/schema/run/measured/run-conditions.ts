import { z } from "zod";

/** What else happened on the machine from launch to exit. Absent figures were not readable. */
export const runConditions = z.strictObject({
  /** The share of all CPU time that other processes used; time taken by the hypervisor counts as theirs. */
  otherCpuFraction: z.number().min(0).max(1).optional(),
  /** The share of the time in which the CPU quota of a control group held processes back. */
  quotaThrottledFraction: z.number().min(0).max(1).optional(),
  /** How often a core lowered its frequency because of its temperature. */
  thermalThrottleCount: z.number().int().nonnegative().optional(),
  /** Mean frequency of all cores, in hertz. */
  meanFrequencyHz: z.number().positive().optional(),
  /** Whether the machine ran on battery at any time. */
  onBattery: z.boolean().optional(),
});
export type RunConditions = z.output<typeof runConditions>;
