import type { MetricReader } from "../../../formats/text/metrics/metric-reader.ts";
import { formatLine } from "../../../mllog/format-line.ts";
import { OutputReader, type ReadBlock } from "../../../mllog/output/read-output.ts";
import type { LogLine } from "../../../schema/logs/log-event.ts";
import type { Finding } from "../../../schema/run/findings/finding.ts";
import type { LifecycleEvent } from "../../../schema/run/events/lifecycle-event.ts";
import type { Observation } from "../../../schema/run/events/observation.ts";
import type { RunChecklist } from "../../../schema/run/outcome/run-checklist.ts";
import type { RunProgress } from "../../../schema/run/run-progress.ts";
import type { RunRequest } from "../../../schema/run/request/run-request.ts";
import type { RunRules } from "../../../schema/run/outcome/run-rules.ts";
import { ArrivalWatch } from "../../../score/readings/arrival-watch.ts";
import { RunTracker } from "../../../score/tracking/track-run.ts";
import type { TrackedRun, TrackUpdate } from "../../../score/tracking/tracked-run.ts";
import { RunRulesCheck } from "../rules/check-run-rules.ts";
import {
  FileLines,
  fileObservations,
  isFileValues,
  type PlacedReading,
  readingObservations,
} from "./file-values.ts";
import { addsLine, mayAddLines, precedesClock, OwnLogLines } from "./own-log-lines.ts";
import { outputPatterns } from "./output-patterns.ts";
import { attemptStart } from "./attempt-start.ts";
import type { ReaderOptions } from "./reader-options.ts";
import { RecordedTimes } from "./recorded-times.ts";
import { ResumeWatch } from "./resume-watch.ts";
import { runProgress } from "./run-progress.ts";
import { withoutEvaluated } from "./without-evaluated.ts";

/** Some bytes of a run's output: whole lines, or part of a line that is too long to buffer. */
export interface OutputPiece {
  /** The source that printed it; absent in a log that contains the output of all sources. */
  place?: { host: string; rank: number } | undefined;
  stream: string;
  bytes: Uint8Array;
  /** When it arrived, by the launching host's clock; absent for a recorded log. */
  timeMs?: number;
}

/** The changes made by a piece of output. */
export interface TakenPiece {
  /** Evaluations only if they are kept after the piece. */
  updates: TrackUpdate[];
  /** Bytes for the log, in order: the piece, and the lines that Pitwall adds around it. */
  log: Buffer[];
}

const lineFeed = 10;
const carriageReturn = 13;
const keptTailLength = 8192;

/**
 * Reads a run: a fold over its output that gives evaluations, clock, findings, the rules checklist and progress. The terminal, the dashboard,
 * `show` and `check` all read runs with it, live or from the record, so that they agree. Each MLPerf line is parsed once, for tracker and rules.
 *
 * A live reader adds MLLOG lines to the log of a program that prints only a metric. A reader of a record reads those lines back; see
 * `RecordedTimes` for what times it can and cannot reproduce.
 */
export class RunReader {
  readonly #request: RunRequest;
  readonly #options: ReaderOptions;
  readonly #tracker: RunTracker;
  readonly #output: OutputReader;
  readonly #metrics: MetricReader;
  readonly #rules: RunRulesCheck;
  readonly #ownLines: OwnLogLines | undefined;
  #recorded: RecordedTimes | undefined;
  /** When output arrived; unknown for a record. */
  readonly #arrivals: ArrivalWatch | undefined;
  readonly #fileLines = new FileLines();
  #tail = "";
  readonly #resume: ResumeWatch;
  /** The source of the last line of the log, if that line has no `\n` yet. */
  #openSource: string | undefined;
  /** Whether that line ends with `\r`, as progress bars do, and is therefore complete. */
  #endsInReturn = false;
  #isStarted = false;
  /** Values of the target's metric in files that precede the clock. */
  #earlyValueCount = 0;

  private constructor(request: RunRequest, options: ReaderOptions, launchedMs: number | undefined) {
    this.#request = request;
    this.#options = options;
    const reading = options.readsOnlyMllog === true ? { metrics: [] } : request.reading;
    const patterns = outputPatterns(reading, {
      isRecorded: launchedMs === undefined,
      readsSteps: request.startable.kind === "imported",
    });
    this.#tracker = new RunTracker(request, patterns.wanted.clock?.metric);
    this.#metrics = patterns.metrics;
    this.#output = new OutputReader(patterns, options.maximumLineBytes);
    this.#rules = new RunRulesCheck({ request, edition: options.edition ?? request.edition });
    this.#resume = new ResumeWatch(request, launchedMs);
    if (launchedMs === undefined) this.#recorded = new RecordedTimes(request);
    else {
      this.#ownLines = new OwnLogLines(request, launchedMs);
      this.#arrivals = new ArrivalWatch(launchedMs);
    }
  }

  /** Reads the output of a running program as it arrives. */
  static live(request: RunRequest, launchedMs: number, options: ReaderOptions = {}): RunReader {
    return new RunReader(request, options, launchedMs);
  }

  /** Reads the log of a record, complete or still growing. */
  static ofRecord(request: RunRequest, options: ReaderOptions = {}): RunReader {
    return new RunReader(request, options, undefined);
  }

  /** Evaluations, clock and target so far. */
  get run(): TrackedRun {
    return this.#tracker.run;
  }

  /** The newest rules checklist. */
  get checklist(): RunChecklist | undefined {
    return this.#rules.latest;
  }

  /** The program was launched: starts the clock, unless output starts it. */
  launched(timeMs: number): TrackUpdate[] {
    const isTimedFromLaunch =
      mayAddLines(this.#request) && this.#request.reading.clockStartPattern === undefined;
    if (!isTimedFromLaunch || this.#isStarted) return [];
    this.#isStarted = true;
    return this.#tracker.observe({ kind: "clock-start", by: "launch", arrivalMs: timeMs });
  }

  /** The log of earlier attempts follows, which a live reader reads without logging any of it again. */
  beginEarlier(events: readonly LifecycleEvent[]): void {
    this.#recorded = new RecordedTimes(this.#request);
    this.noteEvents(events);
  }

  /** The output of the attempt that the reader follows begins; the log has all lines that were due before. */
  endEarlier(): void {
    const unseen: TakenPiece = { updates: [], log: [] };
    for (const placed of this.#recorded?.rest(this.run) ?? []) this.#observe(placed, unseen);
    this.#ownLines?.due(this.run, 0, { isOver: true });
    this.#recorded = undefined;
  }

  /** Sets the recorded events of the run, before the part of the log that they refer to. */
  noteEvents(events: readonly LifecycleEvent[]): void {
    this.#recorded?.note(events);
    const launched = events.find(({ event }) => event.kind === "launched");
    if (launched !== undefined) this.launched(launched.timeMs);
  }

  take({ place, stream, bytes, timeMs = 0 }: OutputPiece): TakenPiece {
    // A program that is timed from its launch has a clock even if the record lost the event.
    if (this.#recorded !== undefined) this.launched(this.#request.createdMs);
    const source = place === undefined ? stream : `${place.host} ${place.rank} ${stream}`;
    const taken: TakenPiece = { updates: [], log: [] };
    if (this.#recorded === undefined) this.#arrivals?.output(timeMs);
    // Only step samples were printed.
    if (bytes.length === 0) return taken;
    if (this.#openSource !== source && !this.#endsInReturn) this.#endOpenLine(timeMs, taken);
    this.#takeBlock(source, asBuffer(bytes), timeMs, taken);
    const evaluationCount = taken.updates.filter(({ kind }) => kind === "evaluation").length;
    const isNew = evaluationCount > 0 && this.#recorded === undefined;
    if (isNew) this.#arrivals?.evaluations(timeMs, evaluationCount);
    taken.updates = this.#keptUpdates(taken.updates);
    return taken;
  }

  /** Takes values from files that the program writes, all with the same time; `addDueLines` logs them. */
  takeFileReadings(readings: readonly PlacedReading[], timeMs: number): TakenPiece {
    const taken: TakenPiece = { updates: [], log: [] };
    this.#arrivals?.output(timeMs);
    this.#fileLines.push(readings);
    for (const reading of readings)
      for (const seen of readingObservations(reading)) this.#observe(seen, taken);
    taken.updates = this.#keptUpdates(taken.updates);
    return taken;
  }

  /** Pitwall starts the program again: the log gets a line at which all readers of the run begin a new attempt. */
  restarted(attempt: number, timeMs: number): TakenPiece {
    const taken: TakenPiece = { updates: [], log: [] };
    this.#addOwnLines(timeMs, taken, { isOver: true });
    const event = attemptStart(attempt, timeMs);
    this.#add(`${formatLine(event)}\n`, timeMs, taken);
    this.#observe({ kind: "event", event, arrivalMs: timeMs }, taken);
    this.#resume.restarted();
    this.#arrivals?.restarted(timeMs);
    return taken;
  }

  /** The output has ended: reads a last line without a line end. */
  endOutput(timeMs = 0): TakenPiece {
    const taken: TakenPiece = { updates: [], log: [] };
    this.#fold(this.#output.end(timeMs), timeMs, taken);
    for (const placed of this.#recorded?.rest(this.run) ?? []) this.#observe(placed, taken);
    this.#addOwnLines(timeMs, taken, { isOver: true });
    return taken;
  }

  /** Lines for values of files, and those that are due some time after an evaluation; none for a record. */
  addDueLines(timeMs: number): TakenPiece {
    const taken: TakenPiece = { updates: [], log: [] };
    this.#addOwnLines(timeMs, taken);
    return taken;
  }

  /** The run was judged: returns the lines that Pitwall adds at the end of the log. */
  endLog(end: { isReached: boolean; timeMs: number }): Buffer[] {
    const taken: TakenPiece = { updates: [], log: [] };
    this.#add(this.#ownLines?.end(this.run, end) ?? "", end.timeMs, taken);
    return taken.log;
  }

  /** Findings about the arrival of output that make its times unreliable. */
  arrivalFindings(end: { timeMs: number; wasStopped: boolean }): Finding[] {
    return this.#arrivals?.findings(end) ?? [];
  }

  /** Lines with numbers that are kept to find one that nearly matches. */
  get numericLineCount(): number {
    return this.#metrics.numericLineCount;
  }

  /** Names of numbers in the output. */
  get namesSeen(): string[] {
    return [...this.#metrics.names];
  }

  /** Metrics that no line has matched so far, except those that MLLOG lines gave. */
  unmatched(): Finding[] {
    const isRead = this.run.startedBy === "run_start" && this.run.evaluations.length > 0;
    return isRead ? [] : withoutEvaluated(this.#output.unmatched(), this.run);
  }

  /** The program continues a training from a checkpoint, but the run does not continue another one. */
  resumed(): Finding[] {
    return this.#resume.findings(this.run.evaluations);
  }

  /** Findings about doubtful readings of metrics. */
  readingFindings(): Finding[] {
    return this.#metrics.findings();
  }

  /** Findings of the reader itself. */
  findings(): Finding[] {
    return [
      ...this.#output.findings(),
      ...this.resumed(),
      ...this.unmatched(),
      ...this.#earlyValues(),
    ];
  }

  /** The last lines printed, for an error message. */
  lastLines(count: number): string[] {
    return this.#tail
      .split(/\r\n|\n|\r/u)
      .filter((line) => line.trim() !== "")
      .slice(-count);
  }

  progress(
    moment: Omit<Parameters<typeof runProgress>[0], "request" | "run" | "checklist">,
  ): RunProgress {
    const { run, checklist } = this;
    return runProgress({ ...moment, request: this.#request, run, checklist });
  }

  /** Loads the rules, which takes tens of milliseconds; there is no checklist until then. */
  startRules(): void {
    this.#rules.start();
  }

  /** Resolves when the rules are loaded and have checked all lines so far, so that no lines accumulate. */
  settleRules(): Promise<void> {
    return this.#rules.settle();
  }

  /** The checklist, if it has changed since the last call and the minimum interval has passed. */
  checklistUpdate(nowMs: number): RunChecklist | undefined {
    return this.#rules.update(nowMs);
  }

  /** The checklist as of now; absent until the rules are loaded. */
  checklistSoFar(): RunChecklist | undefined {
    return this.#rules.checklist();
  }

  /** The verdict of the rules on the whole log. */
  finishRules(): Promise<{ rules: RunRules; checklist: RunChecklist }> {
    return this.#rules.finish();
  }

  /** Without evaluations that are no longer kept: a block may hold thousands. */
  #keptUpdates(updates: TrackUpdate[]): TrackUpdate[] {
    const { series } = this.run;
    if (series.bucketSize === 1 || updates.length === 0) return updates;
    const evaluationCount = updates.filter(({ kind }) => kind === "evaluation").length;
    const newest = series.keptAfter(series.count - evaluationCount);
    const kept = new Set(newest.map(({ evaluation }) => evaluation));
    return updates.filter((update) => update.kind !== "evaluation" || kept.has(update.evaluation));
  }

  #takeBlock(source: string, bytes: Buffer, timeMs: number, taken: TakenPiece): void {
    taken.log.push(bytes);
    this.#openSource = bytes.at(-1) === lineFeed ? undefined : source;
    this.#endsInReturn = bytes.at(-1) === carriageReturn;
    const text = bytes.toString("utf8");
    this.#keepTail(text);
    this.#resume.take(text, timeMs, this.run.evaluations.length);
    this.#fold(this.#output.take({ source, bytes, text }, timeMs), timeMs, taken);
  }

  #fold({ lines, seen }: ReadBlock, timeMs: number, taken: TakenPiece): void {
    this.#check(lines);
    for (const each of seen) for (const part of this.#partsOf(each)) this.#place(part, taken);
    // Written after the block is read, because the sample count may be printed after the value.
    this.#addOwnLines(timeMs, taken);
  }

  /** Values of files come before the line for an evaluation that they give. */
  #addOwnLines(timeMs: number, taken: TakenPiece, options?: { isOver: boolean }): void {
    this.#add(this.#fileLines.take(), timeMs, taken);
    this.#add(this.#ownLines?.due(this.run, timeMs, options) ?? "", timeMs, taken);
  }

  /** The values of a line that Pitwall added for a file; any other observation as it is. */
  #partsOf(seen: Observation): Observation[] {
    const mayBeFileValues = this.#request.reading.metricsFrom !== undefined;
    const isOfFile = mayBeFileValues && seen.kind === "event" && isFileValues(seen.event);
    return isOfFile ? fileObservations(seen.event) : [seen];
  }

  #place(seen: Observation, taken: TakenPiece): void {
    if (this.#recorded === undefined) {
      this.#observe(seen, taken);
      return;
    }
    for (const placed of this.#recorded.placed(seen, this.run)) this.#observe(placed, taken);
  }

  #observe(seen: Observation, taken: TakenPiece): void {
    if (precedesClock(this.run, seen)) {
      const isEvaluation = seen.kind === "metric" && seen.metric === this.run.target?.metric;
      if (isEvaluation) this.#earlyValueCount += 1;
      return;
    }
    const addsLines = this.#ownLines !== undefined && addsLine(this.run, seen);
    const updates = this.#tracker.observe(seen);
    taken.updates.push(...updates);
    this.#options.observe?.(seen, updates);
    const isEvaluated = updates.some(({ kind }) => kind === "evaluation");
    if (addsLines && isEvaluated) this.#ownLines?.push(this.run);
  }

  /** The tracker reports the values before a clock that has not started at all. */
  #earlyValues(): Finding[] {
    const isReported = this.run.findings.some(({ rule }) => rule === "evaluations-before-clock");
    if (this.#earlyValueCount === 0 || isReported) return [];
    return [{ rule: "evaluations-before-clock", count: this.#earlyValueCount }];
  }

  /** Adds Pitwall's own lines to the log, never inside a line of the program. The log of earlier attempts has theirs. */
  #add(text: string, timeMs: number, taken: TakenPiece): void {
    if (text === "" || this.#recorded !== undefined) return;
    this.#endOpenLine(timeMs, taken);
    const bytes = Buffer.from(text);
    taken.log.push(bytes);
    this.#check(this.#output.takeAdded({ source: "pitwall", bytes, text }));
  }

  /** Ends an unfinished line before another source writes: sources never share a line of the log. */
  #endOpenLine(timeMs: number, taken: TakenPiece): void {
    const source = this.#openSource;
    if (source !== undefined) this.#takeBlock(source, Buffer.from("\n"), timeMs, taken);
  }

  #check(lines: readonly LogLine[]): void {
    if (lines.length === 0) return;
    this.#rules.push(lines);
    for (const line of lines) this.#options.alsoTake?.(line);
  }

  #keepTail(text: string): void {
    const before = text.length < keptTailLength ? this.#tail : "";
    this.#tail = (before + text).slice(-keptTailLength);
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  if (Buffer.isBuffer(bytes)) return bytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
