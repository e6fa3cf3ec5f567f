import { isJsonObject, type JsonValue } from "../../foundation/json.ts";
import type { LogEvent } from "../../schema/logs/log-event.ts";
import type {
  FactOrigin,
  FinishedTraining,
  ProgressMark,
  StatedField,
  StatedValue,
  TimeSpan,
} from "../../schema/plan/finished-training.ts";
import type { StepSample } from "../../schema/run/measured/telemetry-sample.ts";
import { RankTimes } from "./rank-times.ts";
import { statedSetting } from "./stated-settings.ts";

/** A number that a line of text names; `unitMs` for a time. */
export interface ObservedNumber {
  name: string;
  value: number;
  unitMs?: number | undefined;
}

/** Numbers of one line that say nothing more after this many step times were kept. */
const maximumPrinted = 200_000;

/** Collects what a training says about itself, line by line. */
export class TrainingObserver {
  readonly #stated: Partial<Record<StatedField, StatedValue>> = {};
  readonly #sizes: Record<string, number> = {};
  readonly #marks = {
    samples: new Array<ProgressMark>(),
    steps: new Array<ProgressMark>(),
    epochs: new Array<ProgressMark>(),
  };
  readonly #evaluations = new Spans();
  readonly #checkpoints = new Spans();
  readonly #printedStepMs: number[] = [];
  readonly #printedRates: number[] = [];
  readonly #ranks = new RankTimes();
  #benchmark: string | undefined;
  #submitter: string | undefined;
  #platform: string | undefined;
  #modelText: string | undefined;
  #samplesPerEpoch: number | undefined;
  #initStartMs: number | undefined;
  #runStartMs: number | undefined;
  #runStopMs: number | undefined;
  #lastMs: number | undefined;
  #firstMs: number | undefined;
  #outcome: FinishedTraining["outcome"] = "unknown";
  #restarts = 0;

  /** One MLPerf log line. */
  event(event: LogEvent): void {
    const { timeMs, key, value, metadata } = event;
    this.#see(timeMs);
    const facts = isJsonObject(metadata) ? metadata : {};
    this.#text(key, value);
    if (typeof value !== "object") this.setting(key, String(value), "log");
    if (key === "train_samples" && typeof value === "number" && facts["epoch_num"] === undefined)
      this.#samplesPerEpoch ??= value;
    this.#clock(event, facts);
    if (this.#runStartMs === undefined) return;
    this.#span(event);
    this.#progress({ timeMs, key, value, facts });
  }

  /** Lines of v0.5 name the benchmark beside the event. */
  names(benchmark: string): void {
    this.#benchmark ??= benchmark;
  }

  /** A setting stored with the training or printed by it. The first value of a more trusted origin counts. */
  setting(name: string, text: string, origin: FactOrigin): void {
    const stated = statedSetting(name, text);
    switch (stated.kind) {
      case "field":
        this.#stated[stated.field] ??= { value: stated.value, origin };
        break;
      case "size":
        this.#sizes[stated.size] ??= stated.value;
        break;
      case "model":
        this.#modelText ??= stated.name;
        break;
      case "none":
        break;
    }
  }

  /** A line that is not of MLPerf, with the time that the log's clock gives it. */
  line(text: string, timeMs: number, numbers: readonly ObservedNumber[]): void {
    this.#see(timeMs);
    const printed = /^\s*([a-z][a-z0-9_]*) \.{3,} ?(.+)$/iu.exec(text);
    if (printed !== null) this.setting(printed[1] ?? "", printed[2] ?? "", "log");
    this.#mesh(text);
    // Evaluations name the step that they follow beside their quality.
    let countsSteps = numbers.length === 1;
    for (const { name } of numbers) countsSteps ||= /loss/iu.test(name);
    for (const number of numbers) this.#number(number, timeMs, countsSteps);
  }

  /** Step times of a rank of one's own run. */
  sample(sample: StepSample): void {
    this.#ranks.push(sample);
  }

  restarted(): void {
    this.#restarts += 1;
  }

  /** @param span what is known about it otherwise, for logs that do not show when the training began and ended */
  finish(
    name: string,
    { span, hasTimes }: { span: TimeSpan; hasTimes: boolean },
  ): FinishedTraining {
    const startMs = this.#runStartMs ?? this.#firstMs ?? span.fromMs;
    const endMs = Math.max(startMs, this.#runStopMs ?? this.#lastMs ?? span.toMs);
    const unit = (["samples", "steps", "epochs"] as const).find(
      (one) => distinct(this.#marks[one]) > 1,
    );
    const progressUnit = unit ?? "samples";
    return {
      name,
      benchmark: this.#benchmark,
      submitter: this.#submitter,
      platform: this.#platform,
      acceleratorText: undefined,
      modelText: this.#modelText,
      sizes: this.#sizes,
      stated: this.#stated,
      outcome: this.#outcome,
      initStartMs:
        this.#initStartMs !== undefined && this.#initStartMs < startMs
          ? this.#initStartMs
          : undefined,
      startMs,
      endMs,
      hasTimes,
      marks: ordered(this.#marks[progressUnit], startMs, endMs),
      progressUnit,
      samplesPerEpoch: this.#samplesPerEpoch,
      evaluations: this.#evaluations.within(startMs, endMs),
      checkpoints: this.#checkpoints.within(startMs, endMs),
      printedStepMs: this.#printedStepMs,
      printedTokensPerSecond: this.#printedRates,
      restartCount: this.#restarts,
      ranks: this.#ranks.ranks(),
      rankSpreadMs: this.#ranks.spreadMs(),
      usdPerHour: undefined,
      measuredKwh: undefined,
    };
  }

  #see(timeMs: number): void {
    if (!Number.isFinite(timeMs)) return;
    this.#firstMs ??= timeMs;
    this.#lastMs = Math.max(this.#lastMs ?? timeMs, timeMs);
  }

  #clock({ timeMs, key, value }: LogEvent, facts: { readonly [key: string]: JsonValue }): void {
    if (key === "init_start") this.#initStartMs = Math.min(this.#initStartMs ?? timeMs, timeMs);
    if (key === "run_start") this.#runStartMs ??= timeMs;
    if (key === "run_stop") this.#stop(timeMs, facts["status"] ?? value);
  }

  #span({ timeMs, key, eventType }: LogEvent): void {
    if (key === "eval_start") this.#evaluations.open(timeMs);
    if (key === "eval_stop") this.#evaluations.close(timeMs);
    if (!key.includes("checkpoint") || key === "init_checkpoint_step") return;
    if (eventType === "INTERVAL_START") this.#checkpoints.open(timeMs);
    if (eventType === "INTERVAL_END") this.#checkpoints.close(timeMs);
  }

  #text(key: string, value: JsonValue): void {
    if (typeof value !== "string") return;
    if (key === "submission_benchmark") this.#benchmark ??= value;
    if (key === "submission_org") this.#submitter ??= value;
    if (key === "submission_platform") this.#platform ??= value;
  }

  #stop(timeMs: number, status: JsonValue): void {
    this.#runStopMs = timeMs;
    const isSuccess = status === "success" || (isJsonObject(status) && status["success"] === true);
    const isFailure = typeof status === "string" && status !== "success";
    if (isSuccess) this.#outcome = "reached";
    else if (isFailure) this.#outcome = "not-reached";
  }

  #progress(line: {
    timeMs: number;
    key: string;
    value: JsonValue;
    facts: { readonly [key: string]: JsonValue };
  }): void {
    const { timeMs, key, value, facts } = line;
    const isStatistic = key === "tracked_stats" && isJsonObject(value);
    if (isStatistic) this.#statistics(value);
    const isTraining = isStatistic && Object.keys(value).some(namesTraining);
    const ends = /^(?:eval_start|eval_accuracy|eval_error|run_stop)$/u.test(key);
    if (!isTraining && !ends) return;
    const samples = facts["samples_count"];
    if (typeof samples === "number") this.#mark("samples", timeMs, samples);
    if (isTraining) return;
    // A run of Pitwall whose target is its last step reports steps as its quality.
    const steps = countsStepsBy(facts["metric"]) ? value : facts["step_num"];
    const epochs = facts["epoch_num"];
    if (typeof steps === "number") this.#mark("steps", timeMs, steps);
    if (typeof epochs === "number") this.#mark("epochs", timeMs, epochs);
  }

  #statistics(value: { readonly [key: string]: JsonValue }): void {
    const seconds = value["train_step_time"] ?? value["train_step_timing"];
    const loss = value["reduced_train_loss"] ?? value["train_step_timing"];
    if (typeof seconds === "number" && loss !== undefined) this.#printed(1000 * seconds);
  }

  /** torchtitan: `Building 2-D device mesh with ['dp_shard', 'tp'], [4, 2]`. */
  #mesh(text: string): void {
    const found = /device mesh with \[([^\]]*)\], \[([\d, ]*)\]/u.exec(text);
    if (found === null) return;
    const sizes = (found[2] ?? "").split(",").map((size) => size.trim());
    for (const [index, name] of (found[1] ?? "").split(",").entries()) {
      const axis = name.replaceAll(/['"\s]/gu, "");
      if (axis === "tp" || axis === "pp" || axis === "cp")
        this.setting(axis, sizes[index] ?? "", "log");
    }
    this.setting("framework", "fsdp", "log");
  }

  #number({ name, value, unitMs }: ObservedNumber, timeMs: number, countsSteps: boolean): void {
    const plain = name.toLowerCase().replaceAll(/[^a-z0-9]/gu, "");
    const stepMs = stepTimeOf(plain, value, unitMs);
    if (stepMs !== undefined) this.#printed(stepMs);
    if (countsSteps && countsStepsBy(name)) this.#mark("steps", timeMs, value);
    if (/^consumed(?:train)?samples$|^samplesseen$|^samplescount$/u.test(plain))
      this.#mark("samples", timeMs, value);
    if (
      /^(?:tps|tokenspersecondpergpu|tokenspersecperdevice|tokenspersecondperdevice)$/u.test(plain)
    )
      this.#printedRates.push(value);
    if (/^(?:globalbatchsize)$/u.test(plain)) this.setting(name, String(value), "log");
  }

  #printed(stepMs: number): void {
    if (stepMs > 0 && this.#printedStepMs.length < maximumPrinted) this.#printedStepMs.push(stepMs);
  }

  #mark(unit: FinishedTraining["progressUnit"], timeMs: number, amount: number): void {
    if (Number.isFinite(amount) && amount > 0) this.#marks[unit].push({ timeMs, amount });
  }
}

/** Whether a metric of this name is the number of a step. */
function countsStepsBy(name: JsonValue | undefined): boolean {
  if (typeof name !== "string") return false;
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9]/gu, "");
  return /^(?:steps?|iteration|iter|globalstep|trainerglobalstep|trainstep|completedstep)$/u.test(
    plain,
  );
}

function namesTraining(name: string): boolean {
  return /^(?:reduced_)?train_(?:loss|step)/u.test(name);
}

/** Milliseconds of a step; undefined for other numbers. */
function stepTimeOf(name: string, value: number, unitMs: number | undefined): number | undefined {
  if (/^elapsedtimeperiterationms$|^steptimems$|^stepms$|^mstep$/u.test(name)) return value;
  if (
    /^(?:trainsteptiming(?:ins)?|steptime(?:s|seconds|sec)?|secondsperstep|timeperstep)$/u.test(
      name,
    )
  )
    return value * (unitMs ?? 1000);
  // nanoGPT: `iter 100: loss 3.2, time 143.21ms`
  return name === "time" && unitMs !== undefined ? value * unitMs : undefined;
}

/** Several ranks log the same span, and their lines may be out of order. */
class Spans {
  readonly #spans: TimeSpan[] = [];
  #openMs: number | undefined;

  open(timeMs: number): void {
    this.#openMs ??= timeMs;
  }

  close(timeMs: number): void {
    if (this.#openMs !== undefined && timeMs >= this.#openMs)
      this.#spans.push({ fromMs: this.#openMs, toMs: timeMs });
    this.#openMs = undefined;
  }

  within(fromMs: number, toMs: number): TimeSpan[] {
    return this.#spans
      .map((span) => ({ fromMs: Math.max(fromMs, span.fromMs), toMs: Math.min(toMs, span.toMs) }))
      .filter((span) => span.toMs > span.fromMs);
  }
}

function distinct(marks: readonly ProgressMark[]): number {
  return new Set(marks.map(({ amount }) => amount)).size;
}

/** By time, each amount once: the earliest line that states it. */
function ordered(marks: readonly ProgressMark[], fromMs: number, toMs: number): ProgressMark[] {
  const kept: ProgressMark[] = [];
  for (const mark of marks.toSorted((a, b) => a.timeMs - b.timeMs)) {
    const last = kept.at(-1);
    if (mark.timeMs < fromMs || mark.timeMs > toMs) continue;
    if (last === undefined || mark.amount > last.amount) kept.push(mark);
  }
  return kept;
}
