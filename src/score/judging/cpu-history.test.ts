import { expect, test } from "vitest";
import { CpuHistory } from "./cpu-history.ts";

/** Samples of each second for a minute. */
function history(coresOfHosts: Record<string, number>): CpuHistory {
  const cpu = new CpuHistory();
  for (let second = 0; second <= 60; second++)
    for (const [host, cores] of Object.entries(coresOfHosts))
      cpu.push({ host, timeMs: second * 1000, cpuSeconds: second * cores });
  return cpu;
}

test("CPU time is interpolated between samples, and added over hosts", () => {
  const cpu = history({ a: 0.5, b: 1 });
  expect(cpu.secondsAt(10_500)).toBeCloseTo(15.75);
  expect(cpu.secondsAt(-1)).toBeUndefined();
  expect(cpu.secondsAt(90_000)).toBeCloseTo(90);
});

test.for([
  { name: "processes that wait are idle", cores: { a: 0.01, b: 0.01 }, isIdle: true },
  { name: "one host that works is enough", cores: { a: 0, b: 0.5 }, isIdle: false },
])("$name", ({ cores, isIdle }) => {
  const window = { fromMs: 10_000, toMs: 60_000, processCount: 4 };
  expect(history(cores).isIdle(window)).toBe(isIdle);
});

test.for([
  { name: "without samples", cpu: new CpuHistory(), fromMs: 10_000, toMs: 60_000 },
  { name: "before the first sample", cpu: history({ a: 0 }), fromMs: -1000, toMs: 60_000 },
  { name: "after the last sample", cpu: history({ a: 0 }), fromMs: 60_000, toMs: 120_000 },
])("whether processes are idle is not known $name", ({ cpu, fromMs, toMs }) => {
  expect(cpu.isIdle({ fromMs, toMs, processCount: 1 })).toBe(false);
});
