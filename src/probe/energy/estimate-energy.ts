import type { EnergyReading } from "../../schema/run/energy.ts";
import type { PowerEstimate } from "../../schema/catalogue.ts";

/** The inputs of an estimate. */
export interface EstimateInput {
  intervalMs: number;
  /** Cores the run could use, whether it did or not; their idle power is the run's. */
  coreCount: number;
  /** CPU time the run used, on all cores together. */
  cpuSeconds: number;
  /** Memory available to the run: installed memory draws power whether or not it is used. */
  memoryBytes: number;
}

type Estimate = Extract<EnergyReading, { kind: "estimated" }>;

/**
 * Energy of the processors, where no meter says it: every core's idle power all the time, and the
 * step from idle to busy for the CPU time that was used. Cooling, power supply, disks, network and
 * accelerators are not in it.
 *
 * @see data/power-estimate.json for the source of the coefficients
 */
export function estimateCpuEnergy(input: EstimateInput, estimate: PowerEstimate): Estimate {
  const { idleWattsPerCore: idle, busyWattsPerCore: busy } = estimate;
  const seconds = input.intervalMs / 1000;
  // More CPU time than the cores have is a clock's rounding, not power.
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
