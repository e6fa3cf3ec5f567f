import type { EarlierParts } from "../../schema/run/outcome/earlier-parts.ts";
import { attemptKey, attemptNamespace } from "../../schema/run/outcome/attempts.ts";
import { isEvaluationName } from "../../schema/run/outcome/evaluation-name.ts";
import { isBetter } from "../../schema/run/outcome/meets-target.ts";
import type {
  MetricTarget,
  TargetRequest,
  TargetStanding,
} from "../../schema/run/outcome/metric-target.ts";
import type { TrackedRun, TrackUpdate } from "./tracked-run.ts";
import { isCompound, targetsOf } from "../../schema/run/outcome/targets-of.ts";
import type { Observation } from "../../schema/run/events/observation.ts";
import type { Evaluation } from "../../schema/run/outcome/run-result.ts";
import { OfficialClock } from "../mlperf/clock.ts";
import {
  metadataNumber,
  metadataText,
  metricsOf,
  samplesCountOf,
  statedTarget,
} from "./read-event.ts";
import { elapsedMs, evaluationOf, type Moment, type SeenEvaluation } from "./seen-evaluation.ts";
import { acceptRecorded, acceptValue } from "../readings/compared-value.ts";
import { LoggedPhases } from "../readings/logged-phases.ts";
import { ReadingNotes } from "../readings/reading-notes.ts";
import { ProgramClockSum, programClockKey } from "../readings/evaluation-clock.ts";
import { EvaluationCounts } from "../readings/evaluation-counts.ts";
import { ContinuedCount, isDecrease, SampleCounter } from "../readings/sample-count.ts";
import { MetricCurves } from "./metric-curves.ts";
import { TargetConditions } from "./target-conditions.ts";
import { ThinnedEvaluations } from "./thinned-evaluations.ts";

/**
 * Tracks one run by its observations. Pure: each observation carries its time.
 *
 * The clock runs from `run_start` (or launch, or the line that the user specified) to `run_stop`, or to
 * the first evaluation after which all targets are met if the program logs no `run_stop`.
 */
export class RunTracker {
  readonly run: TrackedRun;
  readonly #notes = new ReadingNotes();
  readonly #series = new ThinnedEvaluations();
  readonly #counter: SampleCounter;
  readonly #eventCount: ContinuedCount;
  readonly #programClockSum = new ProgramClockSum();
  /** Of the first target's metric. */
  readonly #counts = new EvaluationCounts();
  /** Of the metrics of further targets. */
  readonly #furtherCounts = new Map<string, EvaluationCounts>();
  #conditions: TargetConditions;
  /** By metric and rank: a value that each rank prints once did not come several times in a row. */
  readonly #notFiniteCounts = new Map<string, Map<number | undefined, number>>();
  #reachedBy: Evaluation | undefined;
  readonly #clock = new OfficialClock<Moment>();
  #trainSamples: number | undefined;
  readonly #requested: TargetRequest & { continues?: EarlierParts | undefined };

  /** @param programClock name of the program's own clock, if it is read */
  constructor(
    requested: TargetRequest & { continues?: EarlierParts | undefined },
    programClock?: string,
  ) {
    this.#requested = requested;
    const { continues } = requested;
    this.#counter = new SampleCounter(continues?.samplesCount);
    this.#eventCount = new ContinuedCount(continues?.samplesCount);
    this.#conditions = new TargetConditions(requested);
    const targets = targetsOf(requested);
    for (const { metric } of targets)
      if (metric !== requested.target?.metric)
        this.#furtherCounts.set(metric, new EvaluationCounts());
    const notes = this.#notes;
    const standings = (): TargetStanding[] => this.#conditions.standings;
    this.run = {
      target: requested.target,
      targets,
      isCompound: isCompound(requested),
      get standings() {
        return standings();
      },
      earlierMs: continues?.clockMs ?? 0,
      start: undefined,
      startedBy: undefined,
      mixesClocks: false,
      reached: undefined,
      stop: undefined,
      evaluations: this.#series.kept,
      series: this.#series,
      best: undefined,
      samplesCount: undefined,
      samplesBeforeClock: undefined,
      curves: new MetricCurves(),
      latest: new Map(),
      notFiniteCount: 0,
      phases: new LoggedPhases(),
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

  #observeEvent(seen: Extract<Observation, { kind: "event" }>): TrackUpdate[] {
    const { event, arrivalMs, reachedMs } = seen;
    if (event.key === attemptKey && event.namespace === attemptNamespace) return this.#restart();
    const moment = { loggedMs: event.timeMs, arrivalMs };
    this.run.phases.take(event, this.run.reached !== undefined);
    if (event.key === "run_start") return this.#startClock("run_start", moment);
    if (event.key === "train_samples" && typeof event.value === "number")
      this.#trainSamples = event.value;
    if (this.#requested.target === undefined) this.#observeStatedTarget(statedTarget(event));
    const samplesCount = this.#eventCount.of(samplesCountOf(event, this.#trainSamples));
    if (samplesCount !== undefined) this.#countSamples(samplesCount);
    if (event.key === "run_stop") {
      if (this.#clock.push(event.key, moment) !== undefined)
        this.run.stop = { ...moment, status: metadataText(event, "status"), samplesCount };
      return [];
    }
    return metricsOf(event).flatMap(({ names, value }) => {
      this.run.latest.set(names.at(-1) ?? event.key, value);
      const target = this.#targetNamed(names);
      if (target === undefined) {
        this.#addToCurve(names.at(-1) ?? event.key, value, moment);
        return [];
      }
      const { metric } = target;
      const epochNum = metadataNumber(event, "epoch_num");
      const programMs =
        metadataNumber(event, programClockKey) ?? this.#countsOf(metric).clock.freshMs;
      const told = { metric, value, samplesCount, epochNum, programMs };
      return this.#evaluate({ ...moment, reachedMs, ...told });
    });
  }

  /** The program was started again. The clock runs on; counts begin where the program continues. */
  #restart(): TrackUpdate[] {
    // A program's own run_start replaces a clock that started at launch, in each attempt.
    this.#clock.restart({ keepsStart: this.run.startedBy !== "launch" });
    this.run.stop = undefined;
    this.#counter.restart();
    return [];
  }

  #observeStatedTarget(stated: MetricTarget | undefined): void {
    if (stated === undefined) return;
    this.run.target = stated;
    this.run.targets = [stated];
    this.run.curves.drop(stated.metric);
    this.#conditions = new TargetConditions({ ...this.#requested, target: stated });
  }

  #observeMetric(seen: Extract<Observation, { kind: "metric" }>): TrackUpdate[] {
    this.run.latest.set(seen.metric, seen.value);
    this.#notes.printed(seen);
    const target = this.#targetNamed([seen.metric]);
    if (target === undefined) {
      const { metric, value, arrivalMs, doubt } = seen;
      if (doubt === undefined) this.#addToCurve(metric, value, { loggedMs: undefined, arrivalMs });
      return [];
    }
    const accepted = acceptRecorded(acceptValue(target, seen), seen.recordedValue);
    switch (accepted.kind) {
      case "not-finite":
        this.#countNotFinite(seen);
        this.#notes.notFinite(seen);
        this.#conditions.notFinite(seen.metric);
        return [];
      case "doubtful":
        if (accepted.reason === "off-scale") this.#notes.offScale(seen, target);
        if (accepted.reason === "ratio") this.#notes.ratio(seen);
        return [];
      case "counts":
        if (seen.withdrawsEarlier === true) this.#withdrawEarlier(target);
        this.#notFiniteCounts.delete(seen.metric);
        this.#updateNotFinite();
        this.#notes.counted(target, accepted.value);
        if (accepted.isFractionOfPercent) this.#notes.percentAsFraction(seen, accepted.value);
        return this.#evaluatePrinted(seen, accepted.value);
    }
  }

  /** The values of a target's metric so far stay in the curve, but decide nothing. */
  #withdrawEarlier({ metric }: MetricTarget): void {
    this.#conditions.withdraw(metric);
    if (this.run.reached !== undefined) this.#notes.withdrawn(metric, this.run.reached.value);
    this.run.reached = undefined;
    this.#reachedBy = undefined;
    if (metric === this.run.target?.metric) this.run.best = undefined;
  }

  #countNotFinite({ metric, rank }: { metric: string; rank?: number | undefined }): void {
    const counts = this.#notFiniteCounts.get(metric) ?? new Map<number | undefined, number>();
    counts.set(rank, (counts.get(rank) ?? 0) + 1);
    this.#notFiniteCounts.set(metric, counts);
    this.#updateNotFinite();
  }

  #updateNotFinite(): void {
    const counts = [...this.#notFiniteCounts.values()].map((ofMetric) =>
      Math.max(...ofMetric.values()),
    );
    this.run.notFiniteCount = Math.max(0, ...counts);
  }

  #evaluatePrinted(seen: Extract<Observation, { kind: "metric" }>, value: number): TrackUpdate[] {
    const { metric, reachedMs } = seen;
    const { hasFreshCount, clock } = this.#countsOf(metric);
    const samplesCount = hasFreshCount ? this.#counter.total : undefined;
    const updates = this.#evaluate({
      metric,
      loggedMs: undefined,
      arrivalMs: seen.arrivalMs,
      reachedMs,
      value,
      samplesCount,
      epochNum: undefined,
      programMs: clock.freshMs,
      step: seen.step,
    });
    const isReached = updates.some(({ kind }) => kind === "target-reached");
    if (isReached && seen.isPartOfPass === true) this.#notes.batchLine(metric, value);
    else if (isReached && seen.isRewritten === true && !isEvaluationName(metric))
      this.#notes.rewrittenLine(metric, value);
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
    if (this.#requested.continues === undefined)
      this.run.samplesBeforeClock = this.run.samplesCount || undefined;
    return isFirst ? [{ kind: "clock-started", by, timeMs: moment.arrivalMs }] : [];
  }

  #evaluate(seen: SeenEvaluation): TrackUpdate[] {
    const { target, start } = this.run;
    const { metric, value } = seen;
    if (target === undefined) return [];
    if (!Number.isFinite(value)) {
      this.#conditions.notFinite(metric);
      return [];
    }
    if (start === undefined) {
      this.#notes.beforeClock();
      return [];
    }
    const evaluation = evaluationOf(seen, start, this.run.earlierMs);
    this.run.mixesClocks ||= (seen.loggedMs === undefined) !== (start.loggedMs === undefined);
    this.#countsOf(metric).evaluated(evaluation);
    this.#conditions.evaluated(metric, value, evaluation.clockMs);
    if (metric === target.metric) this.#addEvaluation(target, evaluation);
    else this.run.curves.push(metric, evaluation);
    const updates: TrackUpdate[] = [{ kind: "evaluation", metric, evaluation }];
    if (this.run.reached !== undefined || !this.#conditions.areMet) return updates;
    return [...updates, this.#reach(seen, evaluation)];
  }

  /** Adds a value of a metric without a target. */
  #addToCurve(metric: string, value: number, moment: Moment): void {
    const { start, earlierMs } = this.run;
    if (start === undefined || !Number.isFinite(value)) return;
    const { arrivalMs: timeMs } = moment;
    const clockMs = earlierMs + Math.max(0, elapsedMs(start, moment));
    this.run.curves.push(metric, { timeMs, clockMs, value });
  }

  #addEvaluation(target: MetricTarget, evaluation: Evaluation): void {
    this.#series.push(evaluation);
    const { best } = this.run;
    const { quality } = this.#conditions;
    if (quality !== undefined && (best === undefined || isBetter(target, quality, best)))
      this.run.best = quality;
  }

  #reach(seen: SeenEvaluation, evaluation: Evaluation): TrackUpdate {
    const { metric, loggedMs, samplesCount, programMs } = seen;
    const arrivalMs = seen.reachedMs ?? seen.arrivalMs;
    this.#conditions.freeze();
    this.#series.pinNewest();
    this.#reachedBy = evaluation;
    const value = this.#conditions.quality ?? evaluation.value;
    this.run.reached = { loggedMs, arrivalMs, value, samplesCount, programMs };
    const isFirst = this.run.standings.every(({ evaluationCount }) => evaluationCount === 1);
    if (isFirst) this.#notes.firstMeetsTarget(metric, evaluation.value);
    return { kind: "target-reached", value, samplesCount };
  }

  #targetNamed(names: readonly string[]): MetricTarget | undefined {
    return this.run.targets.find(({ metric }) => names.includes(metric));
  }

  #countsOf(metric: string): EvaluationCounts {
    return this.#furtherCounts.get(metric) ?? this.#counts;
  }

  #countSamples(samplesCount: number): void {
    this.run.samplesCount = Math.max(this.run.samplesCount ?? 0, samplesCount);
  }

  #observeProgramClock(programMs: number): void {
    const { programClock, reached } = this.run;
    const step = this.#programClockSum.push(programMs);
    const { totalMs } = this.#programClockSum;
    this.#counts.clock.push(totalMs);
    for (const { clock } of this.#furtherCounts.values()) clock.push(totalMs);
    if (programClock !== undefined && step.kind === "restarted")
      this.#notes.clockRestarted(programClock.name);
    if (programClock !== undefined && step.kind === "backwards") programClock.wentBack ??= step;
    if (reached !== undefined && this.#reachedBy?.programMs !== undefined)
      reached.programMs ??= this.#reachedBy.programMs;
  }

  /** A count that the program prints; it may come before or after the evaluation that it belongs to. */
  #observeCount(count: number): void {
    const before = this.#counter.last;
    const step = this.#counter.push(count);
    if (step === "restarted") this.#notes.samplesRestarted();
    if (step === "backward" && isDecrease(before, count))
      this.#notes.samplesDecreased(before, count);
    const total = this.#counter.total ?? count;
    this.#countSamples(total);
    this.#counts.counted(total);
    for (const counts of this.#furtherCounts.values()) counts.counted(total);
    if (this.run.reached !== undefined && this.#reachedBy?.samplesCount !== undefined)
      this.run.reached.samplesCount ??= this.#reachedBy.samplesCount;
  }
}
