import { estimateCpuEnergy, estimateMemoryEnergy } from "../../probe/energy/estimate-energy.ts";
import type { MachineLimits } from "../../probe/machine-limits.ts";
import type { PowerEstimate } from "../../schema/catalogue.ts";
import type { EnergyReading } from "../../schema/run/energy.ts";
import type { HostSample } from "../../schema/run/telemetry-sample.ts";

/** What energy is worked out from where no meter says it; both are of the launching host. */
export interface EnergyBasis {
  limits: Pick<MachineLimits, "usableCoreCount" | "usableMemoryBytes">;
  powerEstimate: PowerEstimate;
}

/** Energy of a run from launch to one of its host samples: each meter, and an estimate for what has none. */
export function energyAt(
  sample: HostSample,
  launchedMs: number,
  basis: EnergyBasis | undefined,
): EnergyReading[] {
  const intervalMs = Math.max(0, sample.timeMs - launchedMs);
  const measured = Object.entries(sample.measuredJoules ?? {}).map(
    ([name, joules]): EnergyReading => {
      const [meter = name, ...part] = name.split(" ");
      return { kind: "measured", joules, meter, covers: part.join(" ") || name, intervalMs };
    },
  );
  if (basis === undefined) return measured;
  const parts = new Set(Object.keys(sample.measuredJoules ?? {}).map((name) => name.split(" ")[1]));
  const input = {
    intervalMs,
    coreCount: basis.limits.usableCoreCount,
    cpuSeconds: sample.cpuSeconds,
    memoryBytes: basis.limits.usableMemoryBytes,
  };
  return [
    ...measured,
    ...(parts.has("processors") ? [] : [estimateCpuEnergy(input, basis.powerEstimate)]),
    ...(parts.has("memory") ? [] : [estimateMemoryEnergy(input, basis.powerEstimate)]),
  ];
}

/** The reading that stands for the run in one figure: a measured one where there is one. */
export function leadingEnergy(readings: readonly EnergyReading[]): EnergyReading | undefined {
  return readings.find(({ kind }) => kind === "measured") ?? readings[0];
}

/** Joules since launch at the times of the host's samples, in parallel; of one kind of reading alone. */
export interface EnergyCurve {
  timesMs: number[];
  joules: number[];
  note: string;
}

/** Adds samples to a curve from the `from`-th on. Measured and estimated readings are never added up. */
export function growEnergyCurve(
  curve: EnergyCurve,
  samples: readonly HostSample[],
  { launchedMs, basis }: { launchedMs: number; basis: EnergyBasis | undefined },
): void {
  for (let index = curve.timesMs.length; index < samples.length; index++) {
    const sample = samples[index];
    if (sample === undefined) return;
    const readings = energyAt(sample, launchedMs, basis);
    const kind = readings.some((reading) => reading.kind === "measured") ? "measured" : "estimated";
    const counted = readings.filter((reading) => reading.kind === kind);
    curve.timesMs.push(sample.timeMs);
    curve.joules.push(counted.reduce((sum, { joules }) => sum + joules, 0));
    curve.note = `${kind}: ${counted.map(({ covers }) => covers).join("; ")}`;
  }
}

/** Joules at a moment, on the straight line between two samples; NaN outside them. */
export function joulesAt({ timesMs, joules }: EnergyCurve, timeMs: number): number {
  const at = (index: number): { timeMs: number; joules: number } => ({
    timeMs: timesMs[index] ?? Number.NaN,
    joules: joules[index] ?? Number.NaN,
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
  const stretchMs = after.timeMs - before.timeMs;
  const share = stretchMs === 0 ? 1 : (timeMs - before.timeMs) / stretchMs;
  return before.joules + (after.joules - before.joules) * share;
}
