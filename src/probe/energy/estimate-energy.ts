import type { EnergyReading } from "../../schema/run/measured/energy.ts";
import type { PowerEstimate } from "../../schema/catalogue.ts";

/** The inputs of an estimate. */
export interface EstimateInput {
  intervalMs: number;
  /** Cores available to the run, used or not; their idle power is attributed to the run. */
  coreCount: number;
  /** CPU time of the run, total over all cores. */
  cpuSeconds: number;
  /** Memory available to the run: installed memory draws power whether or not it is used. */
  memoryBytes: number;
}

type Estimate = Extract<EnergyReading, { kind: "estimated" }>;

/**
 * Estimated energy of processors without a meter: idle power of every core for the whole time, plus the
 * difference between busy and idle power for the CPU time used. Cooling, power supply, disks, network
 * and accelerators are not included.
 *
 * @see data/power-estimate.json for the source of the coefficients
 */
export function estimateCpuEnergy(input: EstimateInput, estimate: PowerEstimate): Estimate {
  const { idleWattsPerCore: idle, busyWattsPerCore: busy } = estimate;
  const seconds = input.intervalMs / 1000;
  // CPU time can exceed the cores' time because of clock rounding.
  const busySeconds = Math.min(input.cpuSeconds, input.coreCount * seconds);
  return {
    kind: "estimated",
    joules: idle * input.coreCount * seconds + (busy - idle) * busySeconds,
    formula:
      `${idle} W idle x ${input.coreCount} cores x time + (${busy} - ${idle}) W x CPU time` +
      ` [${estimate.source}; ${estimate.status} ${estimate.checkedOn}]`,
    covers: `processors, ${input.coreCount} cores`,
    intervalMs: input.intervalMs,
  };
}

/** Estimated energy of the memory without a meter: constant watts per gigabyte, used or not. */
export function estimateMemoryEnergy(input: EstimateInput, estimate: PowerEstimate): Estimate {
  const gigabytes = input.memoryBytes / 1e9;
  const watts = estimate.memoryWattsPerGigabyte;
  return {
    kind: "estimated",
    joules: watts * gigabytes * (input.intervalMs / 1000),
    formula:
      `${watts} W per GB x ${gigabytes.toFixed(1)} GB x time` +
      ` [${estimate.source}; ${estimate.status} ${estimate.checkedOn}]`,
    covers: `memory, ${gigabytes.toFixed(1)} GB`,
    intervalMs: input.intervalMs,
  };
}
