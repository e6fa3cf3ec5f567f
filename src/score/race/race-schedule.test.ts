import { describe, expect, test } from "vitest";
import { seededRandom } from "../../foundation/numbers/seeded-random.ts";
import { fewestPairs } from "../../schema/run/race/race-report.ts";
import { compareArms, type RunPair } from "./compare-arms.ts";
import { armsOfRound } from "./race-schedule.ts";

describe("armsOfRound", () => {
  test("interleaves the arms forward and backward", () => {
    const order = [0, 1, 2, 3].flatMap((round) => armsOfRound(["A", "B"], round));
    expect(order.join("")).toBe("ABBAABBA");
  });

  test("gives each of several arms the same mean position over two rounds", () => {
    const arms = ["A", "B", "C", "D"];
    const order = [0, 1].flatMap((round) => armsOfRound(arms, round));
    const means = arms.map((arm) => (order.indexOf(arm) + order.lastIndexOf(arm)) / 2);
    expect(new Set(means).size).toBe(1);
  });
});

describe("stopping at a width", () => {
  test("keeps the coverage of the interval, which stopping at significance would not", () => {
    const random = seededRandom("stopping");
    const raceCount = 200;
    let [covered, falselyDecided] = [0, 0];
    for (let race = 0; race < raceCount; race++) {
      const pairs: RunPair[] = [];
      let width = Infinity;
      let isOne = false;
      let [low, high] = [0, Infinity];
      while (pairs.length < 60 && !(pairs.length >= fewestPairs && width <= 0.1)) {
        pairs.push({ firstMs: 1000, otherMs: 1000 * Math.exp(0.2 * random.normal()) });
        if (pairs.length < fewestPairs) continue;
        ({ low = 0, high = Infinity } =
          compareArms(pairs, { seed: race, resampleCount: 1000 }).interval ?? {});
        width = Math.sqrt(high / low) - 1;
        isOne ||= low > 1 || high < 1;
      }
      if (low <= 1 && high >= 1) covered += 1;
      if (isOne) falselyDecided += 1;
    }
    expect(covered / raceCount).toBeGreaterThan(0.9);
    // The rate of errors if the race had ended at the first interval without 1.
    expect(falselyDecided / raceCount).toBeGreaterThan(1 - covered / raceCount);
  });
});
