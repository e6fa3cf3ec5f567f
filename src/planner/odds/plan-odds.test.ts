import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkpointIntervalMs, expectedGoodput, type InterruptionRisk } from "./interruptions.ts";
import {
  drawPaidTimes,
  planOdds,
  type OddsInput,
  type OddsQuestion,
  type PlanOdds,
} from "./plan-odds.ts";

const hourMs = 3_600_000;

const calm: InterruptionRisk = {
  acceleratorCount: 8,
  failuresPerAcceleratorHour: 2e-5,
  failureRateLogSpread: 0.5,
  restartMs: 900_000,
  checkpointMs: 30_000,
};

const day: OddsInput = {
  trainMs: 24 * hourMs,
  timeLogSpread: 0.08,
  seedLogSpread: 0.04,
  startMs: 60_000,
  queueMs: 0,
  risk: calm,
  usdPerHour: 20,
};

const spot = {
  instanceCount: 16,
  lowPerInstanceHour: 1e-4,
  highPerInstanceHour: 1e-3,
  replacementMs: 600_000,
};

function oddsOf(
  input: OddsInput,
  { seed, drawCount = 10_000, ...question }: OddsQuestion & { seed: number; drawCount?: number },
): PlanOdds {
  return planOdds(drawPaidTimes(input, { seed, name: "", drawCount }), input, question);
}

describe("planOdds", () => {
  test("has the predicted time as its median where almost nothing fails", () => {
    const odds = oddsOf(day, { seed: 1 });
    expect(odds.timeMs.p50 / day.trainMs).toBeCloseTo(1, 1);
    expect(odds.usd?.p50).toBeCloseTo((20 * odds.timeMs.p50) / hourMs, 6);
    expect(odds.goodput).toBeGreaterThan(0.97);
  });

  test("gives the same answer for the same seed, and another one for another seed", () => {
    const first = oddsOf(day, { seed: 7, deadlineMs: 25 * hourMs });
    expect(oddsOf(day, { seed: 7, deadlineMs: 25 * hourMs })).toEqual(first);
    expect(oddsOf(day, { seed: 8, deadlineMs: 25 * hourMs }).timeMs).not.toEqual(first.timeMs);
  });

  test("takes longer at 16,384 accelerators than undisturbed, as Llama 3 did with above 90 % effective time", () => {
    const risk = { ...calm, acceleratorCount: 16_384, failuresPerAcceleratorHour: 1.97e-5 };
    const { goodput, expectedInterruptions } = oddsOf(
      { ...day, trainMs: 54 * 24 * hourMs, risk },
      { seed: 1 },
    );
    expect(goodput).toBeGreaterThan(0.85);
    expect(goodput).toBeLessThan(0.97);
    expect(expectedInterruptions).toBeGreaterThan(380);
    expect(expectedInterruptions).toBeLessThan(560);
  });

  test("counts the queue as time and not as cost", () => {
    const waiting = oddsOf({ ...day, queueMs: 6 * hourMs }, { seed: 1 });
    const immediate = oddsOf(day, { seed: 1 });
    expect(waiting.timeMs.p50 - immediate.timeMs.p50).toBeCloseTo(6 * hourMs, 0);
    expect(waiting.usd).toEqual(immediate.usd);
  });

  test("never finishes where interruptions come faster than work", () => {
    const risk = { ...calm, acceleratorCount: 1e7, failureRateLogSpread: 0 };
    const odds = oddsOf({ ...day, risk }, { seed: 1, deadlineMs: 1e12 });
    expect(odds).toMatchObject({ goodput: 0, doneByDeadline: 0 });
    expect(odds.timeMs.p50).toBe(Number.POSITIVE_INFINITY);
  });

  test("is slower and less certain on spot instances", () => {
    const spotted = oddsOf({ ...day, risk: { ...calm, spot } }, { seed: 1 });
    const steady = oddsOf(day, { seed: 1 });
    expect(spotted.timeMs.p90).toBeGreaterThan(steady.timeMs.p90);
    expect(spotted.effectiveUsdPerHour ?? 0).toBeGreaterThan(steady.effectiveUsdPerHour ?? 0);
  });

  test("grows with the deadline and with the budget", () => {
    const amount = fc.double({ min: 0.1, max: 100, noNaN: true });
    const seed = fc.integer();
    fc.assert(
      fc.property(amount, amount, seed, (one, other, seed) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        const at = (scale: number) =>
          oddsOf(
            { ...day, risk: { ...calm, spot } },
            { seed, drawCount: 300, deadlineMs: scale * hourMs, budgetUsd: scale * 20 },
          );
        const [early, late] = [at(low), at(high)];
        expect(late.doneByDeadline).toBeGreaterThanOrEqual(early.doneByDeadline ?? 2);
        expect(late.withinBudget).toBeGreaterThanOrEqual(early.withinBudget ?? 2);
        expect(late.both).toBeGreaterThanOrEqual(early.both ?? 2);
        expect(late.both).toBeLessThanOrEqual(
          Math.min(late.doneByDeadline ?? 0, late.withinBudget ?? 0),
        );
      }),
      { numRuns: 40 },
    );
  });
});

describe("checkpointIntervalMs", () => {
  test("loses less than half and twice the interval", () => {
    const rate = 1 / hourMs;
    const lossAt = (interval: number): number => 60_000 / interval + (rate * interval) / 2;
    const best = checkpointIntervalMs(rate, 60_000);
    expect(lossAt(best)).toBeLessThan(lossAt(best / 2));
    expect(lossAt(best)).toBeLessThan(lossAt(best * 2));
  });
});

describe("expectedGoodput", () => {
  test("falls with the number of accelerators", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.integer({ min: 1, max: 100_000 }),
        (a, b) => {
          const at = (count: number): number =>
            expectedGoodput({ ...calm, acceleratorCount: count });
          expect(at(Math.min(a, b))).toBeGreaterThanOrEqual(at(Math.max(a, b)));
        },
      ),
    );
  });
});
