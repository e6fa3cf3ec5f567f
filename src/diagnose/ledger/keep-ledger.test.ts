import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dalyIntervalMs } from "./advise-checkpoints.ts";
import { keepLedger } from "./keep-ledger.ts";
import type { RunTimeline } from "./run-timeline.ts";

/** An attempt from step 0 that is killed at 70 s, and one that continues from step 20 and reaches the target at 160 s. */
const restarted: RunTimeline = {
  endedMs: 165_000,
  clockStartMs: 10_000,
  clockStopMs: 160_000,
  basis: "steps",
  billedUsd: 16.5,
  attempts: [
    {
      launchedMs: 0,
      failedMs: 70_000,
      decidedMs: 75_000,
      progress: [
        { fromMs: 10_000, toMs: 40_000, from: 0, to: 20 },
        { fromMs: 40_000, toMs: 64_000, from: 20, to: 36 },
      ],
    },
    {
      launchedMs: 78_000,
      failedMs: undefined,
      decidedMs: undefined,
      progress: [{ fromMs: 90_000, toMs: 160_000, from: 20, to: 60 }],
    },
  ],
  evaluations: [{ fromMs: 100_000, toMs: 104_000 }],
  checkpoints: [{ fromMs: 39_000, toMs: 40_000 }],
};

describe("keepLedger", () => {
  test("divides the time of a run that was restarted", () => {
    expect(keepLedger(restarted)).toMatchObject({
      wallMs: 165_000,
      partsMs: {
        initialization: 10_000,
        productive: 29_000 + 66_000,
        checkpoint: 1000,
        evaluation: 4000,
        redone: 24_000,
        detection: 6000,
        restart: 5000 + 12_000,
        waiting: 3000,
        shutdown: 5000,
        unknown: 0,
      },
      basis: "steps",
      goodput: 95_000 / 165_000,
      attemptCount: 2,
      failureCount: 1,
      failureUsd: expect.closeTo(5, 9),
    });
  });

  test("does not divide training whose progress is unknown", () => {
    const [first] = restarted.attempts;
    if (first === undefined) throw new Error("no attempt");
    const blind = keepLedger({ ...restarted, attempts: [{ ...first, progress: [] }] });
    expect(blind.basis).toBe("none");
    expect(blind.goodput).toBeUndefined();
    expect(blind.partsMs).toMatchObject({ initialization: 10_000, unknown: 59_000, productive: 0 });
  });

  test("counts an attempt that failed before its first step as a restart", () => {
    const [first, last] = restarted.attempts;
    if (first === undefined || last === undefined) throw new Error("no attempt");
    const between = { launchedMs: 76_000, failedMs: 77_000, decidedMs: 77_500, progress: [] };
    const { partsMs } = keepLedger({ ...restarted, attempts: [first, between, last] });
    expect(partsMs).toMatchObject({ restart: 5000 + 1500 + 12_000, waiting: 1000 + 500 });
  });

  test("advises an interval between checkpoints from the failures and the cost of a checkpoint", () => {
    const { checkpointAdvice } = keepLedger(restarted);
    expect(checkpointAdvice).toMatchObject({
      meanBetweenFailuresMs: 165_000,
      checkpointMs: 1000,
      checkpointCount: 1,
    });
    // Young: sqrt(2 * 1 s * 165 s) = 18.166 s. Daly: 18.166 s * (1 + 0.01835 + 0.00034) - 1 s.
    expect(checkpointAdvice?.intervalMs).toBeCloseTo(17_505, 0);
  });

  test.each([
    [1000, 100_000],
    [20_000, 3_600_000],
    [60_000, 86_400_000],
  ])("loses the least at the interval that is advised: %i ms, %i ms", (costMs, betweenMs) => {
    // Daly 2006, equation 20, without the time of a restart, which does not depend on the interval.
    const lost = (intervalMs: number): number =>
      (betweenMs * (Math.exp((intervalMs + costMs) / betweenMs) - 1)) / intervalMs;
    const best = dalyIntervalMs(costMs, betweenMs);
    for (const factor of [0.8, 1.25]) expect(lost(best)).toBeLessThan(lost(best * factor));
  });

  const moment = fc.integer({ min: 0, max: 1000 });
  const span = fc.tuple(moment, moment).map(([a, b]) => ({
    fromMs: Math.min(a, b),
    toMs: Math.max(a, b),
  }));
  const maybe = fc.option(moment, { nil: undefined });
  const attempt = fc.record({
    launchedMs: moment,
    failedMs: maybe,
    decidedMs: maybe,
    progress: fc.array(
      fc.tuple(span, moment, moment).map(([{ fromMs, toMs }, a, b]) => {
        return { fromMs, toMs, from: Math.min(a, b), to: Math.max(a, b) };
      }),
      { maxLength: 4 },
    ),
  });

  test("adds up to the wall time, whatever the events say", () => {
    fc.assert(
      fc.property(
        fc.record({
          endedMs: moment,
          clockStartMs: maybe,
          clockStopMs: maybe,
          attempts: fc.array(attempt, { minLength: 1, maxLength: 4 }),
          evaluations: fc.array(span, { maxLength: 4 }),
          checkpoints: fc.array(span, { maxLength: 4 }),
          basis: fc.constantFrom("steps" as const, "evaluations" as const),
        }),
        (timeline) => {
          const { partsMs, wallMs, goodput = 0 } = keepLedger(timeline);
          const parts = Object.values(partsMs);
          expect(parts.reduce((sum, each) => sum + each, 0)).toBeCloseTo(wallMs, 6);
          expect(Math.min(...parts)).toBeGreaterThanOrEqual(0);
          expect(goodput).toBeLessThanOrEqual(1);
        },
      ),
    );
  });
});
