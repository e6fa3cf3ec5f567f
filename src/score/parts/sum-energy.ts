import type { EnergyReading } from "../../schema/run/measured/energy.ts";

/** Adds up readings of the same meter or formula, never of different kinds. */
export function sumEnergy(readings: readonly EnergyReading[]): EnergyReading[] {
  const totals = new Map<string, EnergyReading>();
  for (const reading of readings) {
    const key = energySource(reading);
    const sofar = totals.get(key);
    totals.set(key, {
      ...reading,
      joules: reading.joules + (sofar?.joules ?? 0),
      intervalMs: reading.intervalMs + (sofar?.intervalMs ?? 0),
    });
  }
  return [...totals.values()];
}

/** The meter or formula with what it covers. */
export function energySource(reading: EnergyReading): string {
  const source = reading.kind === "measured" ? reading.meter : reading.formula;
  return `${reading.kind}\n${source}\n${reading.covers}`;
}
