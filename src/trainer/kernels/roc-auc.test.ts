import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rocAuc } from "./roc-auc.ts";

describe("rocAuc", () => {
  test.each([
    {
      name: "is 1 where every positive is above every negative",
      scores: [1, 2, 3, 4],
      labels: [0, 0, 1, 1],
      expected: 1,
    },
    {
      name: "is 0 where every positive is below every negative",
      scores: [4, 3, 2, 1],
      labels: [0, 0, 1, 1],
      expected: 0,
    },
    { name: "counts equal scores half", scores: [7, 7, 7], labels: [0, 1, 0], expected: 0.5 },
    {
      name: "counts one tie among three pairs half",
      scores: [1, 2, 2, 3],
      labels: [0, 0, 1, 0],
      expected: 0.5,
    },
    {
      name: "sees infinite scores as ends of the ranking",
      scores: [-Infinity, 0, Infinity],
      labels: [0, 0, 1],
      expected: 1,
    },
  ])("$name", ({ scores, labels, expected }) => {
    expect(rocAuc(scores, labels)).toBe(expected);
  });

  test.each([
    { name: "is undefined without negatives", scores: [1, 2], labels: [1, 1] },
    { name: "is undefined without positives", scores: [1, 2], labels: [0, 0] },
    { name: "is undefined for nothing at all", scores: [], labels: [] },
    {
      name: "is undefined where a score is not a number",
      scores: [1, Number.NaN, 3],
      labels: [0, 1, 1],
    },
  ])("$name", ({ scores, labels }) => {
    expect(rocAuc(scores, labels)).toBeNaN();
  });

  test("refuses labels and scores of different lengths", () => {
    expect(() => rocAuc([1, 2], [1])).toThrow(RangeError);
  });

  test("equals the share of correctly ordered pairs, with ties", () => {
    const impressions = fc.array(
      fc.record({ score: fc.integer({ min: -5, max: 5 }), label: fc.constantFrom(0, 1) }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(impressions, (drawn) => {
        const rows = [...drawn, { score: 0, label: 1 }, { score: 0, label: 0 }];
        const slow = aucByPairs(rows);
        const fast = rocAuc(
          rows.map(({ score }) => score),
          rows.map(({ label }) => label),
        );
        expect(fast).toBeCloseTo(slow, 12);
      }),
    );
  });
});

function aucByPairs(rows: readonly { score: number; label: number }[]): number {
  const positives = rows.filter(({ label }) => label === 1);
  const negatives = rows.filter(({ label }) => label === 0);
  let won = 0;
  for (const positive of positives) {
    for (const negative of negatives) {
      if (positive.score > negative.score) won += 1;
      if (positive.score === negative.score) won += 0.5;
    }
  }
  return won / (positives.length * negatives.length);
}
