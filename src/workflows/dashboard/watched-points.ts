import { PointRows } from "./point-rows.ts";
import type { WatchedRun } from "./watch-run.ts";

/** Quality, loss and throughput of a run. Points are only added. */
export class WatchRunPoints {
  readonly quality = new PointRows();
  readonly loss = new PointRows();
  readonly samplesPerSecond = new PointRows();
  /** Changes when points were removed. */
  generation = 0;
  /** The number of the newest evaluation in `quality`. */
  #evaluationNumber = 0;
  #stepRows = 0;
  #samplesGeneration = 0;
  #rateFrom: { timeMs: number; samplesCount: number } | undefined;

  /** Adds the points that are new in the run. */
  growFrom(run: WatchedRun): void {
    const { generation } = run.samples;
    const hasFewer =
      run.evaluationCount < this.#evaluationNumber ||
      run.log.points.loss.length < this.loss.values.length;
    if (hasFewer || generation !== this.#samplesGeneration) this.#clear(generation);
    // Evaluations that are no longer kept remain in the chart.
    for (const { number, evaluation: point } of run.evaluationsAfter(this.#evaluationNumber)) {
      this.quality.push(point.timeMs, point.samplesCount, point.value);
      this.#evaluationNumber = number;
    }
    for (const point of run.log.points.loss.slice(this.loss.values.length))
      this.loss.push(point.timeMs, point.samplesCount, point.value);
    if (run.samples.steps.rowCount > 0) this.#growRate(run);
    else
      for (const point of run.log.points.samplesPerSecond.slice(
        this.samplesPerSecond.values.length,
      ))
        this.samplesPerSecond.push(point.timeMs, point.samplesCount, point.value);
  }

  #clear(samplesGeneration: number): void {
    this.generation += 1;
    this.#samplesGeneration = samplesGeneration;
    this.#evaluationNumber = 0;
    this.#stepRows = 0;
    this.#rateFrom = undefined;
    for (const rows of [this.quality, this.loss, this.samplesPerSecond]) rows.clear();
  }

  /** Throughput between two samples of the lowest rank, whose sample counts include all ranks. */
  #growRate({ samples: { steps } }: WatchedRun): void {
    const [rank] = steps.ranks();
    // Throughput from the log is dropped once there is telemetry.
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
}
