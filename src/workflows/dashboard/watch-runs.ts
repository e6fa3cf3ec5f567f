import { UserError } from "../../foundation/user-error.ts";
import type { RunDetail } from "../../schema/dashboard/run-detail.ts";
import type { SeriesDocument } from "../../schema/dashboard/run-series.ts";
import { readLogLines } from "../../store/records/read-log-lines.ts";
import { describeWatchedRun } from "./describe-watched-run.ts";
import { RunBoard } from "./list-live-runs.ts";
import type { OpenRun } from "./open-run.ts";
import { RunCache } from "./run-cache.ts";
import type { SeriesQuery } from "./view-run-series.ts";
import { WatchFeed } from "./watch-feed.ts";
import type { WatchedRun, WatchWorld } from "./watch-run.ts";

/** Requests use data that was read within this time without reading again. */
const freshForMs = 500;

/** A reading of the list in progress. `firstRows` never resolves if the list is read in one piece. */
interface BoardReading {
  all: Promise<void>;
  firstRows: Promise<void>;
}

/** All runs of one home, for the dashboard: the list, and single runs with their telemetry. Reads only on request. */
export class RunWatch {
  readonly board: RunBoard;
  readonly #world: WatchWorld;
  readonly #mayChange: boolean;
  readonly #cache: RunCache;
  readonly #feed = new WatchFeed(() => this.#check());
  #boardMs = Number.NEGATIVE_INFINITY;
  #refreshing: BoardReading | undefined;
  #boardWatchers = 0;

  constructor(home: string, world: WatchWorld, { mayChange }: { mayChange: boolean }) {
    this.#world = world;
    this.#mayChange = mayChange;
    this.#cache = new RunCache(home, world);
    this.board = new RunBoard(home, world);
  }

  nowMs(): number {
    return this.#world.nowMs();
  }

  /** Updates the list of runs, unless it was updated just now. */
  async refreshBoard(): Promise<void> {
    if (this.nowMs() - this.#boardMs < freshForMs) return;
    await this.#refresh().all;
  }

  /** The first time, reads the newest runs, and calls the listeners when the list is complete. */
  async readFirstRows(): Promise<void> {
    if (this.board.isComplete) return this.refreshBoard();
    const { all, firstRows } = this.#refresh();
    await Promise.race([firstRows, all]);
  }

  #refresh(): BoardReading {
    if (this.#refreshing !== undefined) return this.#refreshing;
    let resolveFirst: (() => void) | undefined;
    const firstRows = new Promise<void>((resolve) => (resolveFirst = resolve));
    const isFirst = !this.board.isComplete;
    const all = this.board
      .refresh(() => resolveFirst?.())
      .finally(() => {
        this.#refreshing = undefined;
        this.#boardMs = this.nowMs();
        if (isFirst) this.#feed.notify();
      });
    this.#refreshing = { all, firstRows };
    return this.#refreshing;
  }

  /**
   * Opens a run with all its telemetry, up to date.
   *
   * @throws UserError `unknown-run`, `record-broken`, `record-linked`
   */
  async open(runId: string): Promise<OpenRun> {
    const opened = await this.#cache.open(runId);
    if (!(await opened.run.readOn("all", freshForMs))) throw this.#cache.remove(opened);
    this.#cache.evict();
    return opened;
  }

  /**
   * Opens a run with the data that its page shows first. A large amount of telemetry is read in the background, and
   * listeners are called when it is complete.
   *
   * @param query the series that the page shows; by default none
   * @throws UserError `unknown-run`, `record-broken`, `record-linked`
   */
  async openPage(runId: string, query?: SeriesQuery): Promise<OpenRun> {
    const opened = await this.#cache.open(runId);
    const { run } = opened;
    if (!(await run.readOn("page", freshForMs))) throw this.#cache.remove(opened);
    if (run.hasManyUnreadSamples) {
      const view = await this.#cache.firstViewOf(opened);
      const isStored =
        query === undefined ? view?.heading !== undefined : view?.has(query) === true;
      if (!isStored) this.#readInBackground(opened);
    } else if (!(await run.readOn("all", freshForMs))) throw this.#cache.remove(opened);
    this.#cache.evict();
    return opened;
  }

  /** When earlier runs of the series reached the target. */
  earlierCrossingsMs({ request: { series } }: WatchedRun): number[] {
    return this.board.earlierCrossingsMs(series.id, series.index);
  }

  async detail(opened: OpenRun): Promise<RunDetail> {
    if (opened.run.request.series.count > 1) await this.refreshBoard();
    return describeWatchedRun(opened.run, opened.sources(), {
      earlierCrossingsMs: this.earlierCrossingsMs(opened.run),
      integrity: await opened.integrity.check({
        isShown: opened.firstView?.heading !== undefined,
      }),
      mayChange: this.#mayChange,
      causeLine: await causeLineOf(opened.run),
      view: opened.firstView?.heading,
    });
  }

  /** @throws UserError `axis-unavailable` */
  series(opened: OpenRun, query: SeriesQuery): SeriesDocument {
    const document = opened.series(query);
    if (document !== undefined) return document;
    throw new UserError(
      "axis-unavailable",
      `\`${opened.run.runId}\` has no data for the axis ${query.xAxis}`,
      { hint: axisHints[query.xAxis] },
    );
  }

  /** Keeps the list up to date and calls `listener` after each check, until the returned function is called. */
  watchBoard(listener: () => void): () => void {
    this.#boardWatchers += 1;
    const stop = this.#feed.listen(listener);
    return () => {
      this.#boardWatchers -= 1;
      stop();
    };
  }

  /** Keeps a run up to date and calls `listener` after each check, until the returned function is called. */
  watchRun(opened: OpenRun, listener: () => void): () => void {
    opened.watcherCount += 1;
    const stop = this.#feed.listen(listener);
    return () => {
      opened.watcherCount -= 1;
      opened.usedMs = this.nowMs();
      if (opened.watcherCount === 0) opened.releaseTails();
      stop();
    };
  }

  close(): void {
    this.#feed.close();
    this.#cache.close();
  }

  async #check(): Promise<void> {
    if (this.#boardWatchers > 0) await this.refreshBoard();
    for (const opened of this.#cache.watched()) await this.#checkRun(opened);
    this.#cache.evict();
  }

  async #checkRun(opened: OpenRun): Promise<void> {
    const { run } = opened;
    const isPresent = this.#cache.isInside(opened) && (await run.readOn("page"));
    if (!isPresent) return void this.#cache.remove(opened);
    // A long reading must not delay the other runs.
    if (run.hasManyUnreadSamples) {
      // A stored view suffices until another query is requested.
      if (opened.firstView?.heading === undefined) this.#readInBackground(opened);
      return;
    }
    await run.readOn("all", freshForMs);
    opened.grow();
  }

  #readInBackground(opened: OpenRun): void {
    opened.firstReading ??= opened.run.readOn("all").then(
      () => {
        opened.firstReading = undefined;
        this.#feed.notify();
      },
      () => {
        // The disk reported an error; the next check tries again.
        opened.firstReading = undefined;
      },
    );
  }
}

const maxCauseCharacters = 300;

/** The line of the log that states why a run died. */
async function causeLineOf({ log, result, isOver }: WatchedRun): Promise<RunDetail["causeLine"]> {
  const isDead = result === undefined ? isOver : result.outcome.kind === "died";
  const { index, path } = log;
  const number = index.causeLine ?? index.firstErrorLine;
  if (!isDead || number === undefined) return undefined;
  const query = { from: number, limit: 1, characters: maxCauseCharacters };
  const [line] = (await readLogLines(path, index, query)).lines;
  return line === undefined ? undefined : { number: line.number, text: line.text.trim() };
}

const axisHints = {
  clock: "the clock has not started",
  wall: "",
  samples: "the program does not report sample counts",
  steps: "only imported logs that state steps have this axis",
  epochs: "the log does not state the samples per epoch",
  dollars: "start the run with a price: `--price`",
  energy: "no energy readings yet",
} as const;
