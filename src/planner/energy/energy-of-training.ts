import type { Accelerator } from "../../schema/catalogue.ts";
import type { PlannedEnergy } from "../../schema/plan/run-plan.ts";
import type { EnergyTable, Region } from "../../schema/plan/plan-tables.ts";

/** A training whose energy is estimated. */
export interface EnergyQuestion {
  accelerator: Accelerator;
  acceleratorCount: number;
  /** Of the whole training, with restarts and checkpoints. */
  timeMs: number;
  /** Model FLOP utilization, 0 to 1; undefined if it is not known. */
  mfu: number | undefined;
  region: Region;
  table: EnergyTable;
}

const wattHoursPerMs = 1 / 3_600_000;

/**
 * The energy of a training in kilowatt-hours, by term. All terms are estimates: the accelerators by their power limit and
 * utilization, the host and the network per accelerator, cooling and conversion by the region's power usage effectiveness.
 * Undefined for an accelerator without a known power limit, and on several machines for one without a known network.
 */
export function energyOfTraining(question: EnergyQuestion): PlannedEnergy | undefined {
  const { accelerator, acceleratorCount, timeMs, mfu, region, table } = question;
  const { powerLimitWatts, name } = accelerator;
  const host = table.hosts.find(({ prefix }) => name.startsWith(prefix));
  const networkWatts = networkWattsOf(question);
  if (powerLimitWatts === undefined || host === undefined || networkWatts === undefined)
    return undefined;
  const kwhPerWatt = (acceleratorCount * timeMs * wattHoursPerMs) / 1000;
  const acceleratorKwh = kwhPerWatt * powerLimitWatts * powerFraction(table, mfu);
  const hostKwh = kwhPerWatt * host.wattsPerAccelerator;
  const networkKwh = kwhPerWatt * networkWatts;
  const computerKwh = acceleratorKwh + hostKwh + networkKwh;
  const coolingKwh = computerKwh * (region.pue - 1);
  const kwh = computerKwh + coolingKwh;
  return {
    kwh,
    label: "estimated",
    acceleratorKwh,
    hostKwh,
    networkKwh,
    coolingKwh,
    carbonKg: kwh * region.carbonKgPerKwh,
    region: region.region,
    pue: region.pue,
  };
}

/** Of one accelerator's share of the network; 0 inside one machine. */
function networkWattsOf({
  accelerator,
  acceleratorCount,
  table,
}: EnergyQuestion): number | undefined {
  const { scaleUpCount, networkBytesPerSecond } = accelerator;
  if (acceleratorCount <= scaleUpCount) return 0;
  if (networkBytesPerSecond === undefined) return undefined;
  return ((networkBytesPerSecond * 8) / 1e9) * table.network.wattsPerGbps;
}

function powerFraction({ accelerator }: EnergyTable, mfu: number | undefined): number {
  const { idleFraction: idle, busyFraction, fractionPerMfu, defaultFraction } = accelerator;
  if (mfu === undefined) return defaultFraction;
  return Math.min(1, idle + (1 - idle) * (busyFraction + fractionPerMfu * mfu));
}
