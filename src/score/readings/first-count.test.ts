import { describe, expect, test } from "vitest";
import { firstCountFarAboveZero } from "./first-count.ts";

function evaluations(...points: readonly (readonly [clockMs: number, samplesCount: number])[]) {
  return points.map(([clockMs, samplesCount]) => ({ timeMs: 0, value: 0, clockMs, samplesCount }));
}

describe("firstCountFarAboveZero", () => {
  test.each([
    {
      name: "a count that starts at the first step",
      points: [
        [1000, 100],
        [2000, 200],
      ],
    },
    {
      name: "a first evaluation after a long time",
      points: [
        [60_000, 6000],
        [61_000, 6100],
      ],
    },
    {
      name: "evaluations at one moment",
      points: [
        [1000, 9000],
        [1000, 9100],
      ],
    },
    {
      name: "a count that restarts",
      points: [
        [1000, 9000],
        [2000, 100],
      ],
    },
    { name: "a single evaluation", points: [[1000, 9000]] },
  ] as const)("accepts $name", ({ points }) => {
    expect(firstCountFarAboveZero(evaluations(...points))).toBeUndefined();
  });

  test("reports a count that this run cannot have reached", () => {
    expect(firstCountFarAboveZero(evaluations([1000, 50_100], [2000, 50_200]))).toBe(50_100);
  });
});
