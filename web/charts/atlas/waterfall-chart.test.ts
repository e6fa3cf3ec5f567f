import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { splitRatio } from "../../../src/atlas/compare/split-ratio.ts";
import { measured } from "../../views/atlas/sample-results.ts";
import { waterfallCsv, waterfallSteps } from "./waterfall-chart.ts";

const sampled = { samplesUnit: "samples", samplesToConverge: 1000 } as const;

describe("waterfallSteps", () => {
  test("faster factors divide the time, slower factors multiply it, factors of 1 are omitted", () => {
    const from = measured("A", { ...sampled, scoreMs: 600_000, unscaledMs: 600_000 }).row;
    const to = measured("B", {
      ...sampled,
      samplesToConverge: 2000,
      acceleratorCount: 64,
      scoreMs: 300_000,
      unscaledMs: 300_000,
    }).row;
    const split = splitRatio(from, to);
    if (split.kind !== "split") throw new Error("both have samples");
    const steps = waterfallSteps(split, 600_000, ["A", "B"]);
    expect(steps.map(({ label, kind, text }) => [label, kind, text])).toEqual([
      ["A", "total", "10.00 min"],
      ["samples to converge", "slower", "÷ 0.500"],
      ["accelerators", "faster", "÷ 8.00"],
      ["throughput per accelerator", "slower", "÷ 0.500"],
      ["B", "total", "5.00 min"],
    ]);
    expect(waterfallCsv(steps).split("\n")).toHaveLength(steps.length + 2);
  });

  test("the steps connect the two times without a gap for any results", () => {
    // Wider ranges give factors that are implausible, which are not split.
    const time = fc.double({ min: 1000, max: 10_000, noNaN: true });
    const samples = fc.double({ min: 1, max: 10, noNaN: true });
    fc.assert(
      fc.property(time, time, samples, samples, fc.integer({ min: 1, max: 50 }), (...given) => {
        const [aMs, bMs, aSamples, bSamples, acceleratorCount] = given;
        const from = { ...sampled, samplesToConverge: aSamples, scoreMs: aMs, unscaledMs: aMs };
        const to = { ...sampled, samplesToConverge: bSamples, scoreMs: bMs, unscaledMs: bMs };
        const split = splitRatio(
          measured("A", from).row,
          measured("B", { ...to, acceleratorCount }).row,
        );
        if (split.kind !== "split") throw new Error("both have samples");
        const steps = waterfallSteps(split, aMs, ["A", "B"]);
        for (const [index, step] of steps.slice(1, -1).entries())
          expect(step.fromMinutes).toBeCloseTo(steps[index]?.toMinutes ?? 0, 12);
        expect((steps.at(-1)?.toMinutes ?? 0) * 60_000).toBeCloseTo(bMs, 6);
        // Omitted factors are too close to 1 to be visible.
        expect((steps.at(-2)?.toMinutes ?? 0) / (bMs / 60_000)).toBeCloseTo(1, 2);
      }),
    );
  });
});
