import { describe, expect, test } from "vitest";
import { signedRankTest } from "./signed-rank.ts";

describe("signedRankTest", () => {
  test.each([
    { name: "finds no difference in equal times", differences: [0, 0], pValue: 1 },
    { name: "is sure of nothing after three pairs", differences: [1, 2, 3], pValue: 0.25 },
    { name: "counts signs against ranks", differences: [1, -2, 3, 4, 5], pValue: 0.1875 },
    {
      name: "lets infinite differences share the last rank",
      differences: [-1, Infinity, Infinity, Infinity, Infinity],
      pValue: 0.125,
    },
    // Two of the four assignments to {1.5, 1.5} have a sum of 1.5 in the middle; the other two are the extremes.
    { name: "gives tied sizes their mean rank", differences: [2, 2], pValue: 0.5 },
    { name: "finds nothing in ties of opposite signs", differences: [2, -2], pValue: 1 },
  ])("$name", ({ differences, pValue }) => {
    expect(signedRankTest(differences).pValue).toBeCloseTo(pValue, 9);
  });

  test.each([
    { differences: [125, -7, 18, -23, 41, 9, -2, 33, 12, 56], pValue: 0.064453125 },
    { differences: [-1, 2, 3, -4, 5, 6, 7, 8], pValue: 0.078125 },
    {
      differences: [1.5, -0.2, 2.1, 3.3, -0.9, 4.2, 5.1, 0.6, -2.7, 6.5, 7.7, 8.1],
      pValue: 0.02099609375,
    },
    {
      differences: [
        0.746, 1.222, 0.73, -0.903, 1.305, 0.846, -0.137, 0.981, 0.765, 0.694, 0.428, 0.947, -0.336,
        0.237, -0.082, 0.999, 0.44, 0.108, -0.382, 0.143, 0.408, 0.124, 1.694, 1.407, -2.311,
      ],
      pValue: 0.005578815937042236,
    },
  ])("agrees with scipy.stats.wilcoxon, method exact: $pValue", ({ differences, pValue }) => {
    expect(signedRankTest(differences).pValue).toBeCloseTo(pValue, 12);
  });

  test("states the smallest p-value that the number of pairs allows", () => {
    expect(signedRankTest([1, 2, 3, 4, 5]).leastPossible).toBe(0.0625);
    expect(signedRankTest([1, 2, 3, 4, 5, 6])).toMatchObject({
      pValue: 0.03125,
      leastPossible: 0.03125,
    });
  });

  test("is close to the exact test with many pairs", () => {
    const differences = Array.from(
      { length: 61 },
      (_, index) => (index % 3 === 0 ? -1 : 1) * (index + 1),
    );
    const exact = signedRankTest(differences.slice(0, 60)).pValue;
    const approximated = signedRankTest(differences);
    expect(approximated.method).toBe("normal");
    expect(Math.abs(approximated.pValue - exact)).toBeLessThan(0.02);
  });
});
