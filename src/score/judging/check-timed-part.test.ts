import { describe, expect, test } from "vitest";
import { checkTimedPart } from "./check-timed-part.ts";
import { CpuHistory } from "./cpu-history.ts";

/** CPU seconds by second of the run. */
function cpuOf(perSecond: readonly number[]): CpuHistory {
  const cpu = new CpuHistory();
  for (const [second, cpuSeconds] of perSecond.entries())
    cpu.push({ host: "here", timeMs: second * 1000, cpuSeconds });
  return cpu;
}

const second = 1000;
const hour = 3_600_000;

describe("checkTimedPart", () => {
  test.each([
    {
      name: "a minute of initialization and 5 s of training",
      startMs: 60 * second,
      durationMs: 5 * second,
    },
    { name: "an hour of compilation and 10 s of training", startMs: hour, durationMs: 10 * second },
    { name: "a toy that trains 100 ms after 9 s of imports", startMs: 9 * second, durationMs: 100 },
    { name: "a toy that ends right after its launch", startMs: 900, durationMs: 0 },
  ])("believes $name", ({ startMs, durationMs }) => {
    expect(checkTimedPart({ launchedMs: 0, startMs, durationMs }, undefined)).toEqual([]);
  });

  test.each([
    { name: "two milliseconds after 5 s", startMs: 5 * second, durationMs: 2 },
    { name: "half a second after a minute and a half", startMs: 90 * second, durationMs: 500 },
    { name: "three seconds after an hour", startMs: hour, durationMs: 3 * second },
    { name: "nothing at all after a second", startMs: second, durationMs: 0 },
  ])("doubts $name", ({ startMs, durationMs }) => {
    expect(checkTimedPart({ launchedMs: 0, startMs, durationMs }, undefined)).toEqual([
      { rule: "timed-part-negligible", timedMs: durationMs, untimedMs: startMs },
    ]);
  });

  test("reports the CPU time of both parts if it was measured", () => {
    const cpu = cpuOf([0, 1, 2, 3, 4, 5, 5]);
    expect(checkTimedPart({ launchedMs: 0, startMs: 4500, durationMs: 2 }, cpu)).toMatchObject([
      { rule: "timed-part-negligible", untimedCpuSeconds: 4.5 },
    ]);
  });

  test("accepts a short timed part after a wait that used no CPU", () => {
    const waited = cpuOf([...Array.from({ length: 3601 }, () => 0.1), 4.1, 8.1, 12.1]);
    const span = { launchedMs: 0, startMs: hour, durationMs: 3 * second };
    expect(checkTimedPart(span, waited)).toEqual([]);
  });
});

describe("CpuHistory", () => {
  test("adds up hosts, interpolates between samples, and is undefined before the first", () => {
    const cpu = new CpuHistory();
    expect(cpu.secondsAt(5)).toBeUndefined();
    for (const host of ["a", "b"]) {
      cpu.push({ host, timeMs: 10, cpuSeconds: 1 });
      cpu.push({ host, timeMs: 20, cpuSeconds: 3 });
    }
    expect([5, 10, 15, 20, 99].map((timeMs) => cpu.secondsAt(timeMs))).toEqual([
      undefined,
      2,
      4,
      6,
      6,
    ]);
  });
});
