import {
  formatCount,
  formatDuration,
  formatSignificant,
  formatUsd,
} from "../../foundation/numbers/units.ts";
import type {
  PlannedLayout,
  PlannedPrice,
  PlanOffer,
  RunPlan,
} from "../../schema/plan/run-plan.ts";

/** `1 h 12 min`; an endless training is `never`. */
export function timeText(ms: number | null): string {
  return ms === null ? "never" : formatDuration(ms);
}

export function usdText(usd: number | null | undefined): string {
  return usd === null || usd === undefined ? "" : formatUsd(usd);
}

/** Three significant digits, thousands grouped. */
export function kwhText(kwh: number | undefined): string {
  if (kwh === undefined) return "";
  return kwh >= 100 ? formatCount(kwh) : formatSignificant(kwh, 3);
}

/** `97 %`; certainty is not claimed from draws. */
export function chanceText(fraction: number | undefined): string {
  if (fraction === undefined) return "";
  if (fraction > 0.995) return "> 99 %";
  if (fraction < 0.005) return "< 1 %";
  return `${Math.round(fraction * 100)} %`;
}

export function priceText({ usdPerAcceleratorHour, terms, provider, asOf }: PlannedPrice): string {
  const usd = formatUsd(usdPerAcceleratorHour);
  if (terms === "own") return `${usd}/h, given`;
  return `${usd}/h ${provider}${terms === "spot" ? " spot" : ""} ${asOf}`;
}

/** `batch 1024, tp 4, pp 2, fp8`. */
export function layoutText(layout: PlannedLayout): string {
  const { globalBatch, precision, recompute } = layout;
  const degrees = (["tp", "pp", "cp", "ep", "dp", "vp"] as const).flatMap((name) => {
    const degree = layout[name];
    return degree === undefined || degree === 1 ? [] : `${name} ${degree}`;
  });
  return [
    ...(globalBatch === undefined ? [] : [`batch ${formatCount(globalBatch)}`]),
    ...degrees,
    ...(layout.microBatch === undefined ? [] : [`micro batch ${layout.microBatch}`]),
    ...(precision === undefined ? [] : [precision]),
    ...(recompute === undefined || recompute === "none" ? [] : [`recompute ${recompute}`]),
  ].join(", ");
}

/** The plan in a sentence, and its odds in another. */
export function recommendationText({ goal, limits, objective }: RunPlan, offer: PlanOffer): string {
  const { count, accelerator, price, timeMs, usd, energy } = offer;
  const from = price === undefined ? "" : ` at ${priceText(price)}`;
  const figures = [
    `${timeText(timeMs.p50)} (p90 ${timeText(timeMs.p90)})`,
    ...(usd === undefined ? [] : [`${usdText(usd.p50)} (p90 ${usdText(usd.p90)})`]),
    ...(energy === undefined ? [] : [`${kwhText(energy.kwh)} kWh`]),
  ];
  const sentence = `Train ${goal} on ${formatCount(count)} ${accelerator}${from}: ${figures.join(", ")}.`;
  const odds = [
    ...(offer.doneByDeadline === undefined
      ? []
      : [`within ${formatDuration(limits.deadlineMs ?? 0)} ${chanceText(offer.doneByDeadline)}`]),
    ...(offer.withinBudget === undefined
      ? []
      : [`at most ${formatUsd(limits.budgetUsd ?? 0)} ${chanceText(offer.withinBudget)}`]),
    ...(offer.both === undefined ? [] : [`both ${chanceText(offer.both)}`]),
  ];
  const probability = odds.length === 0 ? "" : ` Probability: ${odds.join(", ")}.`;
  return `${sentence}${probability} ${objectiveText[objective]}`;
}

const objectiveText = {
  time: "Chosen by the lowest p90 time.",
  cost: "Chosen by the lowest p90 cost.",
  energy: "Chosen by the least energy.",
  balanced: "Chosen by the lowest product of p90 time and cost.",
} as const;

/** The region of a plan; the one that stands for none is the average of those of AWS. */
export function regionText(region: string): string {
  return region === "unknown" ? "average of the AWS regions; no region was given" : region;
}
