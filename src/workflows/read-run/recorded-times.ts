import type { LogEvent } from "../../schema/logs/log-event.ts";
import type { LifecycleEvent } from "../../schema/run/lifecycle-event.ts";
import type { Observation } from "../../schema/run/observation.ts";
import type { RunRequest } from "../../schema/run/run-request.ts";
import type { TrackedRun } from "../../score/track-run.ts";
import { addsLine, mayAddLines, ownNamespace } from "./own-log-lines.ts";

/**
 * Assigns the observations of a recorded log the times at which they arrived during the run.
 *
 * A log does not contain arrival times. These are known: the logged time of each MLLOG line, used as its arrival time;
 * the times of the launch, of the clock's start and of the target, from events.jsonl; and for each value of the target's
 * metric the line that Pitwall added after it, to the millisecond. That line is read instead of the program's own, so
 * that no value counts twice. All other observations get the newest known time.
 */
export class RecordedTimes {
  readonly #request: RunRequest;
  /** When the clock started and the target was reached, from the run's events. */
  readonly #startMs = new Map<string, number>();
  #reachedMs: number | undefined;
  #newestMs = 0;
  /** Values whose added line has not been read yet. */
  #awaitedCount = 0;
  #hasAddedLines = false;

  constructor(request: RunRequest) {
    this.#request = request;
  }

  /** Sets the events of the run so far. */
  note(events: readonly LifecycleEvent[]): void {
    for (const { event, timeMs } of events) {
      if (event.kind === "clock-started") this.#startMs.set(event.by, timeMs);
      if (event.kind === "target-reached") this.#reachedMs = timeMs;
      if (event.kind === "launched") this.#newestMs = Math.max(this.#newestMs, timeMs);
    }
  }

  /** The observation as it was made during the run; undefined if there was none. */
  placed(seen: Observation, run: TrackedRun): Observation | undefined {
    if (seen.kind === "event") return this.#placedEvent(seen.event, run);
    if (mayAddLines(this.#request) && addsLine(run, seen)) {
      this.#awaitedCount += 1;
      return undefined;
    }
    const startMs = seen.kind === "clock-start" ? this.#startMs.get(seen.by) : undefined;
    return { ...seen, arrivalMs: startMs ?? this.#newestMs };
  }

  #placedEvent(event: LogEvent, run: TrackedRun): Observation | undefined {
    this.#newestMs = Math.max(this.#newestMs, event.timeMs);
    if (!this.#isAdded(event, run)) return { kind: "event", event, arrivalMs: event.timeMs };
    this.#hasAddedLines = true;
    if (event.key === "run_start") return this.#addedStart(event);
    // Pitwall's other lines were not observed during the run.
    if (event.key !== "eval_accuracy") return undefined;
    this.#awaitedCount -= 1;
    const arrivalMs = this.#exact(event.timeMs, this.#reachedMs);
    return { kind: "event", event, arrivalMs, isAdded: true };
  }

  /** Whether Pitwall added the line: a program may use Pitwall's namespace too, as `pitwall train` does. */
  #isAdded({ namespace, key }: LogEvent, run: TrackedRun): boolean {
    if (namespace !== ownNamespace || !mayAddLines(this.#request)) return false;
    if (run.startedBy === "run_start") return false;
    return this.#awaitedCount > 0 || (this.#hasAddedLines && key === "run_stop");
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
