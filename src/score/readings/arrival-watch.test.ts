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

  test("is not reported while the program starts again", () => {
    const watch = new ArrivalWatch(0);
    for (const timeMs of [0, 300, 600, 900]) watch.output(timeMs);
    watch.restarted(20_000);
    expect(watch.silence(60_000)).toBeUndefined();
    for (const timeMs of [60_000, 60_300, 60_600]) watch.output(timeMs);
    expect(watch.silence(70_000)).toMatchObject({ silentMs: 9400 });
  });

  test("is reported at the end of a run that printed once or never", () => {
    const watch = new ArrivalWatch(1000);
    expect(watch.silenceAtEnd(5000)).toEqual({ silentMs: 4000 });
    watch.output(1500);
    expect(watch.silenceAtEnd(5000)).toEqual({ silentMs: 3500 });
    expect(watch.silenceAtEnd(4000)).toBeUndefined();
  });
});

describe("burst", () => {
  test("finds evaluations that all came at the end of a longer run", () => {
    const watch = new ArrivalWatch(0);
    for (const timeMs of [9990, 9991, 9995]) watch.evaluations(timeMs, 1);
    expect(watch.burst(10_000)).toEqual({ evaluationCount: 3, withinMs: 5 });
  });

  test("finds evaluations that arrived together shortly before a slow exit", () => {
    const watch = new ArrivalWatch(0);
    watch.evaluations(2900, 4);
    expect(watch.burst(3100)).toEqual({ evaluationCount: 4, withinMs: 0 });
  });

  test.each([
    { name: "one evaluation", evaluationsMs: [9990], endMs: 10_000 },
    { name: "a short run", evaluationsMs: [990, 991], endMs: 1000 },
    { name: "evaluations spread over the run", evaluationsMs: [3000, 6000, 9990], endMs: 10_000 },
  ])("is not found in $name", ({ evaluationsMs, endMs }) => {
    const watch = new ArrivalWatch(0);
    for (const timeMs of evaluationsMs) watch.evaluations(timeMs, 1);
    expect(watch.burst(endMs)).toBeUndefined();
  });
});

describe("blocks", () => {
  test("finds evaluations that arrived several at a time", () => {
    const watch = new ArrivalWatch(0);
    for (const timeMs of [1000, 2000, 3000]) watch.evaluations(timeMs, 8);
    expect(watch.blocks()).toEqual({ evaluationCount: 24, blockCount: 3, intervalMs: 1000 });
  });

  test("finds none where each evaluation arrived alone, or all without pauses", () => {
    const alone = new ArrivalWatch(0);
    for (const timeMs of [1000, 2000, 3000]) alone.evaluations(timeMs, 1);
    const fast = new ArrivalWatch(0);
    for (const timeMs of [1000, 1050, 1100]) fast.evaluations(timeMs, 8);
    expect([alone.blocks(), fast.blocks()]).toEqual([undefined, undefined]);
  });
});
