import type { RunStreamEvent } from "../../schema/dashboard/run-stream.ts";
import { readLogLines } from "../../store/records/read/read-log-lines.ts";
import {
  predictionOf,
  progressDocument,
  rulesDocument,
} from "../../workflows/dashboard/views/describe-watched-run.ts";
import type { SeriesQuery } from "../../workflows/dashboard/views/view-run-series.ts";
import type { OpenRun } from "../../workflows/dashboard/opened/open-run.ts";
import type { RunWatch } from "../../workflows/dashboard/opened/watch-runs.ts";
import { eventText, type StreamSource } from "./event-stream.ts";

const maxLogLines = 500;
const cursorPattern =
  /^([0-9a-f]{12})\.(\d{1,9})\.(\d{1,9})\.(\d{1,15})\.(\d{1,9})\.(\d{1,9})\.(\d{1,9})\.(\d{1,15})\.([01])$/;

/** What a client has received of a run. Each event id contains it, so that a client that reconnects sends it back. */
interface Cursor {
  openingId: string;
  tailEpoch: number;
  tailTurn: number;
  evaluationCount: number;
  /** How many kept evaluations are known that do not change until buckets are merged. */
  settledCount: number;
  mergeCount: number;
  eventCount: number;
  logLine: number;
  isFinishReported: boolean;
}

function textOf(cursor: Cursor): string {
  return [
    cursor.openingId,
    cursor.tailEpoch,
    cursor.tailTurn,
    cursor.evaluationCount,
    cursor.settledCount,
    cursor.mergeCount,
    cursor.eventCount,
    cursor.logLine,
    Number(cursor.isFinishReported),
  ].join(".");
}

/** Parses an event id of this opening of the run; returns undefined for any other id. */
function readCursor(text: string | undefined, openingId: string): Cursor | undefined {
  const found = cursorPattern.exec(text ?? "");
  if (found === null || found[1] !== openingId) return undefined;
  const [
    tailEpoch = 0,
    tailTurn = 0,
    evaluationCount = 0,
    settledCount = 0,
    mergeCount = 0,
    eventCount = 0,
    logLine = 0,
    finish = 0,
  ] = found.slice(2).map(Number);
  return {
    openingId,
    tailEpoch,
    tailTurn,
    evaluationCount,
    settledCount,
    mergeCount,
    eventCount,
    logLine,
    isFinishReported: finish === 1,
  };
}

/** The events of one run for one client, starting after what it has received. */
export class RunEvents implements StreamSource {
  readonly #watch: RunWatch;
  readonly #opened: OpenRun;
  readonly #query: SeriesQuery;
  #cursor: Cursor;
  #progressText = "";
  #rulesText = "";
  #hasStoredSeries = false;

  constructor(
    watch: RunWatch,
    opened: OpenRun,
    request: { query: SeriesQuery; lastEventId: string | undefined },
  ) {
    this.#watch = watch;
    this.#opened = opened;
    this.#query = request.query;
    this.#cursor = readCursor(request.lastEventId, opened.openingId) ?? {
      openingId: opened.openingId,
      tailEpoch: 0,
      tailTurn: 0,
      evaluationCount: 0,
      settledCount: 0,
      mergeCount: 0,
      eventCount: 0,
      logLine: 0,
      isFinishReported: false,
    };
  }

  listen(callback: () => void): () => void {
    return this.#watch.watchRun(this.#opened, callback);
  }

  async updates(): Promise<string | undefined> {
    if (this.#opened.isRemoved) {
      // The removal is reported once; the next call ends the stream.
      if (this.#cursor.openingId === "") return undefined;
      this.#cursor.openingId = "";
      return this.#serialize([{ name: "removed", data: { runId: this.#opened.run.runId } }]);
    }
    const events = [
      ...this.#progress(),
      ...this.#evaluations(),
      ...this.#lifecycle(),
      ...this.#rules(),
      ...this.#series(),
      ...(await this.#log()),
      ...this.#finished(),
    ];
    return this.#serialize(events);
  }

  #serialize(events: readonly RunStreamEvent[]): string {
    const last = events.length - 1;
    const id = textOf(this.#cursor);
    return events
      .map(({ name, data }, index) => eventText(name, data, index === last ? id : undefined))
      .join("");
  }

  *#progress(): Generator<RunStreamEvent> {
    const { run } = this.#opened;
    const earlier = this.#watch.earlierCrossingsMs(run);
    const prediction = predictionOf(run, earlier);
    const progress = progressDocument(run.progress(earlier));
    const text = JSON.stringify([progress, prediction]);
    if (text === this.#progressText) return;
    this.#progressText = text;
    const serverTimeMs = this.#watch.nowMs();
    yield {
      name: "progress",
      data: { progress, serverTimeMs, ...(prediction === undefined ? {} : { prediction }) },
    };
  }

  *#evaluations(): Generator<RunStreamEvent> {
    const { evaluations, evaluationCount, settledEvaluations } = this.#opened.run;
    const cursor = this.#cursor;
    const { count, mergeCount } = settledEvaluations;
    if (cursor.evaluationCount === evaluationCount && cursor.mergeCount === mergeCount) return;
    const isKnown = cursor.mergeCount === mergeCount && cursor.settledCount <= evaluations.length;
    const from = isKnown && cursor.evaluationCount < evaluationCount ? cursor.settledCount : 0;
    Object.assign(cursor, { evaluationCount, settledCount: count, mergeCount });
    const data = { from, evaluations: evaluations.slice(from), evaluationCount };
    yield { name: "evaluation", data };
  }

  *#lifecycle(): Generator<RunStreamEvent> {
    const { events } = this.#opened.run.record.events;
    const from = this.#cursor.eventCount > events.length ? 0 : this.#cursor.eventCount;
    if (from === events.length) return;
    this.#cursor.eventCount = events.length;
    yield { name: "event", data: { from, events: events.slice(from) } };
  }

  *#rules(): Generator<RunStreamEvent> {
    const rules = rulesDocument(this.#opened.run.log.reader.checklist);
    const text = JSON.stringify(rules) ?? "";
    if (rules === undefined || text === this.#rulesText) return;
    this.#rulesText = text;
    yield { name: "rules", data: rules };
  }

  *#series(): Generator<RunStreamEvent> {
    if (this.#query.names.length === 0) return;
    if (!this.#opened.run.samples.hasReadSteps) return yield* this.#storedSeries();
    const tail = this.#opened.tail(this.#query);
    const { epoch, turn } = tail.cursor;
    const { tailEpoch, tailTurn } = this.#cursor;
    const isReset = epoch !== tailEpoch || tailTurn > turn;
    if (!isReset && tailTurn === turn) return;
    this.#cursor.tailEpoch = epoch;
    this.#cursor.tailTurn = turn;
    const series = isReset ? tail.all() : tail.since(tailTurn);
    if (series.length === 0 && !isReset) return;
    yield { name: "series", data: { xAxis: this.#query.xAxis, isReset, series } };
  }

  /** What was stored when the page was shown before; otherwise nothing until all samples are read. */
  *#storedSeries(): Generator<RunStreamEvent> {
    const series = this.#hasStoredSeries ? undefined : this.#opened.firstView?.series(this.#query);
    if (series === undefined) return;
    this.#hasStoredSeries = true;
    yield { name: "series", data: { xAxis: this.#query.xAxis, isReset: true, series } };
  }

  async #log(): Promise<RunStreamEvent[]> {
    const { index, path } = this.#opened.run.log;
    const totalLines = index.lineCount;
    const seen = this.#cursor.logLine > totalLines ? 0 : this.#cursor.logLine;
    if (seen === totalLines) return [];
    const from = Math.max(seen + 1, totalLines - maxLogLines + 1);
    const { lines } = await readLogLines(path, index, { from, limit: totalLines - from + 1 });
    this.#cursor.logLine = totalLines;
    const { firstErrorLine } = index;
    return [
      {
        name: "log",
        data: {
          lines,
          totalLines,
          skippedLines: from - seen - 1,
          ...(firstErrorLine === undefined ? {} : { firstErrorLine }),
        },
      },
    ];
  }

  *#finished(): Generator<RunStreamEvent> {
    const { record, result } = this.#opened.run;
    if (record.state.kind === "running" || this.#cursor.isFinishReported) return;
    this.#cursor.isFinishReported = true;
    const { kind } = record.state;
    yield {
      name: "finished",
      data: { state: kind, ...(result === undefined ? {} : { result }) },
    };
  }
}
