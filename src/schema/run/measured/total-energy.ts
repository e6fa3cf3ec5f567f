import type { EnergyReading } from "./energy.ts";

/**
 * The energy of one run. A node's meter includes all other meters; the others measure different parts and are added.
 * Estimates are never added to measurements.
 */
export function totalEnergy(
  readings: readonly EnergyReading[],
): { label: EnergyReading["kind"]; joules: number } | undefined {
  const measured = readings.filter(({ kind }) => kind === "measured");
  const ofNode = measured.filter((reading) => "meter" in reading && reading.meter === "node-meter");
  const chosen = ofNode.length > 0 ? ofNode : measured.length > 0 ? measured : readings;
  if (chosen.length === 0) return undefined;
  const label = measured.length > 0 ? "measured" : "estimated";
  return { label, joules: chosen.reduce((sum, { joules }) => sum + joules, 0) };
}
