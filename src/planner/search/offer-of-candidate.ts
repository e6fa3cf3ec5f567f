import type { PlanOffer } from "../../schema/plan/run-plan.ts";
import { deviationsOf80Percent } from "../odds/deviations.ts";
import { drawPaidTimes, planOdds, type PlanOdds, type Quantiles } from "../odds/plan-odds.ts";
import { usdPerHour, type Candidate } from "./candidate.ts";
import type { PlanLimits } from "./choose-offers.ts";
import type { TimeEstimate } from "./time-estimate.ts";

/** What is drawn for an offer, which does not depend on limits. */
interface DrawnOffer {
  estimate: TimeEstimate;
  paidMs: Float64Array;
  seed: string;
}

const drawn = new WeakMap<Candidate, DrawnOffer>();

/** The details of a candidate and its odds, which are drawn once unless more draws are wanted. */
export function offerOf(
  candidate: Candidate,
  {
    limits,
    seed,
    drawCount,
    queueMs,
  }: { limits: PlanLimits; seed: string; drawCount: number; queueMs: number },
): PlanOffer {
  const { accelerator, count, price, risk, startMs, energy } = candidate;
  const { estimate, paidMs } = drawnOffer(candidate, seed, drawCount);
  const odds = planOdds(paidMs, { queueMs, risk, usdPerHour: usdPerHour(price, count) }, limits);
  return {
    accelerator: accelerator.name,
    count,
    basis: estimate.basis,
    trainMs: estimate.trainMs,
    other: estimate.other,
    layout: estimate.layout,
    samples: samplesOf(estimate),
    startMs,
    evaluationMs: estimate.evaluationMs,
    stepTimeMs: estimate.stepTimeMs,
    stepTimeIntervalMs: intervalOf(estimate.stepTimeMs, estimate.timeLogSpread),
    breakdown: estimate.breakdown,
    mfu: estimate.mfu,
    memoryBytesPerAccelerator: estimate.memoryBytesPerAccelerator,
    energy,
    price,
    ...oddsFields(odds, count),
    limitedBy: estimate.limitedBy,
    evidence: estimate.evidence,
    calibration: estimate.calibration,
  };
}

/** Times until the end of a candidate, without the queue, ms, by rising time. */
export function drawnTimes(
  candidate: Candidate,
  { seed, drawCount }: { seed: string; drawCount: number },
): Float64Array {
  return drawnOffer(candidate, seed, drawCount).paidMs;
}

function drawnOffer(candidate: Candidate, seed: string, drawCount: number): DrawnOffer {
  const { accelerator, count, price, startMs, risk } = candidate;
  const known = drawn.get(candidate);
  if (known?.seed === seed && known.paidMs.length >= drawCount) return known;
  const estimate = { ...candidate.estimate, ...candidate.estimate.detail?.() };
  const name = `${accelerator.name} ${count} ${price.terms}`;
  const paidMs = drawPaidTimes({ ...estimate, startMs, risk }, { seed, name, drawCount });
  const offer = { estimate, paidMs, seed };
  drawn.set(candidate, offer);
  return offer;
}

function samplesOf({ samples, seedLogSpread }: TimeEstimate): PlanOffer["samples"] {
  return samples && { ...samples, ...intervalOf(samples.amount, seedLogSpread) };
}

/** Of 80 %, around a median. */
function intervalOf(
  median: number | undefined,
  logSpread: number,
): { low: number; high: number } | undefined {
  if (median === undefined) return undefined;
  const factor = Math.exp(deviationsOf80Percent * logSpread);
  return { low: median / factor, high: median * factor };
}

type OddsFields = Pick<
  PlanOffer,
  | "timeMs"
  | "usd"
  | "effectiveUsdPerAcceleratorHour"
  | "doneByDeadline"
  | "withinBudget"
  | "both"
  | "goodput"
  | "expectedInterruptions"
  | "checkpointIntervalMs"
>;

function oddsFields(odds: PlanOdds, count: number): OddsFields {
  const { effectiveUsdPerHour: effective } = odds;
  return {
    timeMs: finite(odds.timeMs),
    usd: odds.usd === undefined ? undefined : finite(odds.usd),
    effectiveUsdPerAcceleratorHour: effective === undefined ? undefined : effective / count,
    doneByDeadline: odds.doneByDeadline,
    withinBudget: odds.withinBudget,
    both: odds.both,
    goodput: odds.goodput,
    expectedInterruptions: odds.expectedInterruptions,
    checkpointIntervalMs: finiteOrNull(odds.checkpointIntervalMs),
  };
}

/** JSON has no infinity. */
function finite({ p10, p50, p90 }: Quantiles): PlanOffer["timeMs"] {
  return { p10: finiteOrNull(p10), p50: finiteOrNull(p50), p90: finiteOrNull(p90) };
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
