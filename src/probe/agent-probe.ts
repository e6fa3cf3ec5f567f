import type { PowerEstimate } from "../schema/catalogue.ts";
import type { PlacedAgentSample } from "../schema/run/events/agent-sample.ts";
import type { EnergyReading } from "../schema/run/measured/energy.ts";
import type { HostFacts } from "../schema/run/hosts/host-facts.ts";
import type { HostSample } from "../schema/run/measured/telemetry-sample.ts";
import { conditionsOfHosts } from "./agent-conditions.ts";
import {
  estimateCpuEnergy,
  estimateMemoryEnergy,
  type EstimateInput,
} from "./energy/estimate-energy.ts";
import { HostEnergy } from "./energy/host-energy.ts";
import { sampleStream } from "./sample-stream.ts";
import type { Probe, ProbeTotals } from "./start-probe.ts";

export interface AgentProbeOptions {
  /** What the agents observe. */
  samples: AsyncIterable<PlacedAgentSample>;
  /** The hosts of the job, by name. */
  hosts: ReadonlyMap<string, HostFacts>;
  /** Coefficients for parts without a meter. */
  powerEstimate: PowerEstimate;
}

/** Watches the hosts of a job through their agents. */
export function startAgentProbe({ samples, hosts, powerEstimate }: AgentProbeOptions): Probe {
  const stream = sampleStream<HostSample>();
  const watched = new Map<string, HostEnergy>();
  const first = new Map<string, PlacedAgentSample>();
  const last = new Map<string, PlacedAgentSample>();
  let [firstMs, lastMs, peakMemoryBytes] = [Number.POSITIVE_INFINITY, 0, 0];

  const following = (async () => {
    for await (const sample of samples) {
      const { host, timeMs } = sample;
      const energy = watched.get(host) ?? new HostEnergy();
      watched.set(host, energy);
      const capacity = first.has(host) ? undefined : capacityOf(hosts.get(host));
      if (!first.has(host)) first.set(host, sample);
      last.set(host, sample);
      energy.push(sample);
      firstMs = Math.min(firstMs, timeMs);
      lastMs = Math.max(lastMs, timeMs);
      const memory = [...last.values()].reduce((sum, each) => sum + each.memoryBytes, 0);
      peakMemoryBytes = Math.max(peakMemoryBytes, memory);
      const stored = hostSampleOf(sample, energy);
      stream.push(capacity === undefined ? stored : { ...stored, capacity });
    }
    stream.end();
  })();

  const intervalMs = (): number => Math.max(0, lastMs - firstMs);
  const readings = (): EnergyReading[] => readingsOf({ watched, last, hosts, powerEstimate });

  async function finish(): Promise<ProbeTotals> {
    await following;
    const unseen = [...hosts.keys()].filter((host) => !watched.has(host));
    const unknown = [...watched.keys()].filter((host) => !hosts.has(host));
    return {
      intervalMs: intervalMs(),
      cpuSeconds: [...last.values()].reduce((sum, each) => sum + each.cpuSeconds, 0),
      peakMemoryBytes,
      energy: readings(),
      conditions: conditionsOfHosts(
        [...first].map(([host, sample]) => ({ first: sample, last: last.get(host) ?? sample })),
      ),
      reasons: [
        ...unseen.map((host) => `no sample came from host ${host}`),
        ...unknown.map((host) => `the cores and the memory of host ${host} are unknown`),
      ],
    };
  }

  let stopping: Promise<ProbeTotals> | undefined;
  return {
    samples: stream.values,
    // The agents follow the processes of their job themselves.
    watch: () => undefined,
    energySoFar: readings,
    stop: () => (stopping ??= finish()),
  };
}

function capacityOf(facts: HostFacts | undefined): HostSample["capacity"] {
  if (facts === undefined || facts.coreCount < 1) return undefined;
  return { coreCount: facts.coreCount, memoryBytes: facts.memoryBytes ?? 0 };
}

function hostSampleOf(sample: PlacedAgentSample, energy: HostEnergy): HostSample {
  const {
    host,
    timeMs,
    hostMs,
    cpuSeconds,
    memoryBytes,
    processCount,
    gpus,
    links,
    ranks,
    network,
  } = sample;
  const joules = energy.joulesByMeter();
  const interfaces = Object.entries(network).map(
    ([name, [receivedBytes, sentBytes]]) => [name, { receivedBytes, sentBytes }] as const,
  );
  return {
    kind: "host",
    host,
    timeMs,
    ...(hostMs === undefined ? {} : { hostMs }),
    cpuSeconds,
    memoryBytes,
    processCount,
    ...(Object.keys(joules).length === 0 ? {} : { measuredJoules: joules }),
    ...(gpus.length === 0
      ? {}
      : {
          accelerators: gpus.map(({ index, name, powerWatts, utilization, usedBytes }) => ({
            index,
            name,
            powerWatts: powerWatts ?? undefined,
            utilisationFraction: utilization ?? undefined,
            memoryBytes: usedBytes ?? undefined,
          })),
        }),
    ...(links === undefined ? {} : { links }),
    ...waitsOf(ranks),
    ...(interfaces.length === 0 ? {} : { network: Object.fromEntries(interfaces) }),
  };
}

interface WatchedHosts extends Pick<AgentProbeOptions, "hosts" | "powerEstimate"> {
  watched: ReadonlyMap<string, HostEnergy>;
  last: ReadonlyMap<string, PlacedAgentSample>;
}

/** The energy of all hosts: measured where a part has a meter, estimated where it has none, never both for one part. */
function readingsOf(known: WatchedHosts): EnergyReading[] {
  const { watched, powerEstimate } = known;
  const measured = meteredParts.flatMap((part) => {
    const readings = [...watched.values()].flatMap((energy) => energy.reading(part) ?? []);
    return readings.length === 0 ? [] : [sumOf(part, readings)];
  });
  return [
    ...measured,
    ...estimateOf(known, "processors", (input) => estimateCpuEnergy(input, powerEstimate)),
    ...estimateOf(known, "memory", (input) => estimateMemoryEnergy(input, powerEstimate)),
  ];
}

const meteredParts = ["processors", "memory", "accelerators"] as const;

function sumOf(
  part: (typeof meteredParts)[number],
  readings: readonly { joules: number; intervalMs: number; unitCount: number }[],
): EnergyReading {
  const units = readings.reduce((sum, { unitCount }) => sum + unitCount, 0);
  const what = part === "accelerators" ? `${units} ${units === 1 ? "GPU" : "GPUs"}` : part;
  return {
    kind: "measured",
    joules: readings.reduce((sum, { joules }) => sum + joules, 0),
    meter: part === "accelerators" ? "nvml" : "rapl",
    covers: `${what} of ${hostCount(readings.length)}`,
    intervalMs: Math.max(...readings.map(({ intervalMs }) => intervalMs)),
  };
}

/** One estimate for all hosts whose part has no meter; without its cores and its memory, a host has none. */
function estimateOf(
  { watched, last, hosts }: WatchedHosts,
  part: "processors" | "memory",
  estimate: (input: EstimateInput) => EnergyReading,
): EnergyReading[] {
  const unmetered = [...watched].filter(
    ([host, energy]) => hosts.has(host) && energy.reading(part) === undefined,
  );
  const total = { intervalMs: 0, coreCount: 0, cpuSeconds: 0, memoryBytes: 0 };
  for (const [host, energy] of unmetered) {
    total.intervalMs = Math.max(total.intervalMs, energy.intervalMs);
    total.coreCount += hosts.get(host)?.coreCount ?? 0;
    total.memoryBytes += hosts.get(host)?.memoryBytes ?? 0;
    total.cpuSeconds += last.get(host)?.cpuSeconds ?? 0;
  }
  if (unmetered.length === 0 || total.intervalMs === 0) return [];
  const reading = estimate(total);
  return [{ ...reading, covers: `${reading.covers}, of ${hostCount(unmetered.length)}` }];
}

function hostCount(count: number): string {
  return count === 1 ? "1 host" : `${count} hosts`;
}

function waitsOf(ranks: PlacedAgentSample["ranks"] = {}): Pick<HostSample, "ranks"> {
  const waits = Object.entries(ranks).map(
    ([rank, [running, futex, sleep, otherCall]]) =>
      [rank, { running, futex, sleep, otherCall }] as const,
  );
  return waits.length === 0 ? {} : { ranks: Object.fromEntries(waits) };
}
