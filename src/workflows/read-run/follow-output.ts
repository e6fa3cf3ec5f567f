import { formatLine } from "../../mllog/format-line.ts";
import { OwnLog } from "../../mllog/output/own-lines.ts";
import { OutputScanner } from "../../mllog/output/scan-output.ts";
import type { Finding } from "../../schema/run/finding.ts";
import type { LogEvent } from "../../schema/logs/log-event.ts";
import type { Observation } from "../../schema/run/observation.ts";
import type { RunRequest } from "../../schema/run/run-request.ts";
import { RunTracker, type TrackNews } from "../../score/track-run.ts";
import { compileLine, compileMetric } from "../launch/plan-series.ts";

/** What some output changed, and the MLLOG lines that Pitwall adds to the log because of it. */
export interface Followed {
  news: TrackNews[];
  ownLines: string;
}

const keptTailLength = 8192;

/** Reads a program's output as it comes: into the tracker, and into lines of our own where it prints no MLLOG. */
export class OutputFollower {
  readonly tracker: RunTracker;
  readonly #scanner: OutputScanner;
  readonly #ownLog: OwnLog | undefined = undefined;
  #tail = "";

  constructor(request: RunRequest, launchedMs: number) {
    const { metrics, samplesPattern, clockStartPattern } = request.reading;
    this.tracker = new RunTracker(request.target);
    this.#scanner = new OutputScanner({
      metrics: metrics.map(({ pattern }) => compileMetric(pattern, "--metric")),
      samples:
        samplesPattern === undefined ? undefined : compileMetric(samplesPattern, "--samples"),
      clockStart:
        clockStartPattern === undefined
          ? undefined
          : compileLine(clockStartPattern, "--clock-start"),
    });
    const { target } = request;
    if (metrics.length === 0 || target === undefined) return;
    const { seed, startable } = request;
    this.#ownLog = new OwnLog({ benchmark: startable.name, seed, target, launchedMs });
  }

  /** A plain program's clock starts with its launch, unless a line is to start it. */
  launched(request: RunRequest, timeMs: number): TrackNews[] {
    const isTimedFromLaunch =
      this.#ownLog !== undefined && request.reading.clockStartPattern === undefined;
    return isTimedFromLaunch
      ? this.tracker.observe({ kind: "clock-start", by: "launch", arrivalMs: timeMs })
      : [];
  }

  /** @param text whole lines */
  output(text: string, timeMs: number): Followed {
    this.#tail =
      text.length >= keptTailLength
        ? text.slice(-keptTailLength)
        : (this.#tail + text).slice(-keptTailLength);
    const news: TrackNews[] = [];
    const own: LogEvent[] = [];
    for (const observation of this.#scanner.scan(text, timeMs)) {
      const changes = this.tracker.observe(observation);
      news.push(...changes);
      own.push(...this.#ownEvents(observation, changes));
    }
    return { news, ownLines: linesOf(own) };
  }

  end(isReached: boolean, timeMs: number): string {
    const { samplesCount } = this.tracker.run;
    return linesOf(this.#ownLog?.end({ isReached, samplesCount, timeMs }) ?? []);
  }

  /** Metrics that no line has matched so far. */
  unmatched(): Finding[] {
    return this.#scanner.unmatched();
  }

  /** What the reading itself has to say at the end. */
  findings(): Finding[] {
    const { unreadableCount: count, firstUnreadableLine: firstLine } = this.#scanner;
    const unreadable: Finding[] =
      firstLine === undefined ? [] : [{ rule: "unreadable-log-lines", count, firstLine }];
    return [...unreadable, ...this.unmatched()];
  }

  /** The last lines printed, for an error message. */
  lastLines(count: number): string[] {
    return this.#tail
      .split(/\r\n|\n|\r/u)
      .filter((line) => line.trim() !== "")
      .slice(-count);
  }

  // Only a program that logs no run_start of its own gets lines of ours: two clocks in one log
  // would contradict each other.
  #ownEvents(observation: Observation, changes: readonly TrackNews[]): LogEvent[] {
    const { start, startedBy } = this.tracker.run;
    if (this.#ownLog === undefined || observation.kind !== "metric") return [];
    if (start === undefined || startedBy === "run_start") return [];
    const evaluated = changes.find((change) => change.kind === "evaluation");
    if (evaluated === undefined) return [];
    const { value, samplesCount } = evaluated.evaluation;
    return [
      ...this.#ownLog.begin(start.arrivalMs),
      this.#ownLog.evaluation(value, samplesCount, observation.arrivalMs),
    ];
  }
}

function linesOf(events: readonly LogEvent[]): string {
  return events.map((event) => `${formatLine(event)}\n`).join("");
}
