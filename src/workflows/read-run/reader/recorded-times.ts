import { metadataNumber } from "../../../score/tracking/read-event.ts";
import type { LogEvent } from "../../../schema/logs/log-event.ts";
import type { LifecycleEvent } from "../../../schema/run/events/lifecycle-event.ts";
import type { Observation } from "../../../schema/run/events/observation.ts";
import type { RunRequest } from "../../../schema/run/request/run-request.ts";
import type { TrackedRun } from "../../../score/tracking/tracked-run.ts";
import { isAttemptStart } from "./attempt-start.ts";
import { addsLine, mayAddLines, ownNamespace, printedNumberKey } from "./own-log-lines.ts";

type PrintedMetric = Extract<Observation, { kind: "metric" }>;

/**
 * Assigns the observations of a recorded log the times at which they arrived during the run.
 *
 * A log does not contain arrival times. These are known: the logged time of each MLLOG line, used as its arrival time;
 * the times of the launch, of the clock's start and of the target, from events.jsonl; and for each evaluation that the
 * run kept the line that Pitwall added later, to the millisecond. Observations from a printed value on therefore wait
 * for such a line. Observations without a time of their own get the newest known time.
 */
export class RecordedTimes {
  readonly #request: RunRequest;
  /** When the clock started and the target was reached, from the run's events. */
  readonly #startMs = new Map<string, number>();
  #reachedMs: number | undefined;
  #newestMs = 0;
  #hasRestarted = false;
  /** Observations from the oldest value on whose added line has not been read yet. */
  #waiting: Observation[] = [];
  /** Number of values so far for which Pitwall may have added a line. */
  #printedCount = 0;
  #hasAddedLines = false;

  constructor(request: RunRequest) {
    this.#request = request;
  }

  /** Sets the events of the run so far. */
  note(events: readonly LifecycleEvent[]): void {
    for (const { event, timeMs } of events) {
      if (event.kind === "clock-started") this.#startMs.set(event.by, timeMs);
      if (event.kind === "target-reached") this.#reachedMs = timeMs;
      if (event.kind === "restarting") this.#hasRestarted = true;
      // A later attempt begins with its line in the log.
      if (event.kind === "launched" && !this.#hasRestarted)
        this.#newestMs = Math.max(this.#newestMs, timeMs);
    }
  }

  /**
   * Takes the next observation of the log and returns those that can be placed now, as they were made during the run.
   *
   * @param run the state after all observations returned so far; each must be observed before the next is requested
   */
  *placed(seen: Observation, run: TrackedRun): Generator<Observation> {
    if (seen.kind === "event" && isAttemptStart(seen.event)) {
      yield* this.rest(run);
      yield this.#timed(seen);
      return;
    }
    if (seen.kind === "event" && this.#isAdded(seen.event, run)) {
      yield* this.#placedByLine(seen.event, run);
      return;
    }
    if (this.#waiting.length === 0 && !this.#mayHaveLine(seen, run)) yield this.#timed(seen);
    else this.#waiting.push(seen);
  }

  /** The log is over: the waiting observations, except values whose lines are missing. */
  *rest(run: TrackedRun): Generator<Observation> {
    for (const seen of this.#waiting.splice(0)) {
      if (this.#mayHaveLine(seen, run)) this.#printedCount += 1;
      else yield this.#timed(seen);
    }
  }

  *#placedByLine(event: LogEvent, run: TrackedRun): Generator<Observation> {
    this.#hasAddedLines = true;
    if (event.key === "run_start") yield this.#addedStart(event);
    // Pitwall's other lines were not observed during the run.
    if (event.key === "eval_accuracy") yield* this.#upTo(event, run);
  }

  /** The waiting observations up to the value of an added line, and those after it that wait for no other line. */
  *#upTo(event: LogEvent, run: TrackedRun): Generator<Observation> {
    this.#newestMs = Math.max(this.#newestMs, event.timeMs);
    const ownNumber = metadataNumber(event, printedNumberKey) ?? this.#printedCount + 1;
    let index = 0;
    for (let seen = this.#waiting[index]; seen !== undefined; seen = this.#waiting[++index]) {
      if (!this.#mayHaveLine(seen, run)) {
        yield this.#timed(seen);
        continue;
      }
      if (this.#printedCount === ownNumber) break;
      this.#printedCount += 1;
      yield this.#printedCount < ownNumber ? this.#timed(seen) : this.#placedValue(seen, event);
    }
    this.#waiting = this.#waiting.slice(index);
  }

  #placedValue(seen: PrintedMetric, { timeMs, value }: LogEvent): Observation {
    const arrivalMs = this.#exact(timeMs, this.#reachedMs);
    return { ...seen, arrivalMs, ...(typeof value === "number" ? { recordedValue: value } : {}) };
  }

  #timed(seen: Observation): Observation {
    if (seen.kind === "event") {
      this.#newestMs = Math.max(this.#newestMs, seen.event.timeMs);
      return { ...seen, arrivalMs: seen.event.timeMs, reachedMs: this.#reachedMs };
    }
    if (seen.isTimed === true) {
      this.#newestMs = Math.max(this.#newestMs, seen.arrivalMs);
      return seen;
    }
    if (seen.kind === "metric" && this.#reachedMs !== undefined)
      return { ...seen, arrivalMs: this.#newestMs, reachedMs: this.#reachedMs };
    const startMs = seen.kind === "clock-start" ? this.#startMs.get(seen.by) : undefined;
    // Changed in place: millions of observations may wait.
    return Object.assign(seen, { arrivalMs: startMs ?? this.#newestMs });
  }

  #mayHaveLine(seen: Observation, run: TrackedRun): seen is PrintedMetric {
    return mayAddLines(this.#request) && addsLine(run, seen);
  }

  /** Whether Pitwall added the line: a program may use Pitwall's namespace too, as `pitwall train` does. */
  #isAdded({ namespace, key }: LogEvent, run: TrackedRun): boolean {
    if (namespace !== ownNamespace || !mayAddLines(this.#request)) return false;
    if (run.startedBy === "run_start") return false;
    return this.#waiting.length > 0 || (this.#hasAddedLines && key === "run_stop");
  }

  #addedStart({ timeMs }: LogEvent): Observation {
    const by = this.#request.reading.clockStartPattern === undefined ? "launch" : "pattern";
    return { kind: "clock-start", by, arrivalMs: this.#startMs.get(by) ?? timeMs };
  }

  /** Pitwall's own lines have times rounded to milliseconds. */
  #exact(loggedMs: number, recordedMs: number | undefined): number {
    const isSame = recordedMs !== undefined && Math.round(recordedMs) === loggedMs;
    return isSame ? recordedMs : loggedMs;
  }
}
