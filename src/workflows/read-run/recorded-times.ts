import type { LogEvent } from "../../schema/logs/log-event.ts";
import type { LifecycleEvent } from "../../schema/run/lifecycle-event.ts";
import type { Observation } from "../../schema/run/observation.ts";
import type { RunRequest } from "../../schema/run/run-request.ts";
import type { TrackedRun } from "../../score/track-run.ts";
import { addsLine, mayAddLines, ownNamespace } from "./own-log-lines.ts";

/**
 * Gives the observations of a recorded log the times at which they arrived when the run was live.
 *
 * A log does not say when a line arrived. Known are: the logged time of each MLLOG line, which stands for its arrival;
 * the time of launch, of the clock's start and of the target, from events.jsonl; and for a value of the target's metric
 * the line that Pitwall added after it, to the millisecond. That line is read in place of the program's own, so that no
 * value counts twice. Anything else gets the newest time known.
 */
export class RecordedTimes {
  readonly #request: RunRequest;
  /** When the clock started and the target was reached, as the run's events say. */
  readonly #startMs = new Map<string, number>();
  #reachedMs: number | undefined;
  #newestMs = 0;
  /** Values whose added line has not come yet. */
  #awaitedCount = 0;
  #hasAddedLines = false;

  constructor(request: RunRequest) {
    this.#request = request;
  }

  /** Takes the events of the run that are known by now. */
  note(events: readonly LifecycleEvent[]): void {
    for (const { event, timeMs } of events) {
      if (event.kind === "clock-started") this.#startMs.set(event.by, timeMs);
      if (event.kind === "target-reached") this.#reachedMs = timeMs;
      if (event.kind === "launched") this.#newestMs = Math.max(this.#newestMs, timeMs);
    }
  }

  /** The observation as it was made when the run was live; undefined where there was none. */
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
    // The live run did not observe the other lines of ours.
    if (event.key !== "eval_accuracy") return undefined;
    this.#awaitedCount -= 1;
    const arrivalMs = this.#exact(event.timeMs, this.#reachedMs);
    return { kind: "event", event, arrivalMs, isAdded: true };
  }

  /** Whether Pitwall added the line: a program may log in our namespace too, as `pitwall train` does. */
  #isAdded({ namespace, key }: LogEvent, run: TrackedRun): boolean {
    if (namespace !== ownNamespace || !mayAddLines(this.#request)) return false;
    if (run.startedBy === "run_start") return false;
    return this.#awaitedCount > 0 || (this.#hasAddedLines && key === "run_stop");
  }

  #addedStart({ timeMs }: LogEvent): Observation {
    const by = this.#request.reading.clockStartPattern === undefined ? "launch" : "pattern";
    return { kind: "clock-start", by, arrivalMs: this.#startMs.get(by) ?? timeMs };
  }

  /** Lines of ours round their times to milliseconds. */
  #exact(loggedMs: number, recordedMs: number | undefined): number {
    const isSame = recordedMs !== undefined && Math.round(recordedMs) === loggedMs;
    return isSame ? recordedMs : loggedMs;
  }
}
