import { UserError } from "../../../foundation/errors/user-error.ts";
import type { RunDetail } from "../../../schema/dashboard/run-detail.ts";
import type { SeriesDocument } from "../../../schema/dashboard/run-series.ts";
import { readLogLines } from "../../../store/records/read/read-log-lines.ts";
import { describeWatchedRun } from "../views/describe-watched-run.ts";
import type { OpenRun } from "./open-run.ts";
import { RunCache } from "./run-cache.ts";
import type { SeriesQuery } from "../views/view-run-series.ts";
import { freshForMs, type BoardWatch } from "../list/watch-board.ts";
import type { WatchedRun } from "../follow/watch-run.ts";
import type { WatchWorld } from "../follow/watch-world.ts";

/** Single runs of one home with their telemetry, for the dashboard. Reads only on request. */
export class RunWatch {
  readonly #list: BoardWatch;
  readonly #mayChange: boolean;
  readonly #cache: RunCache;

  /** @param list of the same home, whose checks include the runs that clients follow */
  constructor(
    home: string,
    world: WatchWorld,
    { list, mayChange }: { list: BoardWatch; mayChange: boolean },
  ) {
    this.#list = list;
    this.#mayChange = mayChange;
    this.#cache = new RunCache(home, world);
    list.alsoCheck(() => this.#check());
  }

  nowMs(): number {
    return this.#list.nowMs();
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
    return this.#list.board.earlierCrossingsMs(series.id, series.index);
  }

  async detail(opened: OpenRun): Promise<RunDetail> {
    if (opened.run.request.series.count > 1) await this.#list.refreshBoard();
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

  /** Keeps a run up to date and calls `listener` after each check, until the returned function is called. */
  watchRun(opened: OpenRun, listener: () => void): () => void {
    opened.watcherCount += 1;
    const stop = this.#list.listen(listener);
    return () => {
      opened.watcherCount -= 1;
      opened.usedMs = this.nowMs();
      if (opened.watcherCount === 0) opened.releaseTails();
      stop();
    };
  }

  close(): void {
    this.#cache.close();
  }

  async #check(): Promise<void> {
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
        this.#list.notify();
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
