import { isJsonObject, type JsonValue } from "../../foundation/json.ts";
import type { LogEvent, LogLine } from "../../schema/logs/log-event.ts";
import { OfficialClock } from "./clock.ts";
import { type SampledSeries, ThinnedSeries } from "../tracking/thinned-series.ts";

/** A summary of one log. Times are milliseconds since the epoch. */
export interface LogTimeline {
  organisation: string | undefined;
  platform: string | undefined;
  availability: string | undefined;
  globalBatchSize: number | undefined;
  /** Of `run_stop`: `success`, `aborted`. */
  status: string | undefined;
  moments: readonly Moment[];
  firstTimeMs: number | undefined;
  lastTimeMs: number | undefined;
  evaluations: readonly LoggedEvaluation[];
  /** The number of evaluations that were not stored. */
  evaluationsLeftOut: number;
  loss: SampledSeries | undefined;
  /** Samples per second, as logged. */
  throughput: SampledSeries | undefined;
  /** Training blocks or epochs begun. */
  blockCount: number;
  eventCount: number;
  unreadableCount: number;
}

export const momentKeys = ["init_start", "init_stop", "run_start", "run_stop"] as const;

/** The first line that logs `init_start` or `init_stop`; for the other two, the line that the official clock uses. */
export interface Moment {
  key: (typeof momentKeys)[number];
  timeMs: number;
  line: number;
}

export interface LoggedEvaluation {
  line: number;
  timeMs: number;
  key: string;
  /** As named in the metadata: `FID`. */
  metric: string | undefined;
  value: JsonValue;
  metadata: JsonValue;
  /** The progress of training, by the metadata's own count: some benchmarks write samples or tokens into `epoch_num`. */
  progress: { field: (typeof progressFields)[number]; amount: number } | undefined;
}

const progressFields = ["samples_count", "step_num", "epoch_num"] as const;

const evaluationKeys: ReadonlySet<string> = new Set([
  "eval_accuracy",
  "eval_error",
  "eval_result",
  "averaged_validation_loss",
]);
const maximumEvaluations = 5000;

/** Reads a log line by line, in memory that does not grow with its steps. */
export class TimelineReader {
  readonly #facts = new Map<string, JsonValue>();
  readonly #moments = new Map<string, Moment>();
  readonly #clock = new OfficialClock<Moment>();
  readonly #evaluations: LoggedEvaluation[] = [];
  #evaluationsLeftOut = 0;
  readonly #loss = new ThinnedSeries();
  readonly #throughput = new ThinnedSeries();
  #status: string | undefined;
  #firstTimeMs: number | undefined;
  #lastTimeMs: number | undefined;
  #blockCount = 0;
  #eventCount = 0;
  #unreadableCount = 0;

  push(line: LogLine): void {
    if (line.kind === "unreadable") {
      this.#unreadableCount++;
      return;
    }
    const { event, lineNumber } = line;
    this.#eventCount++;
    this.#noteTime(event);
    if (event.key.startsWith("submission_") || event.key === "global_batch_size") {
      if (!this.#facts.has(event.key)) this.#facts.set(event.key, event.value);
    }
    if (evaluationKeys.has(event.key)) this.#addEvaluation(event, lineNumber);
    if (event.key === "block_start" || event.key === "epoch_start") this.#blockCount++;
    this.#noteMoment(event, lineNumber);
    this.#noteSeries(event);
  }

  /** Google's lines of round 0.6 that name the submitter have time 0. */
  #noteTime({ timeMs }: LogEvent): void {
    if (timeMs <= 0) return;
    this.#firstTimeMs = Math.min(this.#firstTimeMs ?? timeMs, timeMs);
    this.#lastTimeMs = Math.max(this.#lastTimeMs ?? timeMs, timeMs);
  }

  #noteMoment({ key, timeMs, metadata }: LogEvent, line: number): void {
    const known = momentKeys.find((each) => each === key);
    if (known === undefined) return;
    const moment = { key: known, timeMs, line };
    const isOfClock = this.#clock.push(key, moment) !== undefined;
    if (isOfClock || !this.#moments.has(key)) this.#moments.set(key, moment);
    if (key !== "run_stop") return;
    const status = memberOf(metadata, "status");
    if (typeof status === "string") this.#status ??= status;
  }

  #noteSeries({ key, value }: LogEvent): void {
    const isTracked = key === "tracked_stats";
    const loss = isTracked
      ? (memberOf(value, "reduced_train_loss") ??
        memberOf(value, "train_loss") ??
        memberOf(value, "loss"))
      : key === "train_loss" || key === "loss"
        ? value
        : undefined;
    if (typeof loss === "number") this.#loss.push(loss);
    const throughput = isTracked
      ? memberOf(value, "throughput")
      : key === "throughput"
        ? value
        : undefined;
    if (typeof throughput === "number") this.#throughput.push(throughput);
  }

  #addEvaluation({ key, timeMs, value, metadata }: LogEvent, line: number): void {
    if (this.#evaluations.length >= maximumEvaluations) {
      this.#evaluationsLeftOut++;
      return;
    }
    const metric = memberOf(metadata, "metric");
    this.#evaluations.push({
      line,
      timeMs,
      key,
      metric: typeof metric === "string" ? metric : undefined,
      value,
      metadata,
      progress: progressOf(metadata),
    });
  }

  finish(): LogTimeline {
    const text = (key: string): string | undefined => {
      const value = this.#facts.get(key);
      return typeof value === "string" ? value : undefined;
    };
    const batch = this.#facts.get("global_batch_size");
    return {
      organisation: text("submission_org"),
      platform: text("submission_platform"),
      availability: text("submission_status"),
      globalBatchSize: typeof batch === "number" ? batch : undefined,
      status: this.#status,
      moments: momentKeys.flatMap((key) => this.#moments.get(key) ?? []),
      firstTimeMs: this.#firstTimeMs,
      lastTimeMs: this.#lastTimeMs,
      evaluations: this.#evaluations,
      evaluationsLeftOut: this.#evaluationsLeftOut,
      loss: this.#loss.finish(),
      throughput: this.#throughput.finish(),
      blockCount: this.#blockCount,
      eventCount: this.#eventCount,
      unreadableCount: this.#unreadableCount,
    };
  }
}

function progressOf(metadata: JsonValue): LoggedEvaluation["progress"] {
  for (const field of progressFields) {
    const amount = memberOf(metadata, field);
    if (typeof amount === "number") return { field, amount };
  }
  return undefined;
}

function memberOf(value: JsonValue, name: string): JsonValue | undefined {
  return isJsonObject(value) ? value[name] : undefined;
}
