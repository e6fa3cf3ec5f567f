import { formatLine } from "../../../mllog/format-line.ts";
import { OwnLog } from "../../../mllog/output/own-lines.ts";
import type { LogEvent } from "../../../schema/logs/log-event.ts";
import type { Observation } from "../../../schema/run/events/observation.ts";
import type { RunRequest } from "../../../schema/run/request/run-request.ts";
import type { Evaluation } from "../../../schema/run/outcome/run-result.ts";
import { acceptValue } from "../../../score/readings/compared-value.ts";
import { programClockKey } from "../../../score/readings/evaluation-clock.ts";
import type { TrackedRun } from "../../../score/tracking/tracked-run.ts";

/** Namespace of the MLLOG lines that Pitwall adds to the log of a program that prints only a metric. */
export const ownNamespace = "pitwall";

/** Whether Pitwall adds MLLOG lines to the log of this run, as long as the program logs no `run_start`. */
export function mayAddLines({ reading, target }: RunRequest): boolean {
  return reading.metrics.length > 0 && target !== undefined;
}

/**
 * Whether Pitwall adds a line for an observation: for a value of the first target's metric after the clock has
 * started. A program that logs `run_start` itself gets none, because two clocks in one log would contradict each other.
 */
export function addsLine(run: TrackedRun, seen: Observation): boolean {
  return (
    seen.kind === "metric" &&
    run.target !== undefined &&
    seen.metric === run.target.metric &&
    acceptValue(run.target, seen).kind === "counts" &&
    run.start !== undefined &&
    !precedesClock(run, seen) &&
    run.startedBy !== "run_start"
  );
}

/** Whether a file states an earlier time for a value than that at which the clock started. */
export function precedesClock({ start }: TrackedRun, seen: Observation): boolean {
  const isTimedValue = seen.isTimed === true && seen.kind === "metric";
  return isTimedValue && start !== undefined && seen.arrivalMs < start.arrivalMs;
}

/**
 * Key of the metadata that numbers an evaluation among all for which Pitwall may add a line, counted from 1. Absent if
 * the evaluation before has a line too.
 */
export const printedNumberKey = "printed_number";

/** If not all evaluations get a line, the newest gets one at least this often. */
const lineEveryMs = 1000;

interface WaitingEvaluation {
  evaluation: Evaluation;
  /** Among all evaluations of the run. */
  number: number;
  /** Among those for which Pitwall may add a line. */
  printedNumber: number;
}

/**
 * Writes Pitwall's own lines during the run: one for each evaluation that the run keeps. A line is written after the
 * block of output with the evaluation; once evaluations are thinned, not before it is known which ones are kept.
 */
export class OwnLogLines {
  readonly #ownLog: OwnLog | undefined;
  #waiting: WaitingEvaluation[] = [];
  #printedCount = 0;
  /** Printed number of the last evaluation with a line. */
  #writtenNumber = 0;
  #writtenMs = 0;
  /** The last bucket of evaluations for which lines were written. */
  #writtenBucket = 0;
  #wasReached = false;

  constructor(request: RunRequest, launchedMs: number) {
    const { startable, target, furtherTargets = [], targetWindow } = request;
    const benchmark = startable.name;
    const isUnknown = startable.kind === "imported" && !startable.origin.seedIsKnown;
    const seed = isUnknown ? undefined : request.seed;
    this.#ownLog =
      target !== undefined && mayAddLines(request)
        ? new OwnLog({ benchmark, seed, target, furtherTargets, targetWindow, launchedMs })
        : undefined;
  }

  /** Adds the newest evaluation of the run, for which a line may be written. */
  push({ series }: TrackedRun): void {
    const evaluation = series.kept.at(-1);
    if (evaluation === undefined || this.#ownLog === undefined) return;
    this.#printedCount += 1;
    this.#waiting.push({
      evaluation,
      number: series.count,
      printedNumber: this.#printedCount,
    });
  }

  /**
   * The lines to write now.
   *
   * @param isOver writes all remaining lines
   */
  due(run: TrackedRun, nowMs: number, { isOver = false } = {}): string {
    const [first] = this.#waiting;
    if (first === undefined || run.start === undefined) return "";
    const kept = new Set(run.series.keptAfter(first.number - 1).map((each) => each.evaluation));
    this.#waiting = this.#waiting.filter(({ evaluation }) => kept.has(evaluation));
    return isOver || this.#isDue(run, nowMs) ? this.#write(run, run.start.arrivalMs, nowMs) : "";
  }

  end(run: TrackedRun, end: { isReached: boolean; timeMs: number }): string {
    const { samplesCount } = run;
    return linesOf(this.#ownLog?.end({ ...end, samplesCount }) ?? []);
  }

  /** While all evaluations are kept, always; later when a bucket is complete, at the target, and after some time. */
  #isDue({ series, reached }: TrackedRun, nowMs: number): boolean {
    const isReachedNow = reached !== undefined && !this.#wasReached;
    const isLate = nowMs - this.#writtenMs >= lineEveryMs;
    const isComplete = Math.floor((series.count - 1) / series.bucketSize) !== this.#writtenBucket;
    return series.bucketSize === 1 || isReachedNow || isLate || isComplete;
  }

  #write({ series, reached }: TrackedRun, startMs: number, nowMs: number): string {
    const log = this.#ownLog;
    if (log === undefined) return "";
    const events = this.#waiting.flatMap(({ evaluation, printedNumber }) => {
      const { value, samplesCount, programMs, timeMs } = evaluation;
      const isNext = printedNumber === this.#writtenNumber + 1;
      this.#writtenNumber = printedNumber;
      const line = log.evaluation(value, timeMs, {
        samples_count: samplesCount,
        [programClockKey]: programMs,
        [printedNumberKey]: isNext ? undefined : printedNumber,
      });
      return [...log.begin(startMs), line];
    });
    this.#waiting = [];
    this.#writtenMs = nowMs;
    this.#writtenBucket = Math.floor((series.count - 1) / series.bucketSize);
    this.#wasReached = reached !== undefined;
    return linesOf(events);
  }
}

function linesOf(events: readonly LogEvent[]): string {
  return events.map((event) => `${formatLine(event)}\n`).join("");
}
