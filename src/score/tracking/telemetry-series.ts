import type {
  HostSample,
  StepSample,
  TelemetrySample,
} from "../../schema/run/measured/telemetry-sample.ts";
import type { TelemetrySeries } from "../../schema/run/measured/telemetry-series.ts";
import { ThinnedEvaluations } from "./thinned-evaluations.ts";

type SystemName =
  | "cpu_cores"
  | "memory_bytes"
  | "processes"
  | "power_watts"
  | "utilization_fraction";

/** The samples of a run as one series for each quantity of each host, device and rank. */
export function telemetrySeries(samples: readonly TelemetrySample[]): TelemetrySeries[] {
  const hosts = new Map<string, HostSample[]>();
  const ranks = new Map<number, StepSample[]>();
  for (const sample of samples)
    if (sample.kind === "host") grouped(hosts, sample.host, sample);
    else grouped(ranks, sample.rank, sample);
  return [
    ...[...hosts].flatMap(([host, ofHost]) => hostSeries(host, ofHost)),
    ...[...ranks]
      .toSorted(([one], [other]) => one - other)
      .flatMap(([rank, ofRank]) => rankSeries(rank, ofRank)),
  ];
}

function grouped<Key, Item>(groups: Map<Key, Item[]>, key: Key, item: Item): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [item]);
  else group.push(item);
}

/** Counters become rates between two samples, at the time of the second one. */
function hostSeries(host: string, samples: readonly HostSample[]): TelemetrySeries[] {
  const all = new Map<string, KeptSeries>();
  const push = (
    name: SystemName,
    { timeMs, value, device }: { timeMs: number; value: number | undefined; device?: string },
  ): void => {
    if (value === undefined) return;
    const key = `${name} ${device ?? ""}`;
    const known = all.get(key) ?? {
      name,
      ...(device === undefined ? {} : { device }),
      kept: new ThinnedEvaluations(),
    };
    all.set(key, known);
    known.kept.push({ timeMs, clockMs: 0, value });
  };
  let before: HostSample | undefined;
  for (const sample of samples) {
    const { timeMs, cpuSeconds, memoryBytes, processCount, measuredJoules = {} } = sample;
    push("cpu_cores", { timeMs, value: rate(before, sample, before?.cpuSeconds, cpuSeconds) });
    push("memory_bytes", { timeMs, value: memoryBytes });
    push("processes", { timeMs, value: processCount });
    for (const [device, joules] of Object.entries(measuredJoules)) {
      const value = rate(before, sample, before?.measuredJoules?.[device], joules);
      push("power_watts", { timeMs, value, device });
    }
    for (const { index, ...of } of sample.accelerators ?? []) {
      const device = `accelerator ${index}`;
      push("utilization_fraction", { timeMs, value: of.utilisationFraction, device });
      push("memory_bytes", { timeMs, value: of.memoryBytes, device });
      push("power_watts", { timeMs, value: of.powerWatts, device });
    }
    before = sample;
  }
  return [...all.values()].map((series) => systemSeries(host, series));
}

interface KeptSeries {
  name: SystemName;
  device?: string;
  kept: ThinnedEvaluations;
}

function systemSeries(host: string, { name, device, kept }: KeptSeries): TelemetrySeries {
  const where = device === undefined ? { host } : { host, device };
  return { kind: "system", ...where, ...pointsOf(name, kept) };
}

/** Per second; undefined for the first sample, and for a counter that started again. */
function rate(
  before: HostSample | undefined,
  after: HostSample,
  from: number | undefined,
  to: number,
): number | undefined {
  if (before === undefined || from === undefined) return undefined;
  const seconds = (after.timeMs - before.timeMs) / 1000;
  return seconds > 0 && to >= from ? (to - from) / seconds : undefined;
}

const stepParts = {
  compute_ms: "computeMs",
  communication_ms: "communicationMs",
  data_wait_ms: "dataWaitMs",
} as const satisfies Record<string, keyof StepSample>;

/** Times are those of one step. */
function rankSeries(rank: number, samples: readonly StepSample[]): TelemetrySeries[] {
  const parts = Object.entries(stepParts).map(([name, field]) =>
    stepSeries({ rank, name }, samples, (sample) => sample[field] / sample.stepCount),
  );
  return [...parts, stepSeries({ rank, name: "loss" }, samples, ({ loss }) => loss)].flatMap(
    (series) => series ?? [],
  );
}

function stepSeries(
  { rank, name }: { rank: number; name: string },
  samples: readonly StepSample[],
  valueOf: (sample: StepSample) => number | undefined,
): TelemetrySeries | undefined {
  const kept = new ThinnedEvaluations();
  for (const sample of samples) {
    const value = valueOf(sample);
    const { timeMs, step, samplesCount } = sample;
    if (value !== undefined) kept.push({ timeMs, clockMs: 0, value, step, samplesCount });
  }
  if (kept.count === 0) return undefined;
  return {
    kind: "step",
    rank,
    ...pointsOf(name, kept),
    steps: kept.kept.map(({ step = 0 }) => step),
    samplesCounts: kept.kept.map(({ samplesCount = 0 }) => samplesCount),
  };
}

function pointsOf(
  name: string,
  { count, kept }: ThinnedEvaluations,
): { name: string; count: number; timeMs: number[]; values: number[] } {
  return {
    name,
    count,
    timeMs: kept.map(({ timeMs }) => timeMs),
    values: kept.map(({ value }) => value),
  };
}
