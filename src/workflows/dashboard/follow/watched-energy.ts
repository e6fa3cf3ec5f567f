import { estimateCpuEnergy, estimateMemoryEnergy } from "../../../probe/energy/estimate-energy.ts";
import type { MachineLimits } from "../../../probe/machine-limits.ts";
import type { PowerEstimate } from "../../../schema/catalogue.ts";
import type { EnergyReading } from "../../../schema/run/measured/energy.ts";
import { launchingHost } from "../../../schema/run/hosts/launching-host.ts";
import type { HostSample } from "../../../schema/run/measured/telemetry-sample.ts";
import type { PointRows } from "./point-rows.ts";

/** The inputs of an energy estimate for parts without a meter. */
export interface EnergyBasis {
  /** Of this machine; undefined for runs that another machine has launched. */
  limits: Pick<MachineLimits, "usableCoreCount" | "usableMemoryBytes"> | undefined;
  powerEstimate: PowerEstimate;
}

/** What energy is computed from beside the samples. */
export interface EnergyInput {
  launchedMs: number;
  basis: EnergyBasis;
  /** Of a finished run: when its program exited, and the energy until then according to its verdict. */
  end?: { timeMs: number; energy: readonly EnergyReading[] } | undefined;
}

/**
 * Energy of one host from launch to a sample: each meter, and an estimate for parts without one where the size of the host is known.
 *
 * @param capacity of the host, if one of its samples states it
 */
export function energyAt(
  sample: HostSample,
  capacity: HostSample["capacity"],
  { launchedMs, basis }: EnergyInput,
): EnergyReading[] {
  const intervalMs = Math.max(0, sample.timeMs - launchedMs);
  const measured = Object.entries(sample.measuredJoules ?? {}).map(
    ([name, joules]): EnergyReading => {
      const [meter = name, ...part] = name.split(" ");
      return { kind: "measured", joules, meter, covers: part.join(" ") || name, intervalMs };
    },
  );
  const size = capacity ?? (sample.host === launchingHost ? sizeOf(basis) : undefined);
  if (size === undefined) return measured;
  const parts = new Set(Object.keys(sample.measuredJoules ?? {}).map((name) => name.split(" ")[1]));
  const input = {
    intervalMs,
    cpuSeconds: sample.cpuSeconds,
    ...size,
  };
  return [
    ...measured,
    ...(parts.has("processors") ? [] : [estimateCpuEnergy(input, basis.powerEstimate)]),
    ...(parts.has("memory") || size.memoryBytes === 0
      ? []
      : [estimateMemoryEnergy(input, basis.powerEstimate)]),
  ];
}

function sizeOf({ limits }: EnergyBasis): HostSample["capacity"] {
  if (limits === undefined) return undefined;
  return { coreCount: limits.usableCoreCount, memoryBytes: limits.usableMemoryBytes };
}

/** Adds up the readings of the same meter or formula on several hosts. */
export function addReadings(readings: readonly EnergyReading[]): EnergyReading[] {
  const added = new Map<string, EnergyReading>();
  for (const reading of readings) {
    const source = reading.kind === "measured" ? reading.meter : reading.formula;
    const key = `${reading.kind}\n${source}\n${reading.covers}`;
    const known = added.get(key) ?? { ...reading, joules: 0 };
    const intervalMs = Math.max(known.intervalMs, reading.intervalMs);
    added.set(key, { ...known, joules: known.joules + reading.joules, intervalMs });
  }
  return [...added.values()];
}

/** Joules at a moment, interpolated between two points of a series sorted by time; NaN outside it. */
export function joulesAt({ timesMs, values }: PointRows, timeMs: number): number {
  const at = (index: number): { timeMs: number; joules: number } => ({
    timeMs: timesMs[index] ?? Number.NaN,
    joules: values[index] ?? Number.NaN,
  });
  let low = 0;
  let high = timesMs.length - 1;
  const isInside = timeMs >= at(low).timeMs && timeMs <= at(high).timeMs;
  if (!isInside) return Number.NaN;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((timesMs[middle] ?? 0) <= timeMs) low = middle;
    else high = middle;
  }
  const [before, after] = [at(low), at(high)];
  const spanMs = after.timeMs - before.timeMs;
  const share = spanMs === 0 ? 1 : (timeMs - before.timeMs) / spanMs;
  return before.joules + (after.joules - before.joules) * share;
}
