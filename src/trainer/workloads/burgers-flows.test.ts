import { describe, expect, test } from "vitest";
import { seededRandom } from "../../foundation/numbers/seeded-random.ts";
import { drawFlow, type Flow, gridSize } from "./burgers-flows.ts";

const flows = drawFlows("flows", 64);

describe("drawFlow", () => {
  test("draws the same flows from the same stream", () => {
    expect(drawFlows("flows", 3)).toEqual(flows.slice(0, 3));
  });

  test("draws finite velocities on the whole circle", () => {
    for (const { before, after } of flows) {
      expect([before.length, after.length]).toEqual([gridSize, gridSize]);
      expect([...before, ...after].every(Number.isFinite)).toBe(true);
    }
  });

  test("preserves the mean of every flow and reduces its energy", () => {
    for (const { before, after } of flows) {
      expect(mean(after)).toBeCloseTo(mean(before), 2);
      expect(energy(after)).toBeLessThan(energy(before));
    }
  });

  test("generates waves with the documented variance", () => {
    // Variance of the mean velocity, plus that of each wave: a² for a cos + b sin of deviation a.
    const waves = [1, 2, 3, 4, 5, 6, 7, 8].map((wave) => (0.4 / (1 + (wave * wave) / 4)) ** 2);
    const expected = waves.reduce((sum, variance) => sum + variance, 0.2 ** 2);
    const measured = mean(flows.map(({ before }) => energy(before)));
    expect(measured / expected).toBeGreaterThan(0.75);
    expect(measured / expected).toBeLessThan(1.25);
  });

  test("is not solved by copying the input", () => {
    const error = mean(
      flows.map(({ before, after }) => {
        const change = before.map((value, point) => value - (after[point] ?? Number.NaN));
        return Math.sqrt(energy(change) / energy(after));
      }),
    );
    expect(error).toBeGreaterThan(0.8);
  });
});

function drawFlows(name: string, count: number): Flow[] {
  const random = seededRandom(name);
  return Array.from({ length: count }, () => drawFlow(random));
}

function energy(u: ArrayLike<number>): number {
  return mean(Array.from(u, (value) => value * value));
}

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}
