import { RunBoard } from "./list-live-runs.ts";
import { WatchFeed } from "./watch-feed.ts";
import type { WatchWorld } from "../follow/watch-world.ts";

/** Requests use data that was read within this time without reading again. */
export const freshForMs = 500;

/** The pause in which a page loads its files and shows the first rows, before the server is busy reading the others. */
const pauseAfterFirstRowsMs = 400;

/** A reading of the list in progress. `firstRows` never resolves if the list is read in one piece. */
interface BoardReading {
  all: Promise<void>;
  firstRows: Promise<void>;
}

/** The list of the runs of one home, for the dashboard. Reads all of it only on request, and loads what only runs in progress require when there is one. */
export class BoardWatch {
  readonly board: RunBoard;
  readonly #world: WatchWorld;
  readonly #feed = new WatchFeed(() => this.#check());
  #boardMs = Number.NEGATIVE_INFINITY;
  #refreshing: BoardReading | undefined;
  #preparing: Promise<void> = Promise.resolve();
  #boardWatchers = 0;
  #checkRuns: () => Promise<void> = async () => undefined;

  constructor(home: string, world: WatchWorld) {
    this.#world = world;
    this.board = new RunBoard(home, world);
  }

  nowMs(): number {
    return this.#world.nowMs();
  }

  /** Begins to read the newest runs, before the first request. Requests report what cannot be read. */
  prepare(): void {
    this.#preparing = this.board.readNewest().catch(() => undefined);
  }

  /** Updates the list of runs, unless it was updated just now. */
  async refreshBoard(): Promise<void> {
    if (this.nowMs() - this.#boardMs < freshForMs) return;
    await this.#refresh({ pauseMs: 0 }).all;
  }

  /** The first time, reads the newest runs, and calls the listeners when the list is complete. */
  async readFirstRows(): Promise<void> {
    if (this.board.isComplete) return this.refreshBoard();
    const { all, firstRows } = this.#refresh({ pauseMs: pauseAfterFirstRowsMs });
    await Promise.race([firstRows, all]);
  }

  #refresh({ pauseMs }: { pauseMs: number }): BoardReading {
    if (this.#refreshing !== undefined) return this.#refreshing;
    let resolveFirst: (() => void) | undefined;
    const firstRows = new Promise<void>((resolve) => (resolveFirst = resolve));
    const isFirst = !this.board.isComplete;
    const afterFirstRows = (): Promise<void> => {
      resolveFirst?.();
      return new Promise((resolve) => setTimeout(resolve, pauseMs));
    };
    const all = this.#preparing
      .then(() => this.board.refresh(afterFirstRows))
      .finally(() => {
        this.#refreshing = undefined;
        this.#boardMs = this.nowMs();
        if (isFirst) this.notify();
      });
    this.#refreshing = { all, firstRows };
    return this.#refreshing;
  }

  /** Keeps the list up to date and calls `listener` after each check, until the returned function is called. */
  watchBoard(listener: () => void): () => void {
    this.#boardWatchers += 1;
    const stop = this.listen(listener);
    return () => {
      this.#boardWatchers -= 1;
      stop();
    };
  }

  /** Calls `listener` after each check, until the returned function is called. */
  listen(listener: () => void): () => void {
    return this.#feed.listen(listener);
  }

  /** Calls all listeners. */
  notify(): void {
    this.#feed.notify();
  }

  /** @param check called with each check of the list, to follow single runs */
  alsoCheck(check: () => Promise<void>): void {
    this.#checkRuns = check;
  }

  close(): void {
    this.#feed.close();
  }

  async #check(): Promise<void> {
    if (this.#boardWatchers > 0) await this.refreshBoard();
    await this.#checkRuns();
  }
}
