import { nameAccelerator } from "../../../src/atlas/names/name-accelerator.ts";
import { formatDuration, formatUsd } from "../../../src/foundation/numbers/units.ts";
import { deviationsOf80Percent } from "../../../src/planner/odds/deviations.ts";
import { usdPerHour, type Candidate } from "../../../src/planner/search/candidate.ts";
import type { PlannedBenchmark, PlannedModel } from "../../../src/planner/goal/read-goal.ts";
import type { TimeEstimate } from "../../../src/planner/search/time-estimate.ts";
import { kwhText, regionText } from "../../../src/report/plan/plan-wording.ts";
import type { PlanData } from "../../../src/schema/plan/plan-data.ts";
import type { PlannedPrice, PlanOffer } from "../../../src/schema/plan/run-plan.ts";
import { stepPartLabels } from "../../../src/schema/plan/step-part-labels.ts";
import { familyHue } from "../../charts/atlas/families.ts";
import type { FrontOffer, FrontValues } from "../../charts/plan/front-chart.ts";
import type { PublishedPoint, ScalingStep } from "../../charts/plan/scaling-chart.ts";
import type { SliderRange } from "./slider-values.ts";

/** Identifies an offer while limits change: `64xh100-sxm-b1024`, `8xb200@spot`. */
export function offerId({ count, accelerator, price, layout }: PlanOffer): string {
  const terms = price?.terms === "spot" ? "@spot" : "";
  const batch = layout.globalBatch === undefined ? "" : `-b${layout.globalBatch}`;
  return `${count}x${accelerator}${terms}${batch}`;
}

/** Position of the chosen offer, or of the recommended one if that is not on the front. */
export function chosenOffer(
  { front, recommended }: { front: readonly PlanOffer[]; recommended: number },
  id: string | undefined,
): number {
  const found = front.findIndex((offer) => offerId(offer) === id);
  return found < 0 ? recommended : found;
}

const families = new Map<string, number>();

/** The color of an accelerator's family, as in the atlas. */
export function hueOf(accelerator: string, { accelerators }: PlanData): number {
  const known = families.get(accelerator);
  if (known !== undefined) return known;
  const hue = familyHue(nameAccelerator(accelerator, "", accelerators)?.family ?? "");
  families.set(accelerator, hue);
  return hue;
}

export function frontOffers(front: readonly PlanOffer[], data: PlanData): FrontOffer[] {
  return front.flatMap((offer) => {
    const { timeMs, usd, energy, accelerator, count } = offer;
    if (timeMs.p50 === null || usd === undefined || usd.p50 === null) return [];
    return {
      id: offerId(offer),
      name: `${count} x ${accelerator}`,
      accelerator,
      hue: hueOf(accelerator, data),
      timeMs: timeMs.p50,
      usd: usd.p50,
      kwh: energy?.kwh,
    };
  });
}

/** All that were considered, at their expected values. */
export function consideredValues(candidates: readonly Candidate[], queueMs: number): FrontValues[] {
  return candidates.map(({ paidMs, usd, energy }) => ({
    timeMs: paidMs + queueMs,
    usd,
    kwh: energy?.kwh,
  }));
}

export interface LimitRanges {
  usd: SliderRange;
  timeMs: SliderRange;
  kwh: SliderRange;
}

/** From below the least to above the largest value of any offer on the front, whatever the limits. */
export function limitRanges(front: readonly PlanOffer[]): LimitRanges {
  return {
    usd: rangeOf(front.map(({ usd }) => usd?.p50)),
    timeMs: rangeOf(front.map(({ timeMs }) => timeMs.p50)),
    kwh: rangeOf(front.map(({ energy }) => energy?.kwh)),
  };
}

function rangeOf(values: readonly (number | null | undefined)[]): SliderRange {
  const known = values.flatMap((value) => ((value ?? 0) > 0 ? [value ?? 0] : []));
  if (known.length === 0) return { from: 1, to: 1000 };
  return { from: Math.min(...known) / 2, to: Math.max(...known) * 2 };
}

/** Time to train on each number of one accelerator, of its fastest batch size. */
export function scalingSteps(candidates: readonly Candidate[], accelerator: string): ScalingStep[] {
  const fastest = new Map<number, TimeEstimate>();
  for (const { accelerator: one, count, estimate } of candidates) {
    if (one.name !== accelerator) continue;
    if (estimate.trainMs < (fastest.get(count)?.trainMs ?? Number.POSITIVE_INFINITY))
      fastest.set(count, estimate);
  }
  return [...fastest]
    .toSorted(([a], [b]) => a - b)
    .map(([count, estimate]) => {
      const factor = Math.exp(deviationsOf80Percent * spreadOf(estimate));
      const { trainMs: timeMs } = estimate;
      return { count, timeMs, lowMs: timeMs / factor, highMs: timeMs * factor };
    });
}

const spreads = new WeakMap<TimeEstimate, number>();

/** Of the predicted time and of seeds; details take long to find, so they are kept. */
function spreadOf(estimate: TimeEstimate): number {
  const known = spreads.get(estimate);
  if (known !== undefined) return known;
  const time = estimate.detail?.().timeLogSpread ?? estimate.timeLogSpread;
  const spread = Math.hypot(time, estimate.seedLogSpread);
  spreads.set(estimate, spread);
  return spread;
}

/** Published results of the same benchmark under the same rules, on the same accelerator. */
export function publishedPoints(
  goal: PlannedBenchmark | PlannedModel,
  accelerator: string,
  { rows }: PlanData,
): PublishedPoint[] {
  if (goal.kind === "model") return [];
  return rows.flatMap((row) => {
    const isSame =
      row.benchmark === goal.benchmark &&
      row.compatibilityGroup === goal.compatibilityGroup &&
      row.accelerator === accelerator;
    const isCounted =
      row.division === "closed" && row.scaling === "strong" && row.repeats === undefined;
    const { scoreMs, acceleratorCount } = row;
    if (!isSame || !isCounted || scoreMs === undefined || acceleratorCount === undefined) return [];
    const text = `${row.round} ${row.submitter}: ${acceleratorCount} in ${formatDuration(scoreMs)}`;
    return { id: row.rowId, text, count: acceleratorCount, timeMs: scoreMs };
  });
}

/** A part of a whole, as a bar and a line of a list. */
export interface SharePart {
  label: string;
  amount: number;
  text: string;
}

/** Parts of a step, largest first; those below half a percent together. */
export function stepShares({ breakdown }: PlanOffer): SharePart[] {
  if (breakdown === undefined) return [];
  const parts = Object.entries(stepPartLabels).map(([name, label]) => ({
    label,
    amount: Object.entries(breakdown).find(([part]) => part === name)?.[1] ?? 0,
  }));
  const total = parts.reduce((sum, { amount }) => sum + amount, 0);
  const large = parts.filter(({ amount }) => amount >= total / 200);
  const rest = total - large.reduce((sum, { amount }) => sum + amount, 0);
  const shown = large.toSorted((a, b) => b.amount - a.amount);
  if (rest > total / 2000) shown.push({ label: "other parts", amount: rest });
  return shown.map(({ label, amount }) => ({ label, amount, text: formatDuration(amount) }));
}

/** Where the median bill goes. */
export function billShares({ usd, price, count, startMs, trainMs }: PlanOffer): SharePart[] {
  if (price === undefined || usd?.p50 === undefined || usd.p50 === null) return [];
  const perMs = usdPerHour(price, count) / 3_600_000;
  const training = Math.min(trainMs * perMs, usd.p50);
  const start = Math.min(startMs * perMs, usd.p50 - training);
  const lost = usd.p50 - training - start;
  return [
    { label: "training", amount: training },
    { label: "initialization", amount: start },
    { label: "checkpoints and interruptions", amount: lost },
  ]
    .filter(({ amount }) => amount > 0)
    .map(({ label, amount }) => ({ label, amount, text: formatUsd(amount) }));
}

/** `64 accelerators in 8 machines of 8, $190/h`. */
export function billNote(price: PlannedPrice, count: number): string {
  const machines = Math.ceil(count / price.perMachine);
  const rate = `${formatUsd(usdPerHour(price, count))}/h`;
  if (price.perMachine === 1) return `${count} x ${formatUsd(price.usdPerAcceleratorHour)}/h`;
  return `${machines} x ${price.provider}/${price.instance}: ${rate}`;
}

export function energyShares({ energy }: PlanOffer): SharePart[] {
  if (energy === undefined) return [];
  const { acceleratorKwh, hostKwh, networkKwh, coolingKwh } = energy;
  return [
    { label: "accelerators", amount: acceleratorKwh },
    { label: "hosts", amount: hostKwh },
    { label: "network", amount: networkKwh },
    { label: "cooling", amount: coolingKwh },
  ]
    .filter(({ amount }) => amount > 0)
    .map(({ label, amount }) => ({ label, amount, text: `${kwhText(amount)} kWh` }));
}

export function carbonNote({ energy }: PlanOffer): string {
  if (energy === undefined) return "";
  return `${energy.label}; ${kwhText(energy.carbonKg)} kg CO2e (${regionText(energy.region)})`;
}

/** When a budget is used up, counted from the request; undefined without a price. */
export function budgetMs(
  { price, count }: PlanOffer,
  { budgetUsd, queueMs }: { budgetUsd: number | undefined; queueMs: number },
): number | undefined {
  if (budgetUsd === undefined || price === undefined) return undefined;
  return queueMs + (budgetUsd / usdPerHour(price, count)) * 3_600_000;
}
