import type { Finding } from "../schema/run/finding.ts";
import type { LogEvent } from "../schema/logs/log-event.ts";
import { isBetter, meetsTarget } from "../schema/run/meets-target.ts";
import type { MetricTarget } from "../schema/run/metric-target.ts";
import type { Observation } from "../schema/run/observation.ts";
import type { Evaluation } from "../schema/run/run-result.ts";
import { OfficialClock } from "./clock.ts";
import {
  metadataNumber,
  metadataText,
  metricsOf,
  samplesCountOf,
  statedTarget,
} from "./read-event.ts";

/** What an observation changed. */
export type TrackUpdate =
  | { kind: "clock-started"; by: "launch" | "run_start" | "pattern"; timeMs: number }
  | { kind: "evaluation"; evaluation: Evaluation }
  | { kind: "target-reached"; value: number; samplesCount: number | undefined };

/** One moment on both clocks: the program's own, where it logs one, and ours. */
interface Moment {
  loggedMs: number | undefined;
  arrivalMs: number;
}

/** The state of a run: written by `RunTracker`, read by `judgeRun` and the live view. */
export interface TrackedRun {
  target: MetricTarget | undefined;
  start: Moment | undefined;
  startedBy: "launch" | "run_start" | "pattern" | undefined;
  /** The first evaluation that met the target. */
  reached: (Moment & { value: number; samplesCount: number | undefined }) | undefined;
  stop: (Moment & { status: string | undefined; samplesCount: number | undefined }) | undefined;
  evaluations: Evaluation[];
  best: number | undefined;
  samplesCount: number | undefined;
  /** The newest value of every number seen, by name. */
  latest: Map<string, number>;
  findings: Finding[];
}

/**
 * Tracks one run by its observations. Pure: each observation carries its time.
 *
 * The clock runs from `run_start` (or launch, or the line the user named) to `run_stop`, or to the
 * first evaluation that meets the target where the program logs no `run_stop`.
 */
export class RunTracker {
  readonly run: TrackedRun;
  readonly #clock = new OfficialClock<Moment>();
  #trainSamples: number | undefined;
  readonly #asked: MetricTarget | undefined;

  constructor(target: MetricTarget | undefined) {
    this.#asked = target;
    this.run = {
      target,
      start: undefined,
      startedBy: undefined,
      reached: undefined,
      stop: undefined,
      evaluations: [],
      best: undefined,
      samplesCount: undefined,
      latest: new Map(),
      findings: [],
    };
  }

  observe(seen: Observation): TrackUpdate[] {
    switch (seen.kind) {
      case "event":
        return this.#observeEvent(seen.event, seen.arrivalMs);
      case "metric":
        return this.#observeMetric(seen);
      case "samples":
        this.#countSamples(seen.samplesCount);
        return [];
      case "clock-start":
        return this.#startClock(seen.by, { loggedMs: undefined, arrivalMs: seen.arrivalMs });
    }
  }

  #observeEvent(event: LogEvent, arrivalMs: number): TrackUpdate[] {
    const moment = { loggedMs: event.timeMs, arrivalMs };
    if (event.key === "run_start") return this.#startClock("run_start", moment);
    if (event.key === "train_samples" && typeof event.value === "number")
      this.#trainSamples = event.value;
    this.run.target = this.#asked ?? statedTarget(event) ?? this.run.target;
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
      return this.#evaluate({ ...moment, value, samplesCount, epochNum });
    });
  }

  #observeMetric(seen: {
    metric: string;
    value: number;
    text: string;
    arrivalMs: number;
  }): TrackUpdate[] {
    this.run.latest.set(seen.metric, seen.value);
    if (!this.#isTargetMetric([seen.metric])) return [];
    if (!Number.isFinite(seen.value)) this.#noteNotANumber(seen.metric, seen.text);
    return this.#evaluate({
      loggedMs: undefined,
      arrivalMs: seen.arrivalMs,
      value: seen.value,
      samplesCount: this.run.samplesCount,
      epochNum: undefined,
    });
  }

  // A program's own run_start replaces a clock that began at launch or at a line that the user named.
  #startClock(by: "launch" | "run_start" | "pattern", moment: Moment): TrackUpdate[] {
    const isFirst = this.run.startedBy !== by;
    const isOwnStart = by === "run_start";
    if (!isOwnStart && (!isFirst || this.run.startedBy === "run_start")) return [];
    if (this.#clock.push("run_start", moment) === undefined) return [];
    this.run.start = moment;
    this.run.startedBy = by;
    return isFirst ? [{ kind: "clock-started", by, timeMs: moment.arrivalMs }] : [];
  }

  #evaluate(
    seen: Moment & {
      value: number;
      samplesCount: number | undefined;
      epochNum: number | undefined;
    },
  ): TrackUpdate[] {
    const { target, start } = this.run;
    if (target === undefined || !Number.isFinite(seen.value)) return [];
    const evaluation: Evaluation = {
      timeMs: seen.arrivalMs,
      clockMs: start === undefined ? 0 : Math.max(0, elapsedMs(start, seen)),
      value: seen.value,
    };
    if (seen.samplesCount !== undefined) evaluation.samplesCount = seen.samplesCount;
    if (seen.epochNum !== undefined) evaluation.epochNum = seen.epochNum;
    this.run.evaluations.push(evaluation);
    const { best } = this.run;
    if (best === undefined || isBetter(target, seen.value, best)) this.run.best = seen.value;
    const updates: TrackUpdate[] = [{ kind: "evaluation", evaluation }];
    if (this.run.reached === undefined && meetsTarget(target, seen.value)) {
      const { loggedMs, arrivalMs, value, samplesCount } = seen;
      this.run.reached = { loggedMs, arrivalMs, value, samplesCount };
      updates.push({ kind: "target-reached", value, samplesCount });
    }
    return updates;
  }

  #isTargetMetric(names: readonly string[]): boolean {
    return this.run.target !== undefined && names.includes(this.run.target.metric);
  }

  #countSamples(samplesCount: number): void {
    this.run.samplesCount = Math.max(this.run.samplesCount ?? 0, samplesCount);
  }

  #noteNotANumber(metric: string, seen: string): void {
    const known = this.run.findings.find((note) => note.rule === "metric-not-a-number");
    if (known?.rule === "metric-not-a-number") known.count += 1;
    else this.run.findings.push({ rule: "metric-not-a-number", metric, seen, count: 1 });
  }
}

/** Between two moments, on the program's own clock where both were logged, else on ours. Milliseconds. */
export function elapsedMs(from: Moment, to: Moment): number {
  const isLogged = from.loggedMs !== undefined && to.loggedMs !== undefined;
  return isLogged ? (to.loggedMs ?? 0) - (from.loggedMs ?? 0) : to.arrivalMs - from.arrivalMs;
}
