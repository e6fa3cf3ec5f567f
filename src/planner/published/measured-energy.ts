import type { Accelerator } from "../../schema/catalogue.ts";
import type { PublishedRow } from "../../schema/plan/published-row.ts";
import type { EnergyTable, Region } from "../../schema/plan/plan-tables.ts";
import type { PlanOffer } from "../../schema/plan/run-plan.ts";
import { energyOfTraining } from "../energy/energy-of-training.ts";

interface MeasuredEnergySources {
  rows: readonly PublishedRow[];
  accelerators: readonly Accelerator[];
  table: EnergyTable;
  region: Region;
}

const joulesPerKwh = 3_600_000;

/**
 * The energy that the published result of a benchmark nearest in number of accelerators measured on the same accelerator,
 * and what the terms of a plan estimate for that result, without cooling, which no result measures.
 */
export function measuredEnergy(
  { accelerator, count }: Pick<PlanOffer, "accelerator" | "count">,
  benchmark: string,
  { rows, accelerators, table, region }: MeasuredEnergySources,
): PlanOffer["measuredEnergy"] {
  const known = accelerators.find(({ name }) => name === accelerator);
  const row = nearestMeasured(rows, { accelerator, count, benchmark });
  if (known === undefined || row === undefined) return undefined;
  const { acceleratorCount, scoreMs: timeMs, energyJoules, rowId, source } = row;
  const system = { accelerator: known, acceleratorCount, timeMs, mfu: undefined };
  const estimated = energyOfTraining({ ...system, region, table });
  const estimatedKwh = estimated && estimated.kwh - estimated.coolingKwh;
  const kwh = energyJoules / joulesPerKwh;
  return { kwh, estimatedKwh, count: acceleratorCount, timeMs, rowId, source };
}

interface MeasuredRow extends PublishedRow {
  acceleratorCount: number;
  scoreMs: number;
  energyJoules: number;
}

function nearestMeasured(
  rows: readonly PublishedRow[],
  wanted: { accelerator: string; count: number; benchmark: string },
): MeasuredRow | undefined {
  const distance = ({ acceleratorCount }: MeasuredRow): number =>
    Math.abs(Math.log2(acceleratorCount / wanted.count));
  return measuredOf(rows)
    .filter(
      ({ benchmark, accelerator }) =>
        benchmark === wanted.benchmark && accelerator === wanted.accelerator,
    )
    .toSorted((a, b) => distance(a) - distance(b))[0];
}

/** Few of thousands of rows state an energy, and each offer of a plan asks for them. */
const measuredRows = new WeakMap<readonly PublishedRow[], readonly MeasuredRow[]>();

function measuredOf(rows: readonly PublishedRow[]): readonly MeasuredRow[] {
  const measured = measuredRows.get(rows) ?? rows.filter(isMeasured);
  measuredRows.set(rows, measured);
  return measured;
}

function isMeasured(row: PublishedRow): row is MeasuredRow {
  const { energyLabel, energyJoules, acceleratorCount, scoreMs } = row;
  const isKnown = energyJoules !== undefined && acceleratorCount !== undefined;
  return energyLabel === "measured" && isKnown && scoreMs !== undefined;
}
