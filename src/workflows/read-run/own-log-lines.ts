import { formatLine } from "../../mllog/format-line.ts";
import { OwnLog } from "../../mllog/output/own-lines.ts";
import type { LogEvent } from "../../schema/logs/log-event.ts";
import type { Observation } from "../../schema/run/observation.ts";
import type { RunRequest } from "../../schema/run/run-request.ts";
import type { Evaluation } from "../../schema/run/run-result.ts";
import { acceptValue } from "../../score/readings/compared-value.ts";
import { programClockKey } from "../../score/readings/evaluation-clock.ts";
import type { TrackedRun } from "../../score/track-run.ts";

/** Namespace of the MLLOG lines that Pitwall adds to the log of a program that prints only a metric. */
export const ownNamespace = "pitwall";

/** Whether Pitwall adds MLLOG lines to the log of this run, as long as the program logs no `run_start`. */
export function mayAddLines({ reading, target }: RunRequest): boolean {
  return reading.metrics.length > 0 && target !== undefined;
}

/**
 * Whether Pitwall adds a line for an observation: for a value of the target's metric after the clock has started. A
 * program that logs `run_start` itself gets none, because two clocks in one log would contradict each other.
 */
export function addsLine(run: TrackedRun, seen: Observation): boolean {
  return (
    seen.kind === "metric" &&
    run.target !== undefined &&
    seen.metric === run.target.metric &&
    acceptValue(run.target, seen).kind === "counts" &&
    run.start !== undefined &&
    run.startedBy !== "run_start"
  );
}

/** An evaluation for which Pitwall adds a line. */
export interface OwnEvaluation {
  evaluation: Evaluation;
  /** When the clock started, milliseconds since the epoch. */
  startMs: number;
}

/** Writes Pitwall's own lines during the run. */
export class OwnLogLines {
  readonly #ownLog: OwnLog | undefined;

  constructor(request: RunRequest, launchedMs: number) {
    const { seed, startable, target } = request;
    this.#ownLog =
      target !== undefined && mayAddLines(request)
        ? new OwnLog({ benchmark: startable.name, seed, target, launchedMs })
        : undefined;
  }

  after(evaluations: readonly OwnEvaluation[]): string {
    const log = this.#ownLog;
    if (log === undefined) return "";
    return linesOf(
      evaluations.flatMap(({ evaluation: { value, samplesCount, programMs, timeMs }, startMs }) => [
        ...log.begin(startMs),
        log.evaluation(value, timeMs, {
          samples_count: samplesCount,
          [programClockKey]: programMs,
        }),
      ]),
    );
  }

  end(run: TrackedRun, end: { isReached: boolean; timeMs: number }): string {
    const { samplesCount } = run;
    return linesOf(this.#ownLog?.end({ ...end, samplesCount }) ?? []);
  }
}

function linesOf(events: readonly LogEvent[]): string {
  return events.map((event) => `${formatLine(event)}\n`).join("");
}
