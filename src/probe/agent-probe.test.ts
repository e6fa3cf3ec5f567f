import { expect, test } from "vitest";
import type { PlacedAgentSample } from "../schema/run/events/agent-sample.ts";
import type { HostFacts } from "../schema/run/hosts/host-facts.ts";
import { startAgentProbe } from "./agent-probe.ts";

const facts: HostFacts = {
  hostname: "a",
  timeMs: 0,
  home: "/root",
  homeId: "1",
  python: "python3",
  pythonVersion: "3.11.2",
  system: "Linux 6.1",
  operatingSystem: "Debian",
  cpuModel: "x",
  coreCount: 4,
  memoryBytes: 8e9,
  gpus: [],
  interfaces: {},
  reachedAt: null,
  freePort: 1,
};

function sample(
  host: string,
  seconds: number,
  more: Partial<PlacedAgentSample>,
): PlacedAgentSample {
  const timeMs = 1_000_000 + seconds * 1000;
  const usage = { cpuSeconds: seconds, memoryBytes: 1e9, processCount: 2 };
  return { host, timeMs, ...usage, joules: {}, gpus: [], network: {}, ...more };
}

async function* stream(samples: readonly PlacedAgentSample[]): AsyncGenerator<PlacedAgentSample> {
  yield* samples;
}

const powerEstimate = {
  idleWattsPerCore: 1,
  busyWattsPerCore: 3,
  memoryWattsPerGigabyte: 0.5,
  source: "test",
  status: "recalled",
  checkedOn: "2026-11-28",
} as const;

const gpu = { index: 0, uuid: "GPU-1", name: "H100", utilization: 0.5, usedBytes: 1 };

test("energy is measured where a host has a meter and estimated for the other hosts", async () => {
  const samples = [
    sample("a", 0, {
      joules: { "intel-rapl:0 package-0": 100 },
      gpus: [{ ...gpu, powerWatts: 300 }],
    }),
    sample("b", 0, {}),
    sample("a", 10, {
      joules: { "intel-rapl:0 package-0": 400 },
      gpus: [{ ...gpu, powerWatts: 500 }],
    }),
    sample("b", 10, {}),
  ];
  const hosts = new Map([
    ["a", facts],
    ["b", facts],
  ]);
  const probe = startAgentProbe({ samples: stream(samples), hosts, powerEstimate });
  const totals = await probe.stop();
  expect(totals.cpuSeconds).toBe(20);
  expect(totals.peakMemoryBytes).toBe(2e9);
  expect(totals.energy.map(({ kind, joules, covers }) => ({ kind, joules, covers }))).toEqual([
    { kind: "measured", joules: 300, covers: "processors of 1 host" },
    { kind: "measured", joules: 5000, covers: "1 GPU of 1 host" },
    // 4 idle cores for 10 s, and 10 s of CPU time at 2 W more.
    { kind: "estimated", joules: 60, covers: "processors, 4 cores, of 1 host" },
    { kind: "estimated", joules: 80, covers: "memory, 16.0 GB, of 2 hosts" },
  ]);
});

test("a host that never sent a sample is named", async () => {
  const hosts = new Map([["silent", facts]]);
  const totals = await startAgentProbe({ samples: stream([]), hosts, powerEstimate }).stop();
  expect(totals.reasons).toEqual(["no sample came from host silent"]);
});

test("the first sample of each host states what the host has", async () => {
  const samples = [sample("a", 0, {}), sample("b", 0, {}), sample("a", 1, {})];
  const hosts = new Map([["a", facts]]);
  const probe = startAgentProbe({ samples: stream(samples), hosts, powerEstimate });
  const stored = [];
  for await (const { host, capacity } of probe.samples) stored.push({ host, capacity });
  expect(stored).toEqual([
    { host: "a", capacity: { coreCount: 4, memoryBytes: 8e9 } },
    { host: "b", capacity: undefined },
    { host: "a", capacity: undefined },
  ]);
});

test("the energy of a host of which only samples are known is not estimated, and the reason is given", async () => {
  const samples = [
    sample("a", 0, {}),
    sample("b", 0, {}),
    sample("a", 10, {}),
    sample("b", 10, {}),
  ];
  const known = { samples: stream(samples), powerEstimate };
  const nothing = await startAgentProbe({ ...known, hosts: new Map() }).stop();
  expect(nothing.energy).toEqual([]);
  expect(nothing.reasons).toEqual([
    "the cores and the memory of host a are unknown",
    "the cores and the memory of host b are unknown",
  ]);
  const one = startAgentProbe({
    ...known,
    samples: stream(samples),
    hosts: new Map([["a", facts]]),
  });
  expect((await one.stop()).energy.map(({ covers }) => covers)).toEqual([
    expect.stringMatching(/of 1 host$/u),
    expect.stringMatching(/of 1 host$/u),
  ]);
});
