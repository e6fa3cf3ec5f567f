import { formatJoules } from "../../foundation/numbers/units.ts";
import type { EnergyReading } from "../../schema/run/measured/energy.ts";

/** Each reading with its origin. They are not added up: what they cover may overlap. */
export function energyText(energy: readonly EnergyReading[]): string {
  if (energy.length === 0) return "–";
  return energy
    .map((reading) => {
      const origin = reading.kind === "measured" ? `measured by ${reading.meter}` : "estimated";
      return `${formatJoules(reading.joules)} (${origin}: ${reading.covers})`;
    })
    .join(", ");
}
