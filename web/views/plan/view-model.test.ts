import { describe, expect, test } from "vitest";
import { planExample, planTraining } from "../../../tests/support/plan-example.ts";
import {
  billShares,
  budgetMs,
  chosenOffer,
  energyShares,
  limitRanges,
  offerId,
  scalingSteps,
  stepShares,
} from "./view-model.ts";
import { searchPlan } from "../../../src/planner/search/plan-training.ts";

const request = planExample({
  machines: [
    [100, 2],
    [300, 1],
  ],
});
const outcome = planTraining(request);
if (outcome.kind !== "planned") throw new Error("the example has a plan");
const { front } = outcome;
const [offer] = front;
if (offer === undefined) throw new Error("the example has an offer");

function sumOf(parts: readonly { amount: number }[]): number {
  return parts.reduce((sum, { amount }) => sum + amount, 0);
}

describe("the page of a plan", () => {
  test("chooses the offer of the address, else the recommended one", () => {
    const last = front.at(-1) ?? offer;
    expect(chosenOffer({ front, recommended: 0 }, offerId(last))).toBe(front.length - 1);
    expect(chosenOffer({ front, recommended: 1 }, "7xnothing")).toBe(1);
  });

  test("identifies each offer of a front", () => {
    expect(new Set(front.map(offerId)).size).toBe(front.length);
  });

  test("splits the bill and the energy into parts that add up", () => {
    for (const one of front) {
      expect(sumOf(billShares(one))).toBeCloseTo(one.usd?.p50 ?? 0, 6);
      expect(sumOf(energyShares(one))).toBeCloseTo(one.energy?.kwh ?? 0, 6);
    }
  });

  test("puts small parts of a step together, and keeps the sum", () => {
    const breakdown = {
      gemm: 100,
      attention: 20,
      elementwise: 0.2,
      tensorParallel: 0,
      contextParallel: 0,
      expertParallel: 0,
      pipelineTransfer: 0,
      bubble: 0,
      dataParallel: 0.3,
      optimizer: 5,
      offload: 0,
      host: 0,
      stragglers: 0,
    };
    const parts = stepShares({ ...offer, breakdown });
    expect(parts.map(({ label }) => label)).toEqual([
      "matrix products",
      "attention",
      "optimizer",
      "other parts",
    ]);
    expect(sumOf(parts)).toBeCloseTo(125.5, 9);
  });

  test("gives sliders ranges that contain the whole front", () => {
    const { usd, timeMs } = limitRanges(front);
    for (const one of front) {
      expect(one.usd?.p50).toBeGreaterThan(usd.from);
      expect(one.timeMs.p50).toBeLessThan(timeMs.to);
    }
  });

  test("takes the fastest time of each number of accelerators", () => {
    const { candidates } = searchPlan(request);
    const name = candidates[0]?.accelerator.name ?? "";
    const steps = scalingSteps(candidates, name);
    const counts = steps.map(({ count }) => count);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    for (const { count, timeMs, lowMs, highMs } of steps) {
      expect(lowMs).toBeLessThanOrEqual(timeMs);
      expect(highMs).toBeGreaterThanOrEqual(timeMs);
      const all = candidates.filter((one) => one.accelerator.name === name && one.count === count);
      expect(timeMs).toBe(Math.min(...all.map(({ estimate }) => estimate.trainMs)));
    }
  });

  test("says when a budget is used up, after the wait", () => {
    const budgetUsd = offer.usd?.p50 ?? 0;
    const found = budgetMs(offer, { budgetUsd, queueMs: 1000 }) ?? 0;
    expect(found / (1000 + (offer.timeMs.p50 ?? 0))).toBeCloseTo(1, 6);
    expect(budgetMs(offer, { budgetUsd: undefined, queueMs: 0 })).toBeUndefined();
  });
});
