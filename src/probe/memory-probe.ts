import type { HostSample } from "../schema/run/measured/telemetry-sample.ts";
import { sampleStream } from "./sample-stream.ts";
import type { Probe, ProbeTotals } from "./start-probe.ts";

/** A probe with preset values, for tests. */
export interface MemoryProbe extends Probe {
  /** Pids handed to `watch`, in order. */
  watched: readonly number[];
  /** Lets the reader see one more sample. */
  emit(sample: HostSample): void;
}

/** The in-memory twin of `startProbe`: no process, no meter, no clock. */
export function memoryProbe(totals: Partial<ProbeTotals> = {}): MemoryProbe {
  const stream = sampleStream<HostSample>();
  const watched: number[] = [];
  let peakMemoryBytes: number | undefined;
  let cpuSeconds: number | undefined;
  let firstMs: number | undefined;
  let lastMs = 0;
  return {
    samples: stream.values,
    watched,
    watch: (pid) => void watched.push(pid),
    emit: (sample) => {
      peakMemoryBytes = Math.max(peakMemoryBytes ?? 0, sample.memoryBytes);
      cpuSeconds = Math.max(cpuSeconds ?? 0, sample.cpuSeconds);
      firstMs ??= sample.timeMs;
      lastMs = sample.timeMs;
      stream.push(sample);
    },
    energySoFar: () => totals.energy ?? [],
    stop: () => {
      stream.end();
      const intervalMs = lastMs - (firstMs ?? lastMs);
      return Promise.resolve({
        intervalMs,
        cpuSeconds,
        peakMemoryBytes,
        energy: [],
        conditions: {},
        reasons: [],
        ...totals,
      });
    },
  };
}
