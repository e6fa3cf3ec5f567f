import { describe, expect, test } from "vitest";
import { seededRandom, shuffledIndices } from "./seeded-random.ts";

describe("seededRandom", () => {
  test("returns the same numbers for the same seed, on every machine", () => {
    const random = seededRandom(1);
    expect([random.uniform(), random.uniform(), random.below(1000)]).toEqual([
      0.4498089498374611, 0.5129957108292729, 391,
    ]);
  });

  test("returns different numbers for another seed or fork", () => {
    const firsts = [
      seededRandom(1),
      seededRandom(2),
      seededRandom(1).fork("a"),
      seededRandom(1).fork("b"),
    ];
    expect(new Set(firsts.map((random) => random.uniform())).size).toBe(4);
  });

  test("is uniform: mean 1/2 and variance 1/12 over 100,000 numbers", () => {
    const random = seededRandom("uniform");
    const values = Array.from({ length: 100_000 }, () => random.uniform());
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(mean).toBeCloseTo(0.5, 2);
    expect(variance).toBeCloseTo(1 / 12, 2);
    expect(Math.min(...values.slice(0, 1000))).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values.slice(0, 1000))).toBeLessThan(1);
  });

  test("is normal: mean 0, variance 1, and 4.6 % beyond two deviations", () => {
    const random = seededRandom("normal");
    const values = Array.from({ length: 100_000 }, () => random.normal());
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
    expect(mean).toBeCloseTo(0, 1);
    expect(variance).toBeCloseTo(1, 1);
    expect(values.filter((value) => Math.abs(value) > 2).length / values.length).toBeCloseTo(
      0.0455,
      2,
    );
  });

  test("returns each index exactly once when shuffling", () => {
    const order = shuffledIndices(500, seededRandom(3));
    expect([...order].toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 500 }, (_, index) => index),
    );
    expect([...order]).not.toEqual([...order].toSorted((a, b) => a - b));
  });
});
