import type { PlanObjective, PlanOffer } from "../../schema/plan/run-plan.ts";
import { balance, least, type Candidate } from "./candidate.ts";

/** Limits of a plan; absent ones do not limit. */
export interface PlanLimits {
  budgetUsd?: number | undefined;
  deadlineMs?: number | undefined;
  maxEnergyKwh?: number | undefined;
}

/** Offers of a plan; a front of more is thinned evenly between its ends. */
const maximumOffers = 250;

/** The offers with the best values and every n-th of the others; those that meet the limits first. */
export function thinned(
  front: readonly Candidate[],
  { limits, queueMs }: { limits: PlanLimits; queueMs: number },
): Candidate[] {
  if (front.length <= maximumOffers) return [...front];
  const { budgetUsd = Number.POSITIVE_INFINITY, deadlineMs = Number.POSITIVE_INFINITY } = limits;
  const meets = front.filter(
    ({ usd, paidMs }) => usd <= budgetUsd && paidMs + queueMs <= deadlineMs,
  );
  const pool = meets.length > 0 ? meets : front;
  const kept = new Set([
    least(pool, ({ paidMs }) => paidMs),
    least(pool, ({ usd }) => usd),
    least(pool, ({ energy }) => energy?.kwh),
    least(pool, balance),
  ]);
  const step = pool.length / (maximumOffers - kept.size);
  for (let at = 0; at < pool.length; at += Math.max(1, step)) {
    const candidate = pool[Math.floor(at)];
    if (candidate !== undefined) kept.add(candidate);
  }
  return [...kept].toSorted((a, b) => a.paidMs - b.paidMs);
}

/** Offers with at least this probability of meeting the limits count as safe. */
const safeProbability = 0.8;

/**
 * The position of the offer that is best by the objective at its 90th percentile, so that uncertain ones lose, among those that meet the limits with a probability of 0.8;
 * without such offers, among those with the highest probability.
 */
export function recommend(
  offers: readonly PlanOffer[],
  { objective, limits }: { objective: PlanObjective; limits: PlanLimits },
): number {
  const hasLimit = limits.budgetUsd !== undefined || limits.deadlineMs !== undefined;
  const best = Math.max(...offers.map(chance));
  const needed = hasLimit ? Math.min(safeProbability, best) : 0;
  const value = (one: PlanOffer): number => {
    const [timeMs, usd] = [one.timeMs.p90, one.usd?.p90].map((x) => x ?? Number.POSITIVE_INFINITY);
    switch (objective) {
      case "time":
        return timeMs ?? 0;
      case "cost":
        return usd ?? 0;
      case "energy":
        return one.energy?.kwh ?? Number.POSITIVE_INFINITY;
      case "balanced":
        return (timeMs ?? 0) * (usd ?? 0);
    }
  };
  let chosen = 0;
  let chosenValue = Number.POSITIVE_INFINITY;
  for (const [at, one] of offers.entries()) {
    if (chance(one) < needed || value(one) >= chosenValue) continue;
    chosen = at;
    chosenValue = value(one);
  }
  return chosen;
}

/** The probability of meeting all limits; 1 without limits. */
function chance({ both, doneByDeadline, withinBudget }: PlanOffer): number {
  return both ?? doneByDeadline ?? withinBudget ?? 1;
}
