import { describe, expect, test } from "vitest";
import { rocAuc } from "../kernels/roc-auc.ts";
import { categoryCount, drawClickLog, numberCount, valueCount } from "./clicks-log.ts";

const count = 16_384;
const log = drawClickLog("held out", count);

describe("drawClickLog", () => {
  test("draws the same log for the same name and a different log for a different name", () => {
    expect(drawClickLog("held out", 100)).toEqual({
      count: 100,
      values: log.values.subarray(0, 100 * categoryCount),
      numbers: log.numbers.subarray(0, 100 * numberCount),
      clicked: log.clicked.subarray(0, 100),
      clickProbability: log.clickProbability.subarray(0, 100),
    });
    expect(drawClickLog("training", 100).numbers).not.toEqual(log.numbers.subarray(0, 400));
  });

  test("shares no impression between training and held-out logs", () => {
    const training = drawClickLog("training", count);
    const first = new Set(
      Array.from({ length: count }, (_, row) => numbersOf(training.numbers, row)),
    );
    const shared = Array.from({ length: count }, (_, row) => numbersOf(log.numbers, row)).filter(
      (numbers) => first.has(numbers),
    );
    expect(shared).toHaveLength(0);
  });

  test("numbers the values of all categories consecutively", () => {
    for (let category = 0; category < categoryCount; category++) {
      const values = log.values.filter((_, index) => index % categoryCount === category);
      const below = [0, 500, 800, 900, 930, 954, valueCount];
      expect(Math.min(...values)).toBe(below[category]);
      expect(Math.max(...values)).toBeLessThan(below[category + 1] ?? 0);
    }
  });

  test("draws popular values more often, as 1 / (rank + 2)", () => {
    const viewers = log.values.filter((_, index) => index % categoryCount === 0);
    const harmonic = Array.from({ length: 500 }, (_, rank) => 1 / (rank + 2));
    const total = harmonic.reduce((sum, share) => sum + share, 0);
    for (const rank of [0, 1, 9]) {
      const expected = (count * (harmonic[rank] ?? 0)) / total;
      const seen = viewers.filter((viewer) => viewer === rank).length;
      // Five deviations of a Poisson count.
      expect(Math.abs(seen - expected)).toBeLessThan(5 * Math.sqrt(expected));
    }
  });

  test("has the click rate of the hidden model", () => {
    const clicks = log.clicked.reduce((sum, clicked) => sum + clicked, 0);
    const expected = log.clickProbability.reduce((sum, chance) => sum + chance, 0);
    expect(Math.abs(clicks - expected)).toBeLessThan(5 * Math.sqrt(count / 4));
    // In every tenth of the chances too: the log is calibrated.
    for (let tenth = 0; tenth < 10; tenth++) {
      const rows = [...log.clickProbability.keys()].filter(
        (row) => Math.floor(10 * (log.clickProbability[row] ?? 0)) === tenth,
      );
      const chance = rows.reduce((sum, row) => sum + (log.clickProbability[row] ?? 0), 0);
      const clicked = rows.reduce((sum, row) => sum + (log.clicked[row] ?? 0), 0);
      expect(Math.abs(clicked - chance)).toBeLessThan(5 * Math.sqrt(rows.length / 4));
    }
  });

  test("has an optimal area of 0.837 with the hidden model and less with any single feature", () => {
    expect(rocAuc(log.clickProbability, log.clicked)).toBeCloseTo(0.8374, 4);
    for (let column = 0; column < numberCount; column++) {
      const numbers = log.numbers.filter((_, index) => index % numberCount === column);
      expect(rocAuc(numbers, log.clicked)).toBeLessThan(0.65);
    }
  });
});

function numbersOf(numbers: Float32Array, row: number): string {
  return numbers.subarray(row * numberCount, (row + 1) * numberCount).join(" ");
}
