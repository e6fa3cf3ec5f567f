import { randomBytes } from "node:crypto";
import type { RunStreamEvent } from "../schema/dashboard/run-stream.ts";
import { readLogLines } from "../store/records/read-log-lines.ts";
import {
  predictionOf,
  progressDocument,
  rulesDocument,
} from "../workflows/dashboard/describe-watched-run.ts";
import type { SeriesQuestion } from "../workflows/dashboard/view-run-series.ts";
import type { OpenRun } from "../workflows/dashboard/open-run.ts";
import type { RunWatch } from "../workflows/dashboard/watch-runs.ts";
import { eventText, type StreamSource } from "./event-stream.ts";

const mostLogLines = 500;
const cursorPattern =
  /^([0-9a-f]{12})\.(\d{1,9})\.(\d{1,9})\.(\d{1,9})\.(\d{1,9})\.(\d{1,15})\.([01])$/;

/** What a client has seen of a run. Written into each event id, so that a client that comes back says it itself. */
interface Cursor {
  openingId: string;
  tailEpoch: number;
  tailTurn: number;
  evaluationCount: number;
  eventCount: number;
  logLine: number;
  wasTold: boolean;
}

function textOf(cursor: Cursor): string {
  const { openingId, tailEpoch, tailTurn, evaluationCount, eventCount, logLine, wasTold } = cursor;
  return [
    openingId,
    tailEpoch,
    tailTurn,
    evaluationCount,
    eventCount,
    logLine,
    Number(wasTold),
  ].join(".");
}

/** Where a client stands that names an event of this opening of the run; undefined for any other. */
function readCursor(text: string | undefined, openingId: string): Cursor | undefined {
  const found = cursorPattern.exec(text ?? "");
  if (found === null || found[1] !== openingId) return undefined;
  const [tailEpoch = 0, tailTurn = 0, evaluationCount = 0, eventCount = 0, logLine = 0, told = 0] =
    found.slice(2).map(Number);
  return {
    openingId,
    tailEpoch,
    tailTurn,
    evaluationCount,
    eventCount,
    logLine,
    wasTold: told === 1,
  };
}

/** The events of one run for one client, from where it stands. */
export class RunEvents implements StreamSource {
  readonly #watch: RunWatch;
  readonly #opened: OpenRun;
  readonly #question: SeriesQuestion;
  #cursor: Cursor;
  #progressText = "";
  #rulesText = "";

  constructor(
    watch: RunWatch,
    opened: OpenRun,
    asked: { question: SeriesQuestion; lastEventId: string | undefined },
  ) {
    this.#watch = watch;
    this.#opened = opened;
    this.#question = asked.question;
    this.#cursor = readCursor(asked.lastEventId, opened.openingId) ?? {
      openingId: opened.openingId,
      tailEpoch: 0,
      tailTurn: 0,
      evaluationCount: 0,
      eventCount: 0,
      logLine: 0,
      wasTold: false,
    };
  }

  listen(callback: () => void): () => void {
    return this.#watch.watchRun(this.#opened, callback);
  }

  async news(): Promise<string | undefined> {
    if (this.#opened.isRemoved) {
      // The client is told once; when it asks again there is nothing, and the stream ends.
      if (this.#cursor.openingId === "") return undefined;
      this.#cursor.openingId = "";
      return this.#written([{ name: "removed", data: { runId: this.#opened.run.runId } }]);
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
    return this.#written(events);
  }

  #written(events: readonly RunStreamEvent[]): string {
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
    const { evaluations } = this.#opened.run;
    const seen = this.#cursor.evaluationCount;
    const from = seen > evaluations.length ? 0 : seen;
    if (from === evaluations.length) return;
    this.#cursor.evaluationCount = evaluations.length;
    yield { name: "evaluation", data: { from, evaluations: evaluations.slice(from) } };
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
    // Not before all samples are read: the look at them comes with a call of its own.
    if (this.#question.names.length === 0 || !this.#opened.run.samples.hasReadSteps) return;
    const tail = this.#opened.tail(this.#question);
    const { epoch, turn } = tail.cursor;
    const { tailEpoch, tailTurn } = this.#cursor;
    const isReset = epoch !== tailEpoch || tailTurn > turn;
    if (!isReset && tailTurn === turn) return;
    this.#cursor.tailEpoch = epoch;
    this.#cursor.tailTurn = turn;
    const series = isReset ? tail.all() : tail.since(tailTurn);
    if (series.length === 0 && !isReset) return;
    yield { name: "series", data: { xAxis: this.#question.xAxis, isReset, series } };
  }

  async #log(): Promise<RunStreamEvent[]> {
    const { index, path } = this.#opened.run.log;
    const totalLines = index.lineCount;
    const seen = this.#cursor.logLine > totalLines ? 0 : this.#cursor.logLine;
    if (seen === totalLines) return [];
    const from = Math.max(seen + 1, totalLines - mostLogLines + 1);
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
    if (record.state.kind === "running" || this.#cursor.wasTold) return;
    this.#cursor.wasTold = true;
    const { kind } = record.state;
    yield {
      name: "finished",
      data: { state: kind, ...(result === undefined ? {} : { result }) },
    };
  }
}

const boardPattern = /^([0-9a-f]{12})-(\d{1,12})$/;

/** The list of runs for one client; `serverId` tells this server from one that was there before. */
export class BoardEvents implements StreamSource {
  readonly #watch: RunWatch;
  #turn: number | undefined;

  constructor(watch: RunWatch, lastEventId: string | undefined) {
    this.#watch = watch;
    const found = boardPattern.exec(lastEventId ?? "");
    this.#turn = found?.[1] === serverId ? Number(found[2]) : undefined;
  }

  listen(callback: () => void): () => void {
    return this.#watch.watchBoard(callback);
  }

  async news(): Promise<string> {
    await this.#watch.refreshBoard();
    const { board } = this.#watch;
    const news = this.#turn === undefined ? undefined : board.since(this.#turn);
    this.#turn = board.turn;
    const id = boardStreamId(this.#watch);
    if (news === undefined) return eventText("snapshot", { runs: board.items() }, id);
    const { items, removedIds } = news;
    const events = [
      ...items.map((item) => ({ name: "run", data: item })),
      ...removedIds.map((runId) => ({ name: "removed", data: { runId } })),
    ];
    const last = events.length - 1;
    return events
      .map(({ name, data }, index) => eventText(name, data, index === last ? id : undefined))
      .join("");
  }
}

const serverId = randomBytes(6).toString("hex");

/** Where a stream of the list goes on from what the board says now. */
export function boardStreamId({ board }: RunWatch): string {
  return `${serverId}-${board.turn}`;
}
