import type { Accelerator } from "../../schema/catalogue.ts";
import type { EnergyTable, InterruptionTable, Region } from "../../schema/plan/plan-tables.ts";
import type {
  PlannedPrice,
  PlanLoss,
  PlanObjective,
  PlanOffer,
} from "../../schema/plan/run-plan.ts";
import { energyOfTraining } from "../energy/energy-of-training.ts";
import { expectedGoodput } from "../odds/interruptions.ts";
import { least, usdPerHour, valuesOf, type Candidate } from "./candidate.ts";
import { recommend, thinned, type PlanLimits } from "./choose-offers.ts";
import { dominatedLosses } from "./dominated-losses.ts";
import { drawnTimes, offerOf } from "./offer-of-candidate.ts";
import { failureRates, riskOf } from "./offer-odds.ts";
import { paretoFront } from "./pareto-archive.ts";
import { pricesFor } from "./price-offers.ts";
import type { TimeEstimate, TimeSource } from "./time-estimate.ts";

/** What a plan is searched in. */
export interface PlanSpace {
  /** Accelerators and the numbers of each to consider, by rising number. */
  machines: readonly { accelerator: Accelerator; counts: readonly number[] }[];
  times: TimeSource;
  prices: ReadonlyMap<string, readonly PlannedPrice[]>;
  interruptions: InterruptionTable;
  energy: EnergyTable;
  region: Region;
  /** Of the trained model, for its checkpoints. */
  parameterCount?: number | undefined;
}

/** What a plan has to meet. */
export interface PlanWishes {
  limits: PlanLimits;
  objective: PlanObjective;
  queueMs: number;
  seed: string;
  drawCount: number;
}

/** All machines that a training can run on, without limits, and why others cannot. */
export interface SearchedPlan {
  candidates: readonly Candidate[];
  losses: readonly PlanLoss[];
}

export type PlanOutcome =
  | {
      kind: "planned";
      front: readonly PlanOffer[];
      /** For each offer, drawn times until the end, without the queue, ms, by rising time. */
      paidMs: readonly Float64Array[];
      recommended: number;
      losses: readonly PlanLoss[];
      consideredCount: number;
    }
  /** No machine has a time, a price and room for the model. */
  | { kind: "nothing"; losses: readonly PlanLoss[] }
  | { kind: "over-energy"; least: PlanOffer }
  | { kind: "over-budget"; cheapest: PlanOffer }
  | { kind: "after-deadline"; fastest: PlanOffer }
  /** Each limit can be met, but not both at once. */
  | { kind: "not-together"; cheapestInTime: PlanOffer; fastestInBudget: PlanOffer };

/**
 * The Pareto front of time, cost and energy over all machines, numbers of accelerators, batch sizes and prices that meet
 * the limits, with the odds of each offer, and the one that fits limits and objective best. The odds of an offer are drawn
 * once, so limits can change many times per second.
 */
export function choosePlan(searched: SearchedPlan, wishes: PlanWishes): PlanOutcome {
  const { candidates, losses } = decidesByEnergy(wishes) ? withKnownEnergy(searched) : searched;
  if (candidates.length === 0) return { kind: "nothing", losses };
  const offer = (candidate: Candidate): PlanOffer => offerOf(candidate, wishes);
  const { maxEnergyKwh = Number.POSITIVE_INFINITY } = wishes.limits;
  const within = candidates.filter(
    ({ energy }) => energy === undefined || energy.kwh <= maxEnergyKwh,
  );
  if (within.length === 0)
    return { kind: "over-energy", least: offer(least(candidates, ({ energy }) => energy?.kwh)) };
  const unmet = unmetLimit(within, wishes, offer);
  if (unmet !== undefined) return unmet;
  const front = paretoFront(within, valuesOf);
  const shown = thinned(front, wishes);
  const offers = shown.map(offer);
  return {
    kind: "planned",
    front: offers,
    paidMs: shown.map((candidate) => drawnTimes(candidate, wishes)),
    recommended: recommend(offers, wishes),
    losses: [...losses, ...dominatedLosses(within, front)],
    consideredCount: candidates.length,
  };
}

function decidesByEnergy({ limits, objective }: PlanWishes): boolean {
  return objective === "energy" || limits.maxEnergyKwh !== undefined;
}

/** Leaves out accelerators whose energy is unknown, and says so. */
function withKnownEnergy({ candidates, losses }: SearchedPlan): SearchedPlan {
  const known = candidates.filter(({ energy }) => energy !== undefined);
  const names = new Set(candidates.map(({ accelerator }) => accelerator.name));
  for (const { accelerator } of known) names.delete(accelerator.name);
  const unknown = [...names].map((accelerator): PlanLoss => ({
    accelerator,
    reason: "no-power-limit",
    text: "its energy is unknown: the catalog has no power limit of it",
  }));
  return { candidates: known, losses: [...unknown, ...losses] };
}

/** Every machine, number of accelerators, batch size and price, with expected time, cost and energy. */
export function searchPlan(space: PlanSpace): SearchedPlan {
  const losses: PlanLoss[] = [];
  const rates = failureRates(space.interruptions);
  const found: Candidate[] = [];
  for (const { accelerator, counts } of space.machines) {
    const prices = space.prices.get(accelerator.name) ?? [];
    if (prices.length === 0) {
      losses.push(withoutPrice(accelerator));
      continue;
    }
    const before = found.length;
    let lastLoss: PlanLoss | undefined;
    for (const count of counts) {
      const answer = space.times(accelerator, count);
      if (answer.kind === "none") {
        const { reason, text } = answer;
        lastLoss = { accelerator: accelerator.name, count, reason, text };
        continue;
      }
      for (const estimate of answer.estimates)
        for (const price of pricesFor(prices, count)) {
          const risk = riskOf({
            accelerator,
            acceleratorCount: count,
            price,
            parameterCount: space.parameterCount,
            table: space.interruptions,
            rates,
          });
          found.push(keptCandidate({ accelerator, count, estimate, price, risk }, space));
        }
    }
    if (found.length === before && lastLoss !== undefined) losses.push(lastLoss);
  }
  return { candidates: found.filter(({ paidMs }) => Number.isFinite(paidMs)), losses };
}

function withoutPrice({ name }: Accelerator): PlanLoss {
  return {
    accelerator: name,
    reason: "no-price",
    text: `no price from the last two years; give one with --price ${name}=<dollars per accelerator-hour>`,
  };
}

type CandidateParts = Pick<Candidate, "accelerator" | "count" | "estimate" | "price" | "risk">;

const kept = new WeakMap<TimeEstimate, Map<string, Candidate>>();

/** The candidate of an earlier search with the same estimate, price and region, so that its odds are not drawn again. */
function keptCandidate(parts: CandidateParts, space: PlanSpace): Candidate {
  const { estimate, price } = parts;
  const key = `${space.region.region} ${priceKey(price)}`;
  const ofEstimate = kept.get(estimate) ?? new Map<string, Candidate>();
  kept.set(estimate, ofEstimate);
  const candidate = ofEstimate.get(key) ?? candidateOf(parts, space);
  ofEstimate.set(key, candidate);
  return candidate;
}

const priceKeys = new WeakMap<PlannedPrice, string>();

/** The same for prices with the same fields; candidates of one accelerator share their prices. */
function priceKey(price: PlannedPrice): string {
  const key = priceKeys.get(price) ?? JSON.stringify(price);
  priceKeys.set(price, key);
  return key;
}

function candidateOf(parts: CandidateParts, space: PlanSpace): Candidate {
  const { accelerator, count, estimate, price, risk } = parts;
  const { seconds, secondsPerDoubling } = space.interruptions.start;
  const learned = estimate.calibration?.start ?? 1;
  const startMs = learned * 1000 * (seconds + secondsPerDoubling * Math.log2(count));
  const paidMs = startMs + estimate.trainMs / expectedGoodput(risk);
  const energy = energyOfTraining({
    accelerator,
    acceleratorCount: count,
    timeMs: paidMs,
    mfu: estimate.mfu,
    region: space.region,
    table: space.energy,
  });
  const usd = (usdPerHour(price, count) * paidMs) / 3_600_000;
  // Every field by name: engines take microseconds for a field that follows a spread object.
  return { accelerator, count, estimate, price, risk, startMs, paidMs, usd, energy };
}

function unmetLimit(
  candidates: readonly Candidate[],
  { limits, queueMs }: PlanWishes,
  offer: (candidate: Candidate) => PlanOffer,
): PlanOutcome | undefined {
  const { budgetUsd = Number.POSITIVE_INFINITY, deadlineMs = Number.POSITIVE_INFINITY } = limits;
  const inBudget = candidates.filter(({ usd }) => usd <= budgetUsd);
  if (inBudget.length === 0)
    return { kind: "over-budget", cheapest: offer(least(candidates, ({ usd }) => usd)) };
  const inTime = candidates.filter(({ paidMs }) => paidMs + queueMs <= deadlineMs);
  if (inTime.length === 0)
    return { kind: "after-deadline", fastest: offer(least(candidates, ({ paidMs }) => paidMs)) };
  if (inBudget.some(({ paidMs }) => paidMs + queueMs <= deadlineMs)) return undefined;
  return {
    kind: "not-together",
    cheapestInTime: offer(least(inTime, ({ usd }) => usd)),
    fastestInBudget: offer(least(inBudget, ({ paidMs }) => paidMs)),
  };
}
