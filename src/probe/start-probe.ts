import type { EnergyReading } from "../schema/run/measured/energy.ts";
import type { PowerEstimate } from "../schema/catalogue.ts";
import type { HostSample } from "../schema/run/measured/telemetry-sample.ts";
import type { RunConditions } from "../schema/run/measured/run-conditions.ts";
import { openConditionsMeter } from "./conditions-meter.ts";
import { type EnergyMeters, openEnergyMeters } from "./energy/energy-meters.ts";
import { estimateCpuEnergy, estimateMemoryEnergy } from "./energy/estimate-energy.ts";
import type { GpuRow } from "./energy/parse-nvidia-smi.ts";
import { type MachineLimits, machineLimits, systemRoots } from "./machine-limits.ts";
import { openUsageMeter, type Usage } from "./processes/usage-meter.ts";
import { sampleStream } from "./sample-stream.ts";

export interface ProbeOptions {
  /** The processes a run began with. Their descendants, process groups and sessions belong to it. */
  pids: readonly number[];
  /** Coefficients for parts without a meter. */
  powerEstimate: PowerEstimate;
  /** Time between samples, 1000 ms; without /proc never under 5000 ms, because `ps` costs more. */
  intervalMs?: number | undefined;
  /** Milliseconds since the epoch, the launching host's clock. */
  now?: (() => number) | undefined;
  /** The name of this machine in its launch target. */
  host: string;
  /** UUIDs of the GPUs that the run uses; undefined is all GPUs. */
  gpuUuids?: readonly string[] | undefined;
  /** Folders and programs to read instead of the system's own. */
  sources?: ProbeSources | undefined;
}

/** The paths of system files; tests pass fixture trees. */
export interface ProbeSources {
  proc?: string | undefined;
  cgroup?: string | undefined;
  sys?: string | undefined;
  powercap?: string | undefined;
  nvidiaSmi?: string | undefined;
}

/** The resource usage of a run between start and stop. */
export interface ProbeTotals {
  intervalMs: number;
  /** Absent if this system does not list processes; see `reasons`. */
  cpuSeconds: number | undefined;
  /** Highest sum of resident memory seen; pages shared between processes count for each. */
  peakMemoryBytes: number | undefined;
  /** Each from one meter or one formula, for one part of the machine; parts do not overlap. */
  energy: readonly EnergyReading[];
  /** What else happened on the machine. */
  conditions: RunConditions;
  /** Nothing was looked at, so that nothing could be seen. */
  isObserved?: false;
  /** Why a figure or a meter is missing. */
  reasons: readonly string[];
}

export interface Probe {
  /** Samples as they are taken, for one reader; ends after `stop`. The newest 600 unread samples are kept. */
  samples: AsyncIterable<HostSample>;
  /** Follows a process that was started later, such as a restarted rank. */
  watch(pid: number): void;
  /** Energy from the start until the last sample. */
  energySoFar(): readonly EnergyReading[];
  /** Takes a last sample and ends. A second call gives the same totals. */
  stop(): Promise<ProbeTotals>;
}

/**
 * Watches processes and meters of this machine until it is stopped. Its timer and programs do not
 * keep the program alive.
 *
 * Call `stop` after the processes were waited for, so that their last moments are counted.
 */
export function startProbe(options: ProbeOptions): Probe {
  const { pids, host, now = Date.now, powerEstimate, sources = {}, gpuUuids } = options;
  const roots = rootsOf(sources);
  const limits = machineLimits(roots);
  const usageMeter = openUsageMeter({ pids, roots, coreCount: limits.usableCoreCount });
  const intervalMs = Math.max(options.intervalMs ?? 1000, usageMeter.minimumIntervalMs);
  const meters = openEnergyMeters({ ...sources, gpuUuids, intervalMs });
  const conditions = openConditionsMeter(roots);
  const stream = sampleStream<HostSample>();
  const startedMs = performance.now();
  let peakMemoryBytes: number | undefined;
  let last: Usage = { kind: "absent", reason: "no reading yet" };

  async function take(): Promise<void> {
    const usage = await usageMeter.read(performance.now());
    last = usage;
    conditions.read();
    if (usage.kind === "absent") return;
    peakMemoryBytes = Math.max(peakMemoryBytes ?? 0, usage.peakMemoryBytes ?? 0, usage.memoryBytes);
    stream.push(toSample(usage, meters, { host, timeMs: now() }));
  }

  let taking: Promise<void> = take();
  const timer = setInterval(() => {
    taking = taking.then(take);
  }, intervalMs);
  timer.unref();

  async function finish(): Promise<ProbeTotals> {
    clearInterval(timer);
    taking = taking.then(take);
    await taking;
    const spentMs = performance.now() - startedMs;
    stream.end();
    const energy = energyOver(spentMs);
    meters.stop();
    const cpuSeconds = cpuSecondsOf(last);
    return {
      intervalMs: spentMs,
      cpuSeconds,
      conditions: conditions.finish({ cpuSeconds, intervalMs: spentMs }),
      peakMemoryBytes,
      energy,
      reasons: [...(last.kind === "absent" ? [last.reason] : []), ...meters.reasons()],
    };
  }

  function energyOver(spentMs: number): readonly EnergyReading[] {
    return readingsOf({ meters, last, limits, powerEstimate, intervalMs: spentMs });
  }

  let stopping: Promise<ProbeTotals> | undefined;
  return {
    samples: stream.values,
    watch: (pid) => usageMeter.watch(pid),
    energySoFar: () => energyOver(performance.now() - startedMs),
    stop: () => (stopping ??= finish()),
  };
}

function rootsOf({ proc, cgroup, sys }: ProbeSources) {
  return {
    proc: proc ?? systemRoots.proc,
    cgroup: cgroup ?? systemRoots.cgroup,
    sys: sys ?? "/sys",
  };
}

function cpuSecondsOf(usage: Usage): number | undefined {
  return usage.kind === "seen" ? usage.cpuSeconds : undefined;
}

function toSample(
  usage: Extract<Usage, { kind: "seen" }>,
  meters: EnergyMeters,
  moment: { host: string; timeMs: number },
): HostSample {
  const measuredJoules = Object.fromEntries(
    meters.read().map(({ meter, part, joules }) => [`${meter} ${part}`, joules]),
  );
  const gpus = meters.gpus();
  return {
    kind: "host",
    ...moment,
    cpuSeconds: usage.cpuSeconds,
    memoryBytes: usage.memoryBytes,
    processCount: usage.processCount,
    ...(Object.keys(measuredJoules).length > 0 ? { measuredJoules } : {}),
    ...(gpus.length > 0 ? { accelerators: gpus.map(toAccelerator) } : {}),
  };
}

function toAccelerator(gpu: GpuRow): NonNullable<HostSample["accelerators"]>[number] {
  const { index, name, powerWatts, utilisationFraction, memoryBytes } = gpu;
  return { index, name, powerWatts, utilisationFraction, memoryBytes };
}

/** Measured for parts with a meter, estimated for the others, never both for one part. */
function readingsOf(known: {
  meters: EnergyMeters;
  last: Usage;
  limits: MachineLimits;
  powerEstimate: PowerEstimate;
  intervalMs: number;
}): readonly EnergyReading[] {
  const measured = known.meters.read();
  const parts = new Set(measured.map((reading) => reading.part));
  const cpuSeconds = known.last.kind === "seen" ? known.last.cpuSeconds : undefined;
  const input = {
    intervalMs: known.intervalMs,
    coreCount: known.limits.usableCoreCount,
    cpuSeconds: cpuSeconds ?? 0,
    memoryBytes: known.limits.usableMemoryBytes,
  };
  return [
    ...measured.map(({ joules, meter, covers, intervalMs }): EnergyReading => ({
      kind: "measured",
      joules,
      meter,
      covers,
      intervalMs: intervalMs ?? known.intervalMs,
    })),
    ...(parts.has("processors") || cpuSeconds === undefined
      ? []
      : [estimateCpuEnergy(input, known.powerEstimate)]),
    ...(parts.has("memory") ? [] : [estimateMemoryEnergy(input, known.powerEstimate)]),
  ];
}
