import type { HostSample } from "../../schema/run/telemetry-sample.ts";
import type { WatchedRun } from "./watch-run.ts";

/** Points in parallel arrays, in the order they came; `samples` holds NaN where nobody knows. */
export class PointRows {
  readonly timesMs: number[] = [];
  readonly samples: number[] = [];
  readonly values: number[] = [];

  push(timeMs: number, samplesCount: number | undefined, value: number): void {
    this.timesMs.push(timeMs);
    this.samples.push(samplesCount ?? Number.NaN);
    this.values.push(value);
  }

  clear(): void {
    for (const column of [this.timesMs, this.samples, this.values]) column.length = 0;
  }
}

/** The short series of a run: what is seen once a second, or once an evaluation. They only grow. */
export class WatchRunPoints {
  readonly quality = new PointRows();
  readonly loss = new PointRows();
  readonly samplesPerSecond = new PointRows();
  readonly power = new PointRows();
  readonly energy = new PointRows();
  readonly cpuCores = new PointRows();
  readonly memory = new PointRows();
  readonly acceleratorUtilisation = new PointRows();
  readonly acceleratorMemory = new PointRows();
  /** Raised where points were taken back. */
  generation = 0;
  #hostCount = 0;
  #stepRows = 0;
  #samplesGeneration = 0;
  #rateFrom: { timeMs: number; samplesCount: number } | undefined;

  /** Adds what the run has come to have. */
  growFrom(run: WatchedRun): void {
    const { generation } = run.samples;
    const hasFewer =
      run.evaluations.length < this.quality.values.length ||
      run.samples.host.length < this.#hostCount ||
      run.log.points.loss.length < this.loss.values.length;
    if (hasFewer || generation !== this.#samplesGeneration) this.#clear(generation);
    for (const point of run.evaluations.slice(this.quality.values.length))
      this.quality.push(point.timeMs, point.samplesCount, point.value);
    for (const point of run.log.points.loss.slice(this.loss.values.length))
      this.loss.push(point.timeMs, point.samplesCount, point.value);
    if (run.samples.steps.rowCount > 0) this.#growRate(run);
    else
      for (const point of run.log.points.samplesPerSecond.slice(
        this.samplesPerSecond.values.length,
      ))
        this.samplesPerSecond.push(point.timeMs, point.samplesCount, point.value);
    this.#growHost(run);
  }

  #clear(samplesGeneration: number): void {
    this.generation += 1;
    this.#samplesGeneration = samplesGeneration;
    this.#hostCount = 0;
    this.#stepRows = 0;
    this.#rateFrom = undefined;
    for (const rows of [
      this.quality,
      this.loss,
      this.samplesPerSecond,
      this.power,
      this.energy,
      this.cpuCores,
      this.memory,
      this.acceleratorUtilisation,
      this.acceleratorMemory,
    ])
      rows.clear();
  }

  /** Throughput between two samples of the lowest rank: its samples count those of all ranks. */
  #growRate({ samples: { steps } }: WatchedRun): void {
    const [rank] = steps.ranks();
    // What was logged before telemetry came is not mixed with it.
    if (this.#stepRows === 0) this.samplesPerSecond.clear();
    let base = 0;
    for (const chunk of steps.chunks) {
      for (let row = Math.max(0, this.#stepRows - base); row < chunk.rowCount; row++) {
        if (chunk.rank[row] !== rank) continue;
        const next = { timeMs: chunk.timeMs[row] ?? 0, samplesCount: chunk.samplesCount[row] ?? 0 };
        const from = this.#rateFrom;
        this.#rateFrom = next;
        if (from === undefined || next.timeMs <= from.timeMs) continue;
        const seconds = (next.timeMs - from.timeMs) / 1000;
        const rate = (next.samplesCount - from.samplesCount) / seconds;
        this.samplesPerSecond.push(next.timeMs, next.samplesCount, rate);
      }
      base += chunk.rowCount;
    }
    this.#stepRows = steps.rowCount;
  }

  #growHost(run: WatchedRun): void {
    const { host } = run.samples;
    const { timesMs, joules } = run.energyCurve;
    for (let index = this.#hostCount; index < host.length; index++) {
      const sample = host[index];
      if (sample === undefined) break;
      this.memory.push(sample.timeMs, undefined, sample.memoryBytes);
      this.energy.push(timesMs[index] ?? sample.timeMs, undefined, joules[index] ?? Number.NaN);
      const before = host[index - 1];
      if (before !== undefined && sample.timeMs > before.timeMs)
        this.#pushRates(before, sample, (joules[index] ?? 0) - (joules[index - 1] ?? 0));
      this.#pushAccelerators(sample);
    }
    this.#hostCount = host.length;
  }

  #pushRates(before: HostSample, sample: HostSample, joules: number): void {
    const seconds = (sample.timeMs - before.timeMs) / 1000;
    this.power.push(sample.timeMs, undefined, joules / seconds);
    const cpuSeconds = Math.max(0, sample.cpuSeconds - before.cpuSeconds);
    this.cpuCores.push(sample.timeMs, undefined, cpuSeconds / seconds);
  }

  #pushAccelerators({ timeMs, accelerators = [] }: HostSample): void {
    for (const { utilisationFraction, memoryBytes } of accelerators) {
      if (utilisationFraction !== undefined)
        this.acceleratorUtilisation.push(timeMs, undefined, utilisationFraction);
      if (memoryBytes !== undefined) this.acceleratorMemory.push(timeMs, undefined, memoryBytes);
    }
  }
}
