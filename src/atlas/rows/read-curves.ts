import { isJsonObject, type JsonValue } from "../../foundation/json.ts";
import type { CurveSeries, RunCurve } from "../../schema/atlas/results/run-curve.ts";
import type { LogEvent, LogLine } from "../../schema/logs/log-event.ts";
import { type SeriesPoint, thinSeries } from "./thin-series.ts";

/** The time series of a run from its log, and facts that a score does not need. */
export interface RunTrace {
  curves: Omit<RunCurve, "rowId" | "run">[];
  seed: number | undefined;
  /** From the log's first line to `run_start`, milliseconds. */
  initMs: number | undefined;
  precision: string | undefined;
}

/** When the clock of a run started and stopped, milliseconds since the epoch. */
export interface RunBounds {
  runStartMs: number | undefined;
  runStopMs: number | undefined;
}

/** Reads a log's curves line by line. */
export interface CurveReader {
  push(line: LogLine): void;
  /** Can be called repeatedly, with different options. */
  finish(options: TraceOptions): RunTrace;
}

export interface TraceOptions {
  /** The timed part of the run, as used for the score. */
  clock: RunBounds;
  /** Metadata fields that count what the row's `samplesUnit` counts, in order of preference. */
  samplesFields: readonly string[];
  /** Maximum per series; quality series keep twice as many. */
  mostPoints: number;
}

/**
 * @param fields all that `samplesFields` of `finish` may name; a log may name its benchmark, and with it the field,
 *   after its first points
 */
export function createCurveReader(fields: readonly string[]): CurveReader {
  return new LogCurves(fields);
}

/** Names under which programs log a figure in `tracked_stats`, in metadata or as a separate key. */
const namesOf: Readonly<Record<string, CurveSeries | undefined>> = {
  loss: "loss",
  train_loss: "loss",
  reduced_train_loss: "loss",
  train_step_time: "stepMs",
  train_step_timing: "stepMs",
  "train_step_timing in s": "stepMs",
  throughput: "samplesPerSecond",
  imgs_sec: "samplesPerSecond",
};

/** Training may continue after the evaluation that stops the clock; later lines are not part of the run. */
const graceMs = 1000;

interface OpenSeries {
  series: CurveSeries;
  metricName: string;
  points: LoggedPoint[];
}

interface LoggedPoint {
  timeMs: number;
  value: number;
  counts: SampleCounts;
}

interface SampleCounts {
  /** One entry for each field of the reader. */
  inMetadata: readonly (number | undefined)[];
  /** Round 0.5 logs `{"epoch": 3, "value": 0.7}`. */
  epochInValue: number | undefined;
}

const noCounts: SampleCounts = { inMetadata: [], epochInValue: undefined };

class LogCurves implements CurveReader {
  readonly #fields: readonly string[];
  readonly #open = new Map<string, OpenSeries>();
  readonly #blocks = new BlockClock();
  #firstMs: number | undefined;
  #seed: number | undefined;
  #precision: string | undefined;

  constructor(fields: readonly string[]) {
    this.#fields = fields;
  }

  push(line: LogLine): void {
    if (line.kind !== "event") return;
    const { event } = line;
    // Some logs of round 0.6 have lines at time 0.
    if (event.timeMs > 0) this.#firstMs ??= event.timeMs;
    const read = readers[event.key];
    if (read !== undefined) read(this, event);
    else if (namesOf[event.key.trim()] !== undefined)
      this.#addNamed(event.key.trim(), event.value, event);
  }

  finish(options: TraceOptions): RunTrace {
    const { runStartMs: startMs, runStopMs = Number.POSITIVE_INFINITY } = options.clock;
    const firstMs = this.#firstMs;
    const seed = this.#seed;
    const precision = this.#precision;
    const initMs =
      startMs === undefined || firstMs === undefined ? undefined : Math.max(startMs - firstMs, 0);
    if (startMs === undefined) return { curves: [], seed, initMs, precision };
    const curves = [...this.#open.values(), ...this.#blockThroughput()]
      .toSorted(byName)
      .flatMap((open) => this.#curveOf(open, { startMs, lastMs: runStopMs + graceMs }, options));
    return { curves, seed, initMs, precision };
  }

  /** Used only for logs that do not log throughput. */
  #blockThroughput(): OpenSeries[] {
    const logged = [...this.#open.values()].some(({ series }) => series === "samplesPerSecond");
    const points = logged ? [] : this.#blocks.throughput();
    if (points.length === 0) return [];
    return [{ series: "samplesPerSecond", metricName: this.#blocks.kind, points }];
  }

  #curveOf(
    { series, metricName, points }: OpenSeries,
    { startMs, lastMs }: { startMs: number; lastMs: number },
    { samplesFields, mostPoints }: TraceOptions,
  ): RunTrace["curves"] {
    const inRun = points
      .filter(({ timeMs }) => timeMs >= startMs && timeMs <= lastMs)
      .map(({ timeMs, value, counts }): SeriesPoint => {
        return { timeMs, value, samples: this.#samplesIn(counts, samplesFields) };
      })
      .toSorted((a, b) => a.timeMs - b.timeMs);
    const shown = series === "quality" ? withoutEchoes(inRun) : inRun;
    if (shown.length === 0) return [];
    const kept = thinSeries(shown, series === "quality" ? mostPoints * 2 : mostPoints);
    const samples = kept.map((point) => point.samples).filter((count) => count !== undefined);
    return [
      {
        series,
        metricName,
        clockMs: kept.map(({ timeMs }) => Math.round(timeMs - startMs)),
        value: kept.map(({ value }) => sixDigits(value)),
        ...(samples.length === kept.length ? { samples: samples.map(sixDigits) } : {}),
        pointCount: shown.length,
      },
    ];
  }

  readQuality(event: LogEvent): void {
    const { value, key } = event;
    const name = textIn(event.metadata, "metric") ?? key;
    if (!isJsonObject(value)) return this.#addQuality(name, value, event);
    // Round 0.5 has `{"epoch": 3, "value": 0.7}`, Mask R-CNN `{"BBOX": 0.38, "SEGM": 0.34}`.
    if (value["value"] !== undefined) return this.#addQuality(name, value["value"], event);
    for (const [part, figure] of Object.entries(value)) this.#addQuality(part, figure, event);
  }

  #addQuality(metricName: string, value: JsonValue, event: LogEvent): void {
    const figure = numberOf(value);
    if (figure === undefined) return;
    const { timeMs } = event;
    this.#add(
      { series: "quality", metricName },
      { timeMs, value: figure, counts: this.#countsOf(event) },
    );
  }

  /** `{"throughput": 1189.3, "loss": 2.1}`. */
  readStatistics(event: LogEvent): void {
    if (!isJsonObject(event.value)) return;
    for (const [name, value] of Object.entries(event.value)) this.#addNamed(name, value, event);
    // Detection code logs the step time as `time`, next to `data`, which is the time waiting for data.
    const { time, data } = event.value;
    if (typeof time === "number" && typeof data === "number") this.#addStep("time", time, event);
  }

  #addNamed(name: string, value: JsonValue, event: LogEvent): void {
    const series = namesOf[name];
    const figure = numberOf(value);
    if (series === undefined || figure === undefined) return;
    if (series === "stepMs") return this.#addStep(name, figure, event);
    this.#add(
      { series, metricName: name },
      { timeMs: event.timeMs, value: figure, counts: this.#countsOf(event) },
    );
  }

  #addStep(metricName: string, seconds: number, event: LogEvent): void {
    this.#add(
      { series: "stepMs", metricName },
      { timeMs: event.timeMs, value: seconds * 1000, counts: this.#countsOf(event) },
    );
  }

  readBlock(event: LogEvent): void {
    this.#blocks.push(event);
    if (event.key === "block_stop" && isJsonObject(event.metadata))
      this.#addNamed("loss", event.metadata["loss"] ?? null, event);
  }

  readSeed({ value }: LogEvent): void {
    this.#seed ??= numberOf(value);
  }

  readPrecision({ value }: LogEvent): void {
    if (typeof value === "string" && value !== "") this.#precision ??= value.toLowerCase();
  }

  readTrainSamples({ value }: LogEvent): void {
    this.#blocks.trainSamples ??= numberOf(value);
  }

  #countsOf({ metadata, value }: LogEvent): SampleCounts {
    const epochInValue = isJsonObject(value) ? numberOf(value["epoch"] ?? null) : undefined;
    const inMetadata = this.#fields.map((field) => numberIn(metadata, field));
    const isEmpty = epochInValue === undefined && inMetadata.every((count) => count === undefined);
    return isEmpty ? noCounts : { inMetadata, epochInValue };
  }

  #samplesIn(
    { inMetadata, epochInValue }: SampleCounts,
    samplesFields: readonly string[],
  ): number | undefined {
    for (const field of samplesFields) {
      const count = inMetadata[this.#fields.indexOf(field)];
      if (count !== undefined) return count;
    }
    return samplesFields.includes("epoch_num") ? epochInValue : undefined;
  }

  #add({ series, metricName }: Omit<OpenSeries, "points">, point: LoggedPoint): void {
    const key = `${series}/${metricName}`;
    const open = this.#open.get(key) ?? { series, metricName, points: [] };
    open.points.push(point);
    this.#open.set(key, open);
  }
}

const readers: Readonly<Record<string, ((log: LogCurves, event: LogEvent) => void) | undefined>> = {
  eval_accuracy: (log, event) => log.readQuality(event),
  eval_error: (log, event) => log.readQuality(event),
  tracked_stats: (log, event) => log.readStatistics(event),
  block_start: (log, event) => log.readBlock(event),
  block_stop: (log, event) => log.readBlock(event),
  epoch_start: (log, event) => log.readBlock(event),
  epoch_stop: (log, event) => log.readBlock(event),
  seed: (log, event) => log.readSeed(event),
  run_set_random_seed: (log, event) => log.readSeed(event),
  precision: (log, event) => log.readPrecision(event),
  precision_mode: (log, event) => log.readPrecision(event),
  train_samples: (log, event) => log.readTrainSamples(event),
};

/** Throughput if the log has none: the samples of a block (or else an epoch) divided by its time. */
class BlockClock {
  trainSamples: number | undefined;
  readonly #begun = new Map<string, LogEvent>();
  readonly #blocks: { kind: "block" | "epoch"; start: LogEvent; stop: LogEvent }[] = [];

  push(event: LogEvent): void {
    const kind = event.key.startsWith("block") ? "block" : "epoch";
    if (event.key.endsWith("_start")) {
      this.#begun.set(kind, event);
      return;
    }
    const start = this.#begun.get(kind);
    if (start !== undefined) this.#blocks.push({ kind, start, stop: event });
    // Every rank may log the end of a block; the first one counts.
    this.#begun.delete(kind);
  }

  /** The source of the figures. */
  get kind(): "block" | "epoch" {
    return this.#blocks.some((block) => block.kind === "block") ? "block" : "epoch";
  }

  throughput(): LoggedPoint[] {
    return this.#blocks
      .filter((block) => block.kind === this.kind)
      .flatMap(({ start, stop }) => {
        const count = this.#samplesBetween(start, stop);
        const seconds = (stop.timeMs - start.timeMs) / 1000;
        if (count === undefined || count <= 0 || seconds <= 0) return [];
        return [{ timeMs: stop.timeMs, value: count / seconds, counts: noCounts }];
      });
  }

  #samplesBetween(start: LogEvent, stop: LogEvent): number | undefined {
    const [before, after] = [start, stop].map(({ metadata }) =>
      numberIn(metadata, "samples_count"),
    );
    if (before !== undefined && after !== undefined && after > before) return after - before;
    if (this.trainSamples === undefined) return undefined;
    if (this.kind === "epoch") return this.trainSamples;
    const epochs = numberIn(start.metadata, "epoch_count");
    // BERT logs samples in these fields; no other benchmark trains for a thousand epochs.
    if (epochs === undefined) return undefined;
    return epochs > 1000 ? epochs : epochs * this.trainSamples;
  }
}

/** Several ranks may log one evaluation. */
function withoutEchoes(points: readonly SeriesPoint[]): SeriesPoint[] {
  return points.filter((point, index) => {
    const before = points[index - 1];
    return before === undefined || before.value !== point.value || before.samples !== point.samples;
  });
}

function byName(a: OpenSeries, b: OpenSeries): number {
  return curveOrder[a.series] - curveOrder[b.series] || (a.metricName < b.metricName ? -1 : 1);
}

const curveOrder: Record<CurveSeries, number> = {
  quality: 0,
  loss: 1,
  stepMs: 2,
  samplesPerSecond: 3,
};

/** Some logs quote their numbers; some programs log NaN. */
function numberOf(value: JsonValue): number | undefined {
  const figure = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof figure === "number" && Number.isFinite(figure) ? figure : undefined;
}

function numberIn(metadata: JsonValue, name: string): number | undefined {
  return isJsonObject(metadata) ? numberOf(metadata[name] ?? null) : undefined;
}

function textIn(metadata: JsonValue, name: string): string | undefined {
  const value = isJsonObject(metadata) ? metadata[name] : undefined;
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Rounds a figure to the digits that a chart can show; integers are unchanged. */
function sixDigits(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(6));
}
