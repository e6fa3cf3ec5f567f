import type { Finding } from "../schema/run/finding.ts";
import type { LogEvent } from "../schema/logs/log-event.ts";
import { isBetter, meetsTarget } from "../schema/run/meets-target.ts";
import type { MetricTarget } from "../schema/run/metric-target.ts";
import type { Observation, PrintedValue } from "../schema/run/observation.ts";
import type { Evaluation } from "../schema/run/run-result.ts";
import { OfficialClock } from "./clock.ts";
import {
  metadataNumber,
  metadataText,
  metricsOf,
  samplesCountOf,
  statedTarget,
} from "./read-event.ts";
import { type AcceptedValue, acceptValue } from "./readings/compared-value.ts";
import { ReadingNotes } from "./readings/reading-notes.ts";
import { EvaluationClock, programClockKey } from "./readings/evaluation-clock.ts";
import { SampleCounter } from "./readings/sample-count.ts";
import { ThinnedEvaluations } from "./thinned-evaluations.ts";

/** A change made by an observation. */
export type TrackUpdate =
  | { kind: "clock-started"; by: "launch" | "run_start" | "pattern"; timeMs: number }
  /** The count of samples of the evaluation may come with later output. */
  | { kind: "evaluation"; evaluation: Evaluation }
  | { kind: "target-reached"; value: number; samplesCount: number | undefined };

/** One moment on both clocks: the program's own, if it logs times, and Pitwall's. */
interface Moment {
  loggedMs: number | undefined;
  arrivalMs: number;
}

interface SeenEvaluation extends Moment {
  value: number;
  samplesCount: number | undefined;
  epochNum: number | undefined;
  programMs: number | undefined;
}

interface ProgramClock {
  name: string;
  /** The first time that it went backwards. */
  wentBack: { fromMs: number; toMs: number } | undefined;
}

/** The state of a run: written by `RunTracker`, read by `judgeRun` and the live view. */
export interface TrackedRun {
  target: MetricTarget | undefined;
  start: Moment | undefined;
  startedBy: "launch" | "run_start" | "pattern" | undefined;
  /** The first evaluation that met the target. */
  reached:
    | (Moment & {
        value: number;
        samplesCount: number | undefined;
        programMs: number | undefined;
      })
    | undefined;
  stop: (Moment & { status: string | undefined; samplesCount: number | undefined }) | undefined;
  /** The kept evaluations, in order; see `ThinnedEvaluations`. */
  readonly evaluations: readonly Evaluation[];
  /** The same, with the exact count. */
  readonly series: ThinnedEvaluations;
  best: number | undefined;
  samplesCount: number | undefined;
  /** The newest value of each number, by name. */
  latest: Map<string, number>;
  /** The program's own clock, if it is read. */
  programClock: ProgramClock | undefined;
  /** How many values of the target's metric in a row, up to the newest, were not finite. */
  notFiniteCount: number;
  readonly findings: readonly Finding[];
}

/**
 * Tracks one run by its observations. Pure: each observation carries its time.
 *
 * The clock runs from `run_start` (or launch, or the line that the user specified) to `run_stop`, or to
 * the first evaluation that meets the target if the program logs no `run_stop`.
 */
export class RunTracker {
  readonly run: TrackedRun;
  readonly #notes = new ReadingNotes();
  readonly #series = new ThinnedEvaluations();
  readonly #counter = new SampleCounter();
  /** Whether a sample count was read since the last evaluation. */
  #hasFreshCount = false;
  /** An evaluation whose sample count may be printed after it. */
  #uncounted: Evaluation | undefined;
  #reachedBy: Evaluation | undefined;
  readonly #clock = new OfficialClock<Moment>();
  #trainSamples: number | undefined;
  readonly #requestedTarget: MetricTarget | undefined;

  readonly #programClock = new EvaluationClock();

  /** @param programClock name of the program's own clock, if it is read */
  constructor(target: MetricTarget | undefined, programClock?: string) {
    this.#requestedTarget = target;
    const notes = this.#notes;
    this.run = {
      target,
      start: undefined,
      startedBy: undefined,
      reached: undefined,
      stop: undefined,
      evaluations: this.#series.kept,
      series: this.#series,
      best: undefined,
      samplesCount: undefined,
      latest: new Map(),
      notFiniteCount: 0,
      programClock:
        programClock === undefined ? undefined : { name: programClock, wentBack: undefined },
      get findings() {
        return notes.findings;
      },
    };
  }

  observe(seen: Observation): TrackUpdate[] {
    switch (seen.kind) {
      case "event":
        return this.#observeEvent(seen);
      case "metric":
        return this.#observeMetric(seen);
      case "samples":
        this.#observeCount(seen.samplesCount);
        return [];
      case "program-clock":
        this.#observeProgramClock(seen.programMs);
        return [];
      case "clock-start":
        return this.#startClock(seen.by, { loggedMs: undefined, arrivalMs: seen.arrivalMs });
    }
  }

  #observeEvent({ event, arrivalMs }: { event: LogEvent; arrivalMs: number }): TrackUpdate[] {
    const moment = { loggedMs: event.timeMs, arrivalMs };
    if (event.key === "run_start") return this.#startClock("run_start", moment);
    if (event.key === "train_samples" && typeof event.value === "number")
      this.#trainSamples = event.value;
    this.run.target = this.#requestedTarget ?? statedTarget(event) ?? this.run.target;
    const samplesCount = samplesCountOf(event, this.#trainSamples);
    if (samplesCount !== undefined) this.#countSamples(samplesCount);
    if (event.key === "run_stop") {
      if (this.#clock.push(event.key, moment) !== undefined)
        this.run.stop = { ...moment, status: metadataText(event, "status"), samplesCount };
      return [];
    }
    return metricsOf(event).flatMap(({ names, value }) => {
      this.run.latest.set(names.at(-1) ?? event.key, value);
      if (!this.#isTargetMetric(names)) return [];
      const epochNum = metadataNumber(event, "epoch_num");
      const programMs = metadataNumber(event, programClockKey) ?? this.#programClock.freshMs;
      return this.#evaluate({ ...moment, value, samplesCount, epochNum, programMs });
    });
  }

  #observeMetric(seen: Extract<Observation, { kind: "metric" }>): TrackUpdate[] {
    const { target } = this.run;
    this.run.latest.set(seen.metric, seen.value);
    this.#notes.printed(seen);
    if (target === undefined || !this.#isTargetMetric([seen.metric])) return [];
    const accepted = acceptRecorded(acceptValue(target, seen), seen.recordedValue);
    switch (accepted.kind) {
      case "not-finite":
        this.run.notFiniteCount += 1;
        this.#notes.notFinite(seen);
        return [];
      case "doubtful":
        if (accepted.reason === "off-scale") this.#notes.offScale(seen, target);
        return [];
      case "counts":
        this.run.notFiniteCount = 0;
        if (accepted.isFractionOfPercent) this.#notes.percentAsFraction(seen, accepted.value);
        return this.#evaluatePrinted(seen, accepted.value);
    }
  }

  #evaluatePrinted(seen: PrintedValue & { arrivalMs: number }, value: number): TrackUpdate[] {
    const samplesCount = this.#hasFreshCount ? this.#counter.total : undefined;
    const updates = this.#evaluate({
      loggedMs: undefined,
      arrivalMs: seen.arrivalMs,
      value,
      samplesCount,
      epochNum: undefined,
      programMs: this.#programClock.freshMs,
    });
    const isReached = updates.some(({ kind }) => kind === "target-reached");
    if (isReached && seen.isRewritten === true) this.#notes.rewrittenLine(seen.metric, value);
    return updates;
  }

  // A program's own run_start replaces a clock that started at launch or at a line that the user specified.
  #startClock(by: "launch" | "run_start" | "pattern", moment: Moment): TrackUpdate[] {
    const isFirst = this.run.startedBy !== by;
    const isOwnStart = by === "run_start";
    if (!isOwnStart && (!isFirst || this.run.startedBy === "run_start")) return [];
    if (this.#clock.push("run_start", moment) === undefined) return [];
    this.run.start = moment;
    this.run.startedBy = by;
    return isFirst ? [{ kind: "clock-started", by, timeMs: moment.arrivalMs }] : [];
  }

  #evaluate(seen: SeenEvaluation): TrackUpdate[] {
    const { target, start } = this.run;
    if (target === undefined || !Number.isFinite(seen.value)) return [];
    if (start === undefined) {
      this.#notes.beforeClock();
      return [];
    }
    const evaluation = evaluationOf(seen, start);
    const { samplesCount } = seen;
    this.#programClock.evaluated(evaluation);
    this.#hasFreshCount = false;
    this.#uncounted = samplesCount === undefined ? evaluation : undefined;
    this.#series.push(evaluation);
    const { best } = this.run;
    if (best === undefined || isBetter(target, seen.value, best)) this.run.best = seen.value;
    const updates: TrackUpdate[] = [{ kind: "evaluation", evaluation }];
    if (this.run.reached === undefined && meetsTarget(target, seen.value)) {
      const { loggedMs, arrivalMs, value, programMs } = seen;
      this.#series.pinNewest();
      this.#reachedBy = evaluation;
      this.run.reached = { loggedMs, arrivalMs, value, samplesCount, programMs };
      updates.push({ kind: "target-reached", value, samplesCount });
      if (this.#series.count === 1) this.#notes.firstMeetsTarget(target.metric, value);
    }
    return updates;
  }

  #isTargetMetric(names: readonly string[]): boolean {
    return this.run.target !== undefined && names.includes(this.run.target.metric);
  }

  #countSamples(samplesCount: number): void {
    this.run.samplesCount = Math.max(this.run.samplesCount ?? 0, samplesCount);
  }

  #observeProgramClock(programMs: number): void {
    const { programClock, reached } = this.run;
    const back = this.#programClock.push(programMs);
    if (programClock !== undefined) programClock.wentBack ??= back;
    if (reached !== undefined && this.#reachedBy?.programMs !== undefined)
      reached.programMs ??= this.#reachedBy.programMs;
  }

  /** A count that the program prints; it may come before or after the evaluation that it belongs to. */
  #observeCount(count: number): void {
    if (this.#counter.push(count) === "restarted") this.#notes.samplesRestarted();
    const total = this.#counter.total ?? count;
    this.#countSamples(total);
    const evaluation = this.#uncounted;
    if (evaluation === undefined) {
      this.#hasFreshCount = true;
      return;
    }
    this.#uncounted = undefined;
    evaluation.samplesCount = total;
    if (this.run.reached !== undefined && evaluation === this.#reachedBy)
      this.run.reached.samplesCount = total;
  }
}

/** A value that was an evaluation during the run is one in its record too, even if values are now read otherwise. */
function acceptRecorded(accepted: AcceptedValue, recordedValue: number | undefined): AcceptedValue {
  if (recordedValue === undefined) return accepted;
  const isFractionOfPercent = accepted.kind === "counts" && accepted.isFractionOfPercent;
  return { kind: "counts", value: recordedValue, isFractionOfPercent };
}

function evaluationOf(
  { arrivalMs, loggedMs, value, samplesCount, epochNum, programMs }: SeenEvaluation,
  start: Moment,
): Evaluation {
  return {
    timeMs: arrivalMs,
    clockMs: Math.max(0, elapsedMs(start, { arrivalMs, loggedMs })),
    value,
    ...(samplesCount === undefined ? {} : { samplesCount }),
    ...(epochNum === undefined ? {} : { epochNum }),
    ...(programMs === undefined ? {} : { programMs }),
  };
}

/** Between two moments, on the program's own clock if both were logged, otherwise on Pitwall's. Milliseconds. */
export function elapsedMs(from: Moment, to: Moment): number {
  const isLogged = from.loggedMs !== undefined && to.loggedMs !== undefined;
  return isLogged ? (to.loggedMs ?? 0) - (from.loggedMs ?? 0) : to.arrivalMs - from.arrivalMs;
}
