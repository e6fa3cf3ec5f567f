import { describe, expect, test } from "vitest";
import { seededRandom } from "../../foundation/numbers/seeded-random.ts";
import type { MetricTarget } from "../../schema/run/outcome/metric-target.ts";
import { findPlateau } from "./find-plateau.ts";

const accuracy: MetricTarget = { metric: "val_acc", direction: "at-least", value: 0.95 };
const minuteMs = 60_000;

function along(curve: (minute: number) => number, count: number, noise = 0.001) {
  const random = seededRandom("plateau");
  return Array.from({ length: count }, (_, index) => ({
    clockMs: (index + 1) * minuteMs,
    value: curve(index + 1) + noise * random.normal(),
  }));
}

const levelsAt92 = (t: number): number => 0.92 - 0.4 * Math.exp(-t / 6);

describe("findPlateau", () => {
  test("finds the value that a curve approaches below its target", () => {
    const plateau = findPlateau(along(levelsAt92, 50), accuracy);
    expect(plateau?.lowValue).toBeGreaterThan(0.9);
    expect(plateau?.lowValue).toBeLessThanOrEqual(0.92);
    expect(plateau?.highValue).toBeGreaterThanOrEqual(0.92);
    expect(plateau?.highValue).toBeLessThan(0.95);
  });

  test("treats a falling loss as the mirror image of a rising accuracy", () => {
    const rising = along(levelsAt92, 50);
    const falling = rising.map(({ clockMs, value }) => ({ clockMs, value: -value }));
    const target: MetricTarget = { metric: "loss", direction: "at-most", value: -0.95 };
    const plateau = findPlateau(rising, accuracy);
    expect(findPlateau(falling, target)).toEqual({
      lowValue: -(plateau?.highValue ?? Number.NaN),
      highValue: -(plateau?.lowValue ?? Number.NaN),
    });
  });

  test.each([
    {
      name: "a curve that approaches a value above the target",
      curve: (t: number) => 0.97 - 0.4 * Math.exp(-t / 20),
      count: 30,
    },
    { name: "a straight line", curve: (t: number) => 0.5 + 0.005 * t, count: 50 },
    { name: "a logarithm", curve: (t: number) => 0.5 + 0.1 * Math.log(t), count: 50 },
    { name: "a curve that accelerates", curve: (t: number) => 0.5 + 0.0001 * t * t, count: 50 },
    { name: "few evaluations", curve: levelsAt92, count: 14 },
  ])("says nothing about $name", ({ curve, count }) => {
    expect(findPlateau(along(curve, count), accuracy)).toBeUndefined();
  });

  test("says nothing about values that scatter as widely as the distance to the target", () => {
    expect(findPlateau(along(levelsAt92, 20, 0.05), accuracy)).toBeUndefined();
  });
});
