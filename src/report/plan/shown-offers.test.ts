import { describe, expect, test } from "vitest";
import type { PlanOffer, RunPlan } from "../../schema/plan/run-plan.ts";
import { planExample, planTraining } from "../../../tests/support/plan-example.ts";
import { shownOffers } from "./shown-offers.ts";

/** A front of a number of offers: each takes longer, costs less and needs less energy than the one before. */
function planOf(count: number, recommended: number): RunPlan {
  const outcome = planTraining(planExample({ machines: [[100, 1]] }));
  if (outcome.kind !== "planned") throw new Error("the example has a plan");
  const [offer] = outcome.front;
  if (offer === undefined) throw new Error("the example has an offer");
  const front = Array.from({ length: count }, (_, at): PlanOffer => {
    const timeMs = { p10: at, p50: at, p90: at };
    return { ...offer, timeMs, usd: { p10: 0, p50: count - at, p90: 0 } };
  });
  return {
    goal: "example",
    limits: { maxCount: 1 },
    objective: "time",
    seed: "1",
    drawCount: 1,
    recommended,
    front,
    consideredCount: count,
    losses: [],
    notes: [],
  };
}

describe("shownOffers", () => {
  test("shows a short front in full", () => {
    const plan = planOf(12, 3);
    expect(shownOffers(plan)).toBe(plan.front);
  });

  test("keeps the recommended offer and the ends of a long front, in its order", () => {
    const plan = planOf(100, 37);
    const at = shownOffers(plan).map((offer) => plan.front.indexOf(offer));
    expect(at).toHaveLength(12);
    expect(at).toEqual(at.toSorted((a, b) => a - b));
    expect(at).toEqual(expect.arrayContaining([0, 37, 99]));
  });
});
