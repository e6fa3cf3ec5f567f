import { describe, expect, test } from "vitest";
import { ArrivalWatch } from "./arrival-watch.ts";

describe("silence", () => {
  test("is reported after ten times the usual interval, and three seconds at least", () => {
    const watch = new ArrivalWatch(0);
    for (const timeMs of [0, 300, 600, 900]) watch.output(timeMs);
    expect(watch.silence(3800)).toBeUndefined();
    expect(watch.silence(3900)).toEqual({ silentMs: 3000, usualMs: 300 });
  });

  test("is not reported where slow output is usual", () => {
    const watch = new ArrivalWatch(0);
    for (const timeMs of [0, 60_000, 120_000]) watch.output(timeMs);
    expect(watch.silence(300_000)).toBeUndefined();
  });

  test("needs two arrivals to know what is usual", () => {
    const watch = new ArrivalWatch(0);
    watch.output(5);
    expect(watch.silence(1e9)).toBeUndefined();
  });
});

describe("burst", () => {
  test("finds evaluations that all came at the end of a longer run", () => {
    const watch = new ArrivalWatch(0);
    for (const timeMs of [9990, 9991, 9995]) watch.evaluation(timeMs);
    expect(watch.burst(10_000)).toEqual({ evaluationCount: 3, withinMs: 5 });
  });

  test.each([
    { name: "one evaluation", evaluationsMs: [9990], endMs: 10_000 },
    { name: "a short run", evaluationsMs: [990, 991], endMs: 1000 },
    { name: "evaluations spread over the run", evaluationsMs: [3000, 6000, 9990], endMs: 10_000 },
  ])("is not found in $name", ({ evaluationsMs, endMs }) => {
    const watch = new ArrivalWatch(0);
    for (const timeMs of evaluationsMs) watch.evaluation(timeMs);
    expect(watch.burst(endMs)).toBeUndefined();
  });
});
