import type { PlanOffer, RunPlan } from "../../schema/plan/run-plan.ts";

/** Rows of the table of a plan in a terminal. */
const maximumRows = 12;

/**
 * The offers that a terminal shows, in the order of the front: all of a short one, else the recommended, the fastest, the
 * cheapest and the one with the least energy, and the others at equal distances.
 */
export function shownOffers({ front, recommended }: RunPlan): readonly PlanOffer[] {
  if (front.length <= maximumRows) return front;
  const kept = new Set(
    [
      front[recommended],
      leastOf(front, ({ timeMs }) => timeMs.p50),
      leastOf(front, ({ usd }) => usd?.p50),
      leastOf(front, ({ energy }) => energy?.kwh),
    ].filter((offer) => offer !== undefined),
  );
  const others = front.filter((offer) => !kept.has(offer));
  const free = maximumRows - kept.size;
  for (let row = 0; row < free; row++) {
    const offer = others[Math.floor(((row + 0.5) * others.length) / free)];
    if (offer !== undefined) kept.add(offer);
  }
  return front.filter((offer) => kept.has(offer));
}

function leastOf(
  offers: readonly PlanOffer[],
  valueOf: (offer: PlanOffer) => number | null | undefined,
): PlanOffer | undefined {
  const value = (offer: PlanOffer): number => valueOf(offer) ?? Number.POSITIVE_INFINITY;
  return offers.toSorted((a, b) => value(a) - value(b))[0];
}
