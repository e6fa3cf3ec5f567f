import type { ExpectedAmount, PlanExpectation } from "../../schema/plan/plan-expectation.ts";
import type { PlanOffer } from "../../schema/plan/run-plan.ts";

/** What is planned, apart from the offer. */
export interface PlannedTraining {
  /** `llama31-8b on 100 B tokens`. */
  goal: string;
  /** The benchmark or the model. */
  subject: string;
  /** Day of the plan: `2026-11-29`. */
  plannedOn: string;
  queueMs: number;
}

/**
 * What a run of an offer is expected to be, part by part. Energy is proportional to the paid time, so its percentiles are
 * those of the time.
 */
export function expectationOf(offer: PlanOffer, planned: PlannedTraining): PlanExpectation {
  const { startMs, trainMs, timeMs, evaluationMs, samples, usd, energy } = offer;
  const { queueMs, ...named } = planned;
  const waitMs = startMs + queueMs;
  const expectedPaidMs = startMs + trainMs / offer.goodput;
  return {
    ...named,
    accelerator: offer.accelerator,
    count: offer.count,
    basis: offer.basis,
    trainMs: mapped(timeMs, (ms) => ms - waitMs) ?? { p50: trainMs },
    timeMs: mapped(timeMs, (ms) => ms) ?? { p50: trainMs + waitMs },
    startMs: { p50: startMs },
    queueMs: queueMs === 0 ? undefined : queueMs,
    evaluationMs: evaluationMs === undefined ? undefined : { p50: evaluationMs },
    stepTimeMs: around(offer.stepTimeMs, offer.stepTimeIntervalMs),
    breakdown: offer.breakdown,
    samples: samples && { p50: samples.amount, ...ends(samples), basis: samples.basis },
    usd: usd && mapped(usd, (dollars) => dollars),
    // An unknown energy is left out.
    energyKwh: energy && mapped(timeMs, (ms) => (energy.kwh / expectedPaidMs) * (ms - queueMs)),
    energy,
    goodput: offer.goodput,
    price: offer.price,
    layout: offer.layout,
    evidence: offer.evidence?.text,
    calibration: offer.calibration,
  };
}

/** Undefined if the median is infinite: a training that never ends. */
function mapped(
  { p10, p50, p90 }: PlanOffer["timeMs"],
  convert: (value: number) => number,
): ExpectedAmount | undefined {
  if (p50 === null) return undefined;
  return {
    p50: convert(p50),
    ...(p10 === null ? {} : { p10: convert(p10) }),
    ...(p90 === null ? {} : { p90: convert(p90) }),
  };
}

function around(
  median: number | undefined,
  interval: { low: number; high: number } | undefined,
): ExpectedAmount | undefined {
  return median === undefined ? undefined : { p50: median, ...ends(interval ?? {}) };
}

function ends({ low, high }: { low?: number | undefined; high?: number | undefined }) {
  return {
    ...(low === undefined ? {} : { p10: low }),
    ...(high === undefined ? {} : { p90: high }),
  };
}
