import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StepSample } from "../../schema/run/measured/telemetry-sample.ts";
import { findLossSpike } from "./find-loss-spike.ts";
import { findSlowRanks } from "./find-slow-ranks.ts";

interface Parts {
  computeMs?: number;
  dataMs?: number;
  /** Time in none of the measured parts. */
  otherMs?: number;
}

/** Synchronous training: each rank waits in communication for the slowest one. */
function samples(ranks: readonly Parts[], { measuresWaits = true, count = 12 } = {}) {
  const parts = ranks.map((each) => ({ computeMs: 100, dataMs: 2, otherMs: 1, ...each }));
  const own = parts.map(({ computeMs, dataMs, otherMs }) => computeMs + dataMs + otherMs);
  const stepMs = Math.max(...own) + 10;
  return new Map(
    parts.map(({ computeMs, dataMs }, rank) => {
      const communicationMs = measuresWaits ? stepMs - (own[rank] ?? 0) : 0;
      const all = Array.from({ length: count }, (_, index): StepSample => {
        const jitter = 1 + 0.01 * Math.sin(index * 7 + rank);
        return {
          kind: "step",
          rank,
          step: (index + 1) * 10,
          stepCount: 10,
          samplesCount: 0,
          timeMs: index * stepMs * 10,
          computeMs: computeMs * 10 * jitter,
          dataWaitMs: dataMs * 10,
          communicationMs: communicationMs * 10,
        };
      });
      return [rank, all] as const;
    }),
  );
}

const usual: Parts = {};

/** DDP without reports of when gradients are sent: each rank waits for the slowest one in its backward pass of 60 ms. */
function hidden(forwardsMs: readonly number[]): Map<number, StepSample[]> {
  const slowestMs = Math.max(...forwardsMs);
  const made = samples(
    forwardsMs.map(() => ({ computeMs: slowestMs + 60 })),
    {
      measuresWaits: false,
    },
  );
  return new Map(
    [...made].map(([rank, all]) => {
      const forwardMs = (forwardsMs[rank] ?? 0) * 10;
      const parts = all.map((each) => ({
        ...each,
        forwardMs,
        backwardMs: each.computeMs - forwardMs,
        optimizerMs: 0,
      }));
      return [rank, parts] as const;
    }),
  );
}

describe("findSlowRanks", () => {
  test("names a slow rank although other work disturbs all ranks in a third of the samples", () => {
    const disturbed = [...samples([usual, usual, { computeMs: 140 }, usual])].map(([rank, all]) => {
      const longer = all.map((each, index) => {
        const lostMs = index % 3 === 1 ? 600 : 0;
        return { ...each, communicationMs: each.communicationMs + lostMs };
      });
      return [rank, longer] as const;
    });
    expect(findSlowRanks(new Map(disturbed))).toMatchObject([
      { kind: "compute-straggler", ranks: [2] },
    ]);
  });

  test.each([
    { name: "two ranks", ranks: [usual, { computeMs: 160 }], expected: [1] },
    { name: "four ranks", ranks: [usual, usual, { computeMs: 130 }, usual], expected: [2] },
    {
      name: "two slow ranks of eight",
      ranks: [usual, { computeMs: 150 }, usual, usual, usual, { computeMs: 150 }, usual, usual],
      expected: [1, 5],
    },
    {
      name: "a sleep outside the measured parts",
      ranks: [usual, usual, usual, { otherMs: 50 }],
      expected: [3],
    },
  ])("blames the rank that the others wait for: $name", ({ ranks, expected }) => {
    expect(findSlowRanks(samples(ranks))).toMatchObject([
      { kind: "compute-straggler", ranks: expected },
    ]);
  });

  test("blames the rank that the others wait for in their backward pass", () => {
    expect(findSlowRanks(hidden([40, 40, 65, 40]))).toMatchObject([
      { kind: "compute-straggler", ranks: [2] },
    ]);
    expect(findSlowRanks(hidden([40, 41, 40, 39]))).toEqual([]);
    expect(findSlowRanks(hidden([40, 60, 40, 60]))).toEqual([]);
  });

  test("calls it data starvation if the rank waits for data", () => {
    const found = findSlowRanks(samples([usual, { dataMs: 60 }, usual, usual]));
    expect(found).toMatchObject([{ kind: "data-starvation", ranks: [1] }]);
    expect(found[0]?.kind === "data-starvation" && found[0].lostMsPerStep).toBeCloseTo(58, 0);
  });

  test("blames no rank if all wait for data", () => {
    const all = samples(Array.from({ length: 4 }, () => ({ dataMs: 80 })));
    expect(findSlowRanks(all)).toMatchObject([{ kind: "data-starvation", ranks: [] }]);
  });

  test("uses the ranks' own time where the program does not measure waiting", () => {
    const found = findSlowRanks(
      samples([usual, usual, usual, { computeMs: 170 }], { measuresWaits: false }),
    );
    expect(found).toMatchObject([{ ranks: [3], likelihood: 0.7 }]);
  });

  test("blames none of equal ranks, of one rank, or without enough samples", () => {
    expect(findSlowRanks(samples([usual, usual, usual]))).toEqual([]);
    expect(findSlowRanks(samples([usual]))).toEqual([]);
    expect(findSlowRanks(samples([usual, { computeMs: 160 }], { count: 3 }))).toEqual([]);
  });

  test("takes differences of half the ranks for a design, such as pipeline stages", () => {
    const found = findSlowRanks(samples([usual, usual, { computeMs: 160 }, { computeMs: 160 }]));
    expect(found).toEqual([]);
  });

  test("does not depend on the order of the ranks", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 40 }), fc.nat(), (count, chosen) => {
        const slow = chosen % count;
        const ranks = Array.from({ length: count }, (_, rank) =>
          rank === slow ? { computeMs: 140 } : usual,
        );
        expect(findSlowRanks(samples(ranks))).toMatchObject([{ ranks: [slow] }]);
      }),
      { numRuns: 30 },
    );
  });
});

describe("findLossSpike", () => {
  const losses = (values: readonly number[]) =>
    new Map([
      [
        0,
        values.map((loss, index): StepSample => ({
          kind: "step",
          rank: 0,
          step: index + 1,
          stepCount: 1,
          samplesCount: 0,
          timeMs: index,
          computeMs: 1,
          communicationMs: 0,
          dataWaitMs: 0,
          loss,
        })),
      ],
    ]);
  const falling = Array.from(
    { length: 60 },
    (_, step) => 3 * 0.97 ** step + 0.02 * Math.sin(step * 5),
  );

  test("finds a jump above the recent past", () => {
    const values = falling.map((loss, step) => (step === 40 ? 9 : loss));
    expect(findLossSpike(losses(values))).toMatchObject({ kind: "loss-spike", step: 41, loss: 9 });
  });

  test("finds nothing in a falling, a flat or a short curve", () => {
    expect(findLossSpike(losses(falling))).toBeUndefined();
    expect(findLossSpike(losses(falling.map(() => 1)))).toBeUndefined();
    expect(findLossSpike(losses([1, 1, 9]))).toBeUndefined();
  });
});
