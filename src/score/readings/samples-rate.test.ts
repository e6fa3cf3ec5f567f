import { describe, expect, test } from "vitest";
import { samplesPerSecond } from "./samples-rate.ts";

function evaluation(clockMs: number, samplesCount: number) {
  return { timeMs: clockMs, clockMs, value: 0.5, samplesCount };
}

describe("samplesPerSecond", () => {
  test("divides all samples by the clock", () => {
    const run = { samplesBeforeClock: undefined, evaluations: [evaluation(1000, 500)] };
    expect(samplesPerSecond(run, 1000, 2000)).toBe(500);
  });

  test("leaves out samples of a warm-up before the clock", () => {
    const run = { samplesBeforeClock: 4000, evaluations: [evaluation(1000, 5000)] };
    expect(samplesPerSecond(run, 6000, 2000)).toBe(1000);
  });

  test("leaves out the time and the samples up to the first evaluation after a checkpoint", () => {
    const evaluations = [
      evaluation(1000, 80_000),
      evaluation(2000, 81_000),
      evaluation(3000, 82_000),
    ];
    const run = { samplesBeforeClock: undefined, evaluations: [evaluation(1, 0), ...evaluations] };
    expect(samplesPerSecond(run, 83_000, 4000)).toBe(1000);
    // The target is met by the first evaluation.
    expect(samplesPerSecond(run, 80_000, 1000)).toBe(1000);
  });

  test("divides all samples of a program that begins to evaluate late and often", () => {
    const evaluations = [evaluation(9000, 900), evaluation(9300, 910), evaluation(9600, 920)];
    expect(samplesPerSecond({ samplesBeforeClock: undefined, evaluations }, 920, 9600)).toBeCloseTo(
      95.83,
    );
  });

  test.each([
    { name: "no count", samplesCount: undefined, clockMs: 1000 },
    { name: "no clock", samplesCount: 100, clockMs: undefined },
    { name: "a clock at zero", samplesCount: 100, clockMs: 0 },
    { name: "fewer samples than before the clock", samplesCount: 9, clockMs: 1000 },
  ])("is unknown with $name", ({ samplesCount, clockMs }) => {
    const run = { samplesBeforeClock: 10, evaluations: [] };
    expect(samplesPerSecond(run, samplesCount, clockMs)).toBeUndefined();
  });
});
