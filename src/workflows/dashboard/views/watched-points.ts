import type { MetricCurve } from "../../../schema/run/measured/metric-curve.ts";
import { isFarAboveZero } from "../../../score/readings/first-count.ts";
import { PointRows } from "../follow/point-rows.ts";
import type { WatchedRun } from "../follow/watch-run.ts";

/** How many samples were counted at a time. */
interface CountedMoment {
  timeMs: number;
  samplesCount: number;
}

/** What was counted when the clock of the run started: samples of the runs that it continues, or of a warm-up. */
function countedAtStart({ runStartMs, request, log }: WatchedRun): CountedMoment | undefined {
  if (runStartMs === undefined) return undefined;
  const { samplesBeforeClock = 0 } = log.reader.run;
  return {
    timeMs: runStartMs,
    samplesCount: request.continues?.samplesCount ?? samplesBeforeClock,
  };
}

const notes = {
  exact: "printed by the program",
  estimated: "printed by the program; times between evaluations are estimated",
};

interface MetricPoints {
  rows: PointRows;
  /** The number of the newest point that was taken. */
  number: number;
  /** How the points were obtained, if Pitwall was not asked to read this metric. */
  note?: string;
}

function requestedMetrics({ log: { reader }, result }: WatchedRun): ReadonlySet<string> {
  const targets = [reader.run.target, result?.target].flatMap((target) => target?.metric ?? []);
  const curves = (result?.curves ?? []).map(({ metric }) => metric);
  return new Set([...targets, ...curves, ...reader.run.curves.series.keys()]);
}

/** Quality, loss and throughput of a run. Points are only added. */
export class WatchRunPoints {
  readonly quality = new PointRows();
  readonly loss = new PointRows();
  readonly samplesPerSecond = new PointRows();
  /** Of the metrics other than that of the first target. */
  readonly metrics = new Map<string, MetricPoints>();
  /** Changes when points were removed. */
  generation = 0;
  /** The number of the newest evaluation in `quality`. */
  #evaluationNumber = 0;
  #areMetricsFinal = false;
  #stepRows = 0;
  /** How many points of `quality` throughput was computed from. */
  #countedPoints = 0;
  #samplesGeneration = 0;
  #rateFrom: CountedMoment | undefined;
  /** The first count above zero, until there is a second one. */
  #firstCounted: CountedMoment | "compared" | undefined;

  /** Adds the points that are new in the run. */
  growFrom(run: WatchedRun): void {
    const { generation } = run.samples;
    const hasFewer =
      run.evaluationCount < this.#evaluationNumber ||
      run.log.points.loss.length < this.loss.values.length;
    if (hasFewer || generation !== this.#samplesGeneration) this.#clear(generation);
    // Evaluations that are no longer kept remain in the chart.
    for (const { number, evaluation: point } of run.evaluationsAfter(this.#evaluationNumber)) {
      this.quality.push(point.timeMs, point.samplesCount, point.value, point);
      this.#evaluationNumber = number;
    }
    this.#growMetrics(run);
    this.#growPrinted(run);
    for (const point of run.log.points.loss.slice(this.loss.values.length))
      this.loss.push(point.timeMs, point.samplesCount, point.value, { step: point.step });
    if (run.samples.steps.rowCount > 0) this.#growRate(run);
    else if (run.log.points.samplesPerSecond.length > 0) this.#growLoggedRate(run);
    else this.#growCountedRate(run);
  }

  #growLoggedRate({ log }: WatchedRun): void {
    // Rates between evaluations are dropped once the program reports its throughput.
    if (this.#countedPoints > 0) {
      this.samplesPerSecond.clear();
      this.#countedPoints = 0;
      this.generation += 1;
    }
    const { length } = this.samplesPerSecond.values;
    for (const point of log.points.samplesPerSecond.slice(length))
      this.samplesPerSecond.push(point.timeMs, point.samplesCount, point.value);
  }

  /** Throughput between two evaluations, of a program that only counts its samples. */
  #growCountedRate(run: WatchedRun): void {
    const { timesMs, samples } = this.quality;
    for (; this.#countedPoints < timesMs.length; this.#countedPoints++) {
      const timeMs = timesMs[this.#countedPoints] ?? 0;
      const samplesCount = samples[this.#countedPoints] ?? Number.NaN;
      if (!Number.isFinite(samplesCount)) continue;
      const next = { timeMs, samplesCount };
      const from = this.#rateFrom ?? countedAtStart(run);
      if (samplesCount > 0) this.#dropRateBeforeCheckpoint(run, next);
      this.#rateFrom = next;
      if (from === undefined || timeMs <= from.timeMs || samplesCount <= from.samplesCount)
        continue;
      const rate = (samplesCount - from.samplesCount) / ((timeMs - from.timeMs) / 1000);
      this.samplesPerSecond.push(timeMs, samplesCount, rate);
    }
  }

  /** At its second count, it shows that a program counts on from a checkpoint: its first rate is of samples from before. */
  #dropRateBeforeCheckpoint(run: WatchedRun, counted: CountedMoment): void {
    const [start, first] = [countedAtStart(run), this.#firstCounted];
    this.#firstCounted = first === undefined ? counted : "compared";
    if (first === undefined || first === "compared") return;
    if (start === undefined || start.samplesCount > 0) return;
    const sinceStart = ({ timeMs, samplesCount }: CountedMoment) => ({
      count: samplesCount,
      timeMs: timeMs - start.timeMs,
    });
    if (!isFarAboveZero(sinceStart(first), sinceStart(counted))) return;
    this.samplesPerSecond.clear();
    this.generation += 1;
  }

  #clear(samplesGeneration: number): void {
    this.generation += 1;
    this.#samplesGeneration = samplesGeneration;
    this.#evaluationNumber = 0;
    this.#stepRows = 0;
    this.#countedPoints = 0;
    this.#rateFrom = undefined;
    this.#firstCounted = undefined;
    this.metrics.clear();
    this.#areMetricsFinal = false;
    for (const rows of [this.quality, this.loss, this.samplesPerSecond]) rows.clear();
  }

  /** The result has the times at which values arrived; a growing log does not. An imported log has steps, too. */
  #growMetrics({ request, result, runStartMs, log }: WatchedRun): void {
    const isImported = request.startable.kind === "imported";
    if (!isImported && result?.curves !== undefined && runStartMs !== undefined) {
      this.#takeCurves(result.curves, runStartMs);
      return;
    }
    for (const [metric, series] of log.reader.run.curves.series) {
      const points = this.metrics.get(metric) ?? { rows: new PointRows(), number: 0 };
      this.metrics.set(metric, points);
      for (const { number, evaluation } of series.keptAfter(points.number)) {
        const { timeMs, samplesCount, value } = evaluation;
        points.rows.push(timeMs, samplesCount, value, evaluation);
        points.number = number;
      }
    }
  }

  /** Numbers that no option names. Requested metrics have their own reader, which leaves out values of training data. */
  #growPrinted(run: WatchedRun): void {
    const { printed, request } = run;
    if (request.startable.kind === "imported") return;
    const requested = requestedMetrics(run);
    for (const [metric, from] of printed.rows) {
      if (requested.has(metric)) continue;
      const points: MetricPoints = this.metrics.get(metric) ?? { rows: new PointRows(), number: 0 };
      points.note = printed.areTimesEstimated ? notes.estimated : notes.exact;
      this.metrics.set(metric, points);
      points.rows.addFrom(from, points.number);
      points.number = points.rows.values.length;
    }
  }

  /** Replaces the points from the log by those of the result, once. */
  #takeCurves(curves: readonly MetricCurve[], runStartMs: number): void {
    if (this.#areMetricsFinal) return;
    if (this.metrics.size > 0) this.generation += 1;
    this.#areMetricsFinal = true;
    this.metrics.clear();
    for (const { metric, clockMs, values } of curves) {
      const rows = new PointRows();
      for (const [index, value] of values.entries())
        rows.push(runStartMs + (clockMs[index] ?? 0), undefined, value);
      this.metrics.set(metric, { rows, number: values.length });
    }
  }

  /** Throughput between two samples of the lowest rank, whose sample counts include all ranks. */
  #growRate({ samples: { steps } }: WatchedRun): void {
    const [rank] = steps.ranks();
    // Throughput from the log is dropped once there is telemetry.
    if (this.#stepRows === 0) {
      this.samplesPerSecond.clear();
      this.#rateFrom = undefined;
    }
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
