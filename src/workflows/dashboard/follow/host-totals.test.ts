import { describe, expect, test } from "vitest";
import type { HostSample } from "../../../schema/run/measured/telemetry-sample.ts";
import { HostTotals } from "./host-totals.ts";
import type { PointRows } from "./point-rows.ts";

const launchedMs = 1_000_000;
const powerEstimate = {
  idleWattsPerCore: 1,
  busyWattsPerCore: 5,
  memoryWattsPerGigabyte: 0.5,
  source: "test",
  status: "assumed",
  checkedOn: "2026-01-01",
};
const input = { launchedMs, basis: { limits: undefined, powerEstimate } };

function sampleOf(host: string, second: number, more: Partial<HostSample> = {}): HostSample {
  return {
    kind: "host",
    host,
    timeMs: launchedMs + second * 1000,
    cpuSeconds: second * 2,
    memoryBytes: 1e9,
    processCount: 1,
    measuredJoules: { "rapl processors": second * 100 },
    ...more,
  };
}

function byHost(...samples: HostSample[]): Map<string, HostSample[]> {
  const hosts = [...new Set(samples.map(({ host }) => host))];
  return new Map(hosts.map((host) => [host, samples.filter((sample) => sample.host === host)]));
}

/** Points as pairs of seconds since launch and value. */
function pointsOf({ timesMs, values }: PointRows): [number, number | undefined][] {
  return timesMs.map((timeMs, index) => [(timeMs - launchedMs) / 1000, values[index]]);
}

describe("HostTotals", () => {
  test("gives the network of each host per second, without interfaces of containers", () => {
    const totals = new HostTotals();
    const sampleWith = (host: string, second: number, bytes: number): HostSample =>
      sampleOf(host, second, {
        network: {
          eth0: { receivedBytes: bytes, sentBytes: 2 * bytes },
          veth1: { receivedBytes: 9 * bytes, sentBytes: 9 * bytes },
        },
      });
    const samples = [
      ...[1, 2, 4].map((second) => sampleWith("a", second, second * 1000)),
      // Its interface starts again.
      sampleWith("b", 1, 5000),
      sampleWith("b", 3, 0),
    ];
    totals.grow(byHost(...samples), input);
    expect(pointsOf(totals.networkReceived)).toEqual([
      [2, 1000],
      [3, 0],
      [4, 1000],
    ]);
    expect(pointsOf(totals.networkSent)).toEqual([
      [2, 2000],
      [3, 0],
      [4, 2000],
    ]);
  });

  test("ends with the energy of the verdict, and without the time after the last process", () => {
    const totals = new HostTotals();
    const ended = { cpuSeconds: 5, memoryBytes: 0, processCount: 0 };
    const samples = [
      ...[1, 2].map((second) => sampleOf("a", second)),
      ...[3, 3.1].map((second) => sampleOf("a", second, ended)),
    ];
    totals.grow(byHost(...samples), {
      ...input,
      end: {
        timeMs: launchedMs + 2900,
        energy: [
          { kind: "measured", joules: 295, meter: "rapl", covers: "processors", intervalMs: 2900 },
        ],
      },
    });
    expect(pointsOf(totals.energy)).toEqual([
      [1, 100],
      [2, 200],
      [3, 295],
    ]);
    expect(pointsOf(totals.cpuCores)).toEqual([
      [2, 2],
      [3, 1],
    ]);
  });

  test("sums the newest value of each host at each moment", () => {
    const totals = new HostTotals();
    totals.grow(
      byHost(
        ...[1, 2, 3].map((second) => sampleOf("a", second)),
        ...[1, 2.5].map((second) => sampleOf("b", second, { memoryBytes: second * 2e9 })),
      ),
      input,
    );
    expect(pointsOf(totals.memory)).toEqual([
      [1, 3e9],
      [2, 3e9],
      [2.5, 6e9],
      [3, 6e9],
    ]);
    expect(pointsOf(totals.energy)).toEqual([
      [1, 200],
      [2, 300],
      [2.5, 450],
      [3, 550],
    ]);
    // Rates of hosts that are sampled at different times.
    expect(pointsOf(totals.power)).toEqual([
      [2, 100],
      [2.5, 200],
      [3, 200],
    ]);
    expect(pointsOf(totals.cpuCores)).toEqual([
      [2, 2],
      [2.5, 4],
      [3, 4],
    ]);
    expect(totals.energyNote).toBe("measured: processors (2 of 2 hosts)");
  });

  test("never gives negative power where a meter is missing from some samples", () => {
    const totals = new HostTotals();
    const rapl = (second: number): number => second * 100;
    const gpus = (second: number): number => second * 8000;
    const both = (second: number): HostSample =>
      sampleOf("a", second, {
        measuredJoules: { "rapl processors": rapl(second), "nvml accelerators": gpus(second) },
      });
    const samples = [both(1), both(2), sampleOf("a", 3), sampleOf("a", 4), both(5)];
    totals.grow(byHost(...samples), input);
    expect(pointsOf(totals.power)).toEqual([
      [2, 8100],
      [3, 100],
      [4, 100],
      [5, 8100],
    ]);
    // What the missing meter had counted still counts.
    expect(pointsOf(totals.energy)).toEqual([
      [1, 8100],
      [2, 16_200],
      [3, 16_300],
      [4, 16_400],
      [5, 40_500],
    ]);
  });

  test("gives no power for a counter that started again", () => {
    const totals = new HostTotals();
    const joules = (second: number, value: number): HostSample =>
      sampleOf("a", second, { measuredJoules: { "rapl processors": value } });
    totals.grow(byHost(joules(1, 9000), joules(2, 10), joules(3, 110)), input);
    expect(pointsOf(totals.power)).toEqual([
      [2, 0],
      [3, 100],
    ]);
  });

  test("has no memory once the last process has exited", () => {
    const totals = new HostTotals();
    const ended = sampleOf("a", 2, { processCount: 0, memoryBytes: 0 });
    totals.grow(byHost(sampleOf("a", 1), ended), input);
    expect(pointsOf(totals.memory)).toEqual([[1, 1e9]]);
  });

  test("adds only new samples, and never a point before the last one", () => {
    const totals = new HostTotals();
    const samples = byHost(sampleOf("a", 1), sampleOf("b", 1), sampleOf("a", 3));
    totals.grow(samples, input);
    samples.get("b")?.push(sampleOf("b", 2, { memoryBytes: 5e9 }));
    totals.grow(samples, input);
    totals.grow(samples, input);
    expect(pointsOf(totals.memory)).toEqual([
      [1, 2e9],
      [3, 2e9],
      [3, 6e9],
    ]);
  });

  test("leaves out memory and power of a host without recent samples, and keeps its energy", () => {
    const totals = new HostTotals();
    const samples = [1, 2, 50, 51].map((second) => sampleOf("a", second));
    totals.grow(byHost(...samples, sampleOf("b", 1), sampleOf("b", 2)), input);
    expect(pointsOf(totals.memory).map(([, value]) => value)).toEqual([2e9, 2e9, 1e9, 1e9]);
    expect(pointsOf(totals.power).map(([, value]) => value)).toEqual([200, 100, 100]);
    expect(pointsOf(totals.energy).at(-1)).toEqual([51, 5100 + 200]);
  });

  test("says how many hosts have a meter, and has no energy where none has", () => {
    const totals = new HostTotals();
    const unmetered = sampleOf("b", 1, { measuredJoules: undefined });
    totals.grow(byHost(unmetered), input);
    expect([pointsOf(totals.energy), totals.energyNote, totals.readings]).toEqual([[], "", []]);
    totals.grow(byHost(unmetered, sampleOf("a", 2)), input);
    expect(pointsOf(totals.energy)).toEqual([[2, 200]]);
    expect(totals.energyNote).toBe("measured: processors (1 of 2 hosts)");
  });

  test("estimates energy for hosts whose first sample states their size", () => {
    const totals = new HostTotals();
    const capacity = { coreCount: 4, memoryBytes: 8e9 };
    const unmetered = { measuredJoules: undefined };
    totals.grow(
      byHost(
        ...["a", "b"].map((host) => sampleOf(host, 1, { ...unmetered, capacity })),
        ...["a", "b"].map((host) => sampleOf(host, 3, unmetered)),
      ),
      input,
    );
    // On each host per second: 4 idle cores, 4 W more for 2 s of CPU time, and 4 W of memory.
    expect(pointsOf(totals.energy)).toEqual([
      [1, 2 * 16],
      [3, 2 * 48],
    ]);
    expect(pointsOf(totals.power)).toEqual([[3, 2 * 16]]);
  });

  test("estimates energy for the launching host and no host of unknown size", () => {
    const totals = new HostTotals();
    const limits = { usableCoreCount: 2, usableMemoryBytes: 4e9 };
    const samples = ["localhost", "b"].map((host) =>
      sampleOf(host, 10, { cpuSeconds: 5, measuredJoules: undefined }),
    );
    const basis = { limits, powerEstimate };
    totals.grow(byHost(...samples), { launchedMs, basis });
    // 2 cores idle for 10 s, 4 W more for 5 s, and 2 W of memory for 10 s.
    expect(pointsOf(totals.energy)).toEqual([[10, 20 + 20 + 20]]);
    expect(totals.energyNote).toMatch(/^estimated: .* \(1 of 2 hosts\)$/u);
  });

  test("adds up readings of the same meter on several hosts", () => {
    const totals = new HostTotals();
    totals.grow(byHost(sampleOf("a", 1), sampleOf("b", 2)), input);
    expect(totals.readings).toEqual([
      { kind: "measured", joules: 300, meter: "rapl", covers: "processors", intervalMs: 2000 },
    ]);
  });
});
