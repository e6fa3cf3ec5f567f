import { expect, test } from "vitest";
import type { PlacedAgentSample } from "../schema/run/events/agent-sample.ts";
import { conditionsOfHosts } from "./agent-conditions.ts";

function sampleOf(cpuSeconds: number, machine?: PlacedAgentSample["machine"]): PlacedAgentSample {
  const usage = { cpuSeconds, memoryBytes: 0, processCount: 1 };
  return { host: "a", timeMs: 0, ...usage, joules: {}, gpus: [], network: {}, machine };
}

const before = { agentSeconds: 1, busySeconds: 100, totalSeconds: 1000, thermalThrottleCount: 5 };

test("counts the CPU time of other processes over all hosts, without the job and its agents", () => {
  const busy = { agentSeconds: 2, busySeconds: 140, totalSeconds: 1100, thermalThrottleCount: 7 };
  const idle = { agentSeconds: 1, busySeconds: 110, totalSeconds: 1100, thermalThrottleCount: 5 };
  const spans = [
    { first: sampleOf(0, before), last: sampleOf(9, busy) },
    { first: sampleOf(0, before), last: sampleOf(10, idle) },
  ];
  expect(conditionsOfHosts(spans)).toEqual({ otherCpuFraction: 0.15, thermalThrottleCount: 2 });
});

test("has no figures that no host shows, nor of less than a second", () => {
  const first = sampleOf(0);
  expect(conditionsOfHosts([{ first, last: sampleOf(3) }])).toEqual({});
  const soon = { busySeconds: 100.5, totalSeconds: 1000.5 };
  expect(conditionsOfHosts([{ first: sampleOf(0, before), last: sampleOf(0, soon) }])).toEqual({});
  expect(conditionsOfHosts([])).toEqual({});
});
