import type { EnergyReading } from "../../schema/run/measured/energy.ts";

/**
 * The energy to show where there is room for one figure: the sum of all measured readings, or else of all estimated ones.
 * The two kinds are never added up.
 */
export function leadingEnergy(readings: readonly EnergyReading[]): EnergyReading | undefined {
  const measured = readings.filter((reading) => reading.kind === "measured");
  const [first, ...others] =
    measured.length > 0 ? measured : readings.filter((reading) => reading.kind === "estimated");
  return others.reduce(addReading, first);
}

function addReading(
  sum: EnergyReading | undefined,
  reading: EnergyReading,
): EnergyReading | undefined {
  if (sum === undefined) return undefined;
  const joules = sum.joules + reading.joules;
  const covers = joined(sum.covers, reading.covers);
  const intervalMs = Math.max(sum.intervalMs, reading.intervalMs);
  if (sum.kind === "measured" && reading.kind === "measured") {
    const meter = joined(sum.meter, reading.meter);
    return { kind: "measured", joules, meter, covers, intervalMs };
  }
  if (sum.kind === "estimated" && reading.kind === "estimated") {
    const formula = joined(sum.formula, reading.formula);
    return { kind: "estimated", joules, formula, covers, intervalMs };
  }
  return sum;
}

function joined(sum: string, text: string): string {
  return sum.split("; ").includes(text) ? sum : `${sum}; ${text}`;
}
