import type { EnergyReading } from "../../../schema/run/measured/energy.ts";
import type { HostSample } from "../../../schema/run/measured/telemetry-sample.ts";
import { PointRows } from "./point-rows.ts";
import { energySource } from "../../../score/parts/sum-energy.ts";
import { addReadings, energyAt, type EnergyInput } from "./watched-energy.ts";

/**
 * Memory, power and CPU use of a host are unknown after this long without a sample. What it has used
 * until then still counts.
 */
const staleAfterMs = 30_000;

type EnergyKind = EnergyReading["kind"];

/** One host at its newest sample. */
interface HostState {
  sample: HostSample;
  readings: readonly EnergyReading[];
  capacity: HostSample["capacity"];
  /** Rates since the sample before. */
  cpuCores?: number;
  watts?: Partial<Record<EnergyKind, number>>;
}

/**
 * Totals over the hosts of a run: at each moment, the sum of the newest value of each host. Rates are
 * computed per host, because hosts are sampled at different times. Points are only added.
 */
export class HostTotals {
  readonly power = new PointRows();
  readonly energy = new PointRows();
  readonly cpuCores = new PointRows();
  readonly memory = new PointRows();
  /** One point for each accelerator, not a total. */
  readonly acceleratorUtilisation = new PointRows();
  readonly acceleratorMemory = new PointRows();
  /** Bytes per second, one point for each host, not a total. */
  readonly networkReceived = new PointRows();
  readonly networkSent = new PointRows();
  readonly #hosts = new Map<string, HostState>();
  readonly #takenCounts = new Map<string, number>();
  #newestMs = Number.NEGATIVE_INFINITY;
  #energyNote = "";

  /** Which energy is counted: measured or estimated, of which parts. Empty where it is unknown. */
  get energyNote(): string {
    return this.#energyNote;
  }

  /** Energy since launch over all hosts: one reading for each meter or formula. */
  get readings(): EnergyReading[] {
    return addReadings([...this.#hosts.values()].flatMap(({ readings }) => readings));
  }

  clear(): void {
    for (const rows of [this.power, this.energy, this.cpuCores, this.memory]) rows.clear();
    for (const rows of [this.acceleratorUtilisation, this.acceleratorMemory]) rows.clear();
    for (const rows of [this.networkReceived, this.networkSent]) rows.clear();
    this.#hosts.clear();
    this.#takenCounts.clear();
    this.#newestMs = Number.NEGATIVE_INFINITY;
    this.#energyNote = "";
  }

  /** Adds the samples that are new since the last call. */
  grow(samplesByHost: ReadonlyMap<string, readonly HostSample[]>, input: EnergyInput): void {
    const added = this.#takeNew(samplesByHost, input.end?.timeMs);
    let hasRates = false;
    for (const [index, sample] of added.entries()) {
      hasRates = this.#apply(sample, input) || hasRates;
      const next = added[index + 1];
      // Samples of several hosts at the same time make one point.
      if (next?.timeMs === sample.timeMs && next.host !== sample.host) continue;
      this.#pushTotals(hasRates, input.end);
      hasRates = false;
    }
  }

  /** Samples after the end are of the time without processes; the first one counts what was used until the end. */
  #takeNew(
    samplesByHost: ReadonlyMap<string, readonly HostSample[]>,
    endMs = Number.POSITIVE_INFINITY,
  ): HostSample[] {
    const added: HostSample[] = [];
    for (const [host, samples] of samplesByHost) {
      for (const [index, sample] of samples.entries()) {
        if (index < (this.#takenCounts.get(host) ?? 0)) continue;
        const isLater = sample.timeMs > endMs && samples[index - 1]?.processCount === 0;
        if (!isLater) added.push(sample);
      }
      this.#takenCounts.set(host, samples.length);
    }
    return samplesByHost.size > 1 ? added.toSorted((a, b) => a.timeMs - b.timeMs) : added;
  }

  /** @returns whether the host has new rates: there are none at its first sample */
  #apply(sample: HostSample, input: EnergyInput): boolean {
    this.#pushAccelerators(sample);
    this.#newestMs = Math.max(this.#newestMs, sample.timeMs);
    const before = this.#hosts.get(sample.host);
    const capacity = sample.capacity ?? before?.capacity;
    const readings = withEarlierMeters(before?.readings, energyAt(sample, capacity, input));
    const now: HostState = { sample, capacity, readings };
    this.#hosts.set(sample.host, now);
    if (before === undefined) return false;
    const seconds = (sample.timeMs - before.sample.timeMs) / 1000;
    if (seconds <= 0) {
      this.#hosts.set(sample.host, { ...before, ...now });
      return false;
    }
    now.cpuCores = Math.max(0, sample.cpuSeconds - before.sample.cpuSeconds) / seconds;
    this.#pushNetwork(before.sample, sample, seconds);
    now.watts = {};
    for (const kind of ["measured", "estimated"] as const) {
      const watts = wattsBetween(before.readings, now.readings, kind);
      if (watts !== undefined) now.watts[kind] = watts;
    }
    return true;
  }

  #pushTotals(hasRates: boolean, end: EnergyInput["end"]): void {
    const timeMs = this.#newestMs;
    const hosts = [...this.#hosts.values()];
    const present = hosts.filter(({ sample }) => timeMs - sample.timeMs <= staleAfterMs);
    const push = (rows: PointRows, values: readonly (number | undefined)[]): void => {
      const total = sumOfKnown(values);
      if (total !== undefined) rows.push(timeMs, undefined, total);
    };
    push(
      this.memory,
      // After the last process has exited, the memory of the run is no longer known. One that is exiting has none.
      present.map(({ sample }) =>
        sample.processCount === 0 || sample.memoryBytes === 0 ? undefined : sample.memoryBytes,
      ),
    );
    const isMeasured = hosts.some(({ readings }) => joulesOf(readings, "measured") !== undefined);
    const kind = isMeasured ? "measured" : "estimated";
    const finalJoules =
      end === undefined || timeMs < end.timeMs ? undefined : joulesOf(end.energy, kind);
    push(
      this.energy,
      finalJoules === undefined
        ? hosts.map(({ readings }) => joulesOf(readings, kind))
        : [finalJoules],
    );
    this.#energyNote = noteOf(hosts, kind);
    if (!hasRates) return;
    push(
      this.power,
      present.map(({ watts }) => watts?.[kind]),
    );
    push(
      this.cpuCores,
      present.map(({ cpuCores }) => cpuCores),
    );
  }

  #pushNetwork(before: HostSample, now: HostSample, seconds: number): void {
    const [from, to] = [networkBytes(before), networkBytes(now)];
    if (from === undefined || to === undefined) return;
    // A counter starts again when an interface does.
    const rate = (bytes: number): number => Math.max(0, bytes) / seconds;
    this.networkReceived.push(now.timeMs, undefined, rate(to.receivedBytes - from.receivedBytes));
    this.networkSent.push(now.timeMs, undefined, rate(to.sentBytes - from.sentBytes));
  }

  #pushAccelerators({ timeMs, accelerators = [] }: HostSample): void {
    for (const { utilisationFraction, memoryBytes } of accelerators) {
      if (utilisationFraction !== undefined)
        this.acceleratorUtilisation.push(timeMs, undefined, utilisationFraction);
      if (memoryBytes !== undefined) this.acceleratorMemory.push(timeMs, undefined, memoryBytes);
    }
  }
}

/** Interfaces of containers and virtual machines: their traffic is counted by the interface that carries it. */
const virtualInterface = /^(?:lo|veth|docker|br-|virbr|cni|flannel|cali|tun|tap|ifb|dummy)/u;

/** Of all interfaces of a host together; undefined if it reports none. */
function networkBytes({
  network,
}: HostSample): { receivedBytes: number; sentBytes: number } | undefined {
  if (network === undefined) return undefined;
  const counts = Object.entries(network).filter(([name]) => !virtualInterface.test(name));
  return {
    receivedBytes: counts.reduce((sum, [, { receivedBytes }]) => sum + receivedBytes, 0),
    sentBytes: counts.reduce((sum, [, { sentBytes }]) => sum + sentBytes, 0),
  };
}

/** Joules of one kind of reading: measured and estimated readings are never added up. */
function joulesOf(readings: readonly EnergyReading[], kind: EnergyKind): number | undefined {
  return sumOfKnown(
    readings.map((reading) => (reading.kind === kind ? reading.joules : undefined)),
  );
}

/**
 * Adds the last readings of meters that a sample lacks: what they have counted until then still counts. An estimate ends
 * where a meter of the same part takes over.
 */
function withEarlierMeters(
  before: readonly EnergyReading[] = [],
  now: readonly EnergyReading[],
): readonly EnergyReading[] {
  const known = new Set(now.map(energySource));
  const missing = before.filter(
    (reading) => reading.kind === "measured" && !known.has(energySource(reading)),
  );
  return missing.length === 0 ? now : [...now, ...missing];
}

/**
 * Mean power between two samples, of the meters or formulas that both have. A reading is divided by the time since the
 * earlier reading of the same meter; a counter that went back has started again.
 */
function wattsBetween(
  before: readonly EnergyReading[],
  now: readonly EnergyReading[],
  kind: EnergyKind,
): number | undefined {
  const earlier = new Map(before.map((reading) => [energySource(reading), reading]));
  return sumOfKnown(
    now.map((reading) => {
      const from = reading.kind === kind ? earlier.get(energySource(reading)) : undefined;
      const spanMs = reading.intervalMs - (from?.intervalMs ?? reading.intervalMs);
      if (from === undefined || spanMs <= 0) return undefined;
      return Math.max(0, reading.joules - from.joules) / (spanMs / 1000);
    }),
  );
}

/** Undefined where no value is known. */
function sumOfKnown(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0);
}

function noteOf(hosts: readonly HostState[], kind: EnergyKind): string {
  const counted = hosts.filter(({ readings }) => joulesOf(readings, kind) !== undefined);
  if (counted.length === 0) return "";
  const readings = addReadings(counted.flatMap((host) => host.readings));
  const covers = readings.filter((reading) => reading.kind === kind).map((each) => each.covers);
  const hostText = hosts.length === 1 ? "" : ` (${counted.length} of ${hosts.length} hosts)`;
  return `${kind}: ${covers.join("; ")}${hostText}`;
}
