import type { ContinuedTotals, EarlierParts } from "../../schema/run/outcome/earlier-parts.ts";
import type { EnergyReading } from "../../schema/run/measured/energy.ts";
import type { Cost } from "../../schema/run/request/price.ts";
import type { RunClock } from "../../schema/run/outcome/run-result.ts";
import { type BilledRun, costOfRun } from "../use/cost-of-run.ts";
import { energySource, sumEnergy } from "./sum-energy.ts";

/**
 * The cost of a run with that of the runs that it continues.
 *
 * @param run `trainingMs` is the timed part of all parts, `billedMs` that of the run alone
 */
export function costOfParts(run: BilledRun, earlier: EarlierParts | undefined): Cost {
  if (earlier === undefined) return costOfRun(run);
  const { trainingMs } = run;
  const ownMs = trainingMs === undefined ? undefined : Math.max(0, trainingMs - earlier.clockMs);
  const own = costOfRun({ ...run, trainingMs: ownMs });
  if (own.kind === "unpriced") return own;
  if (earlier.cost.kind === "unpriced")
    return { kind: "unpriced", reason: "no price was given for an earlier part of the run" };
  const { billedUsd, trainingUsd, spareUsd = 0 } = earlier.cost;
  const sparesUsd = spareUsd + (own.spareUsd ?? 0);
  return {
    ...own,
    billedUsd: billedUsd + own.billedUsd,
    ...(sparesUsd === 0 ? {} : { spareUsd: sparesUsd }),
    ...(own.trainingUsd === undefined ? {} : { trainingUsd: (trainingUsd ?? 0) + own.trainingUsd }),
  };
}

/** The energy of all parts, and what of it is missing because a meter has read only some of them. */
export function energyOfParts(
  own: readonly EnergyReading[],
  earlier: EarlierParts | undefined,
): { energy: EnergyReading[]; reasons: string[] } {
  if (earlier === undefined) return { energy: [...own], reasons: [] };
  const [ownSources, earlierSources] = [own, earlier.energy].map(
    (readings) => new Set(readings.map((reading) => energySource(reading))),
  );
  const energy = sumEnergy([...earlier.energy, ...own]);
  const partial = energy.filter((reading) => {
    const source = energySource(reading);
    return ownSources?.has(source) !== true || earlierSources?.has(source) !== true;
  });
  return {
    energy,
    reasons: partial.map(({ covers }) => `energy of ${covers}: not measured in all parts`),
  };
}

/** What the earlier parts add to the times of a run. */
export function continuedTotals(
  { runIds, launchedMs, clockMs, billedMs }: EarlierParts,
  { runStopMs, endedMs }: Pick<RunClock, "runStopMs" | "endedMs">,
): ContinuedTotals {
  const wallMs = Math.max(0, (runStopMs ?? endedMs) - launchedMs);
  return { partCount: runIds.length + 1, clockMs, billedMs, wallMs };
}
