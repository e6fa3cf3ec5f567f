import type { RunListItem } from "../../../schema/dashboard/run-list.ts";
import type { RunRequest } from "../../../schema/run/request/run-request.ts";
import type { RunResult } from "../../../schema/run/outcome/run-result.ts";
import {
  lookAtRecords,
  newestRecordsFirst,
  recordIds,
  type RecordSign,
} from "../../../store/records/find/follow-home.ts";
import { recordPlace } from "../../../store/records/write/record-gate.ts";
import type { RunSummary } from "../../../store/records/run-store.ts";
import { finishedItem } from "./run-list-item.ts";
import { parsedOnce, SavedList, type ListedText, type SavedItems } from "./saved-list.ts";
import type { WatchedRun } from "../follow/watch-run.ts";
import { followRun, type WatchWorld } from "../follow/watch-world.ts";

interface Entry {
  sign: string;
  createdMs: number;
  text: string;
  /** Parsed from the text when it is first used. */
  item: () => RunListItem;
  /** The turn in which the item last changed. */
  changedTurn: number;
  /** Set while the run is in progress and followed. */
  run: WatchedRun | undefined;
  checkedMs: number;
}

/** A finished run is checked again after this long. */
const recheckAfterMs = 15_000;
const maxRemovals = 1000;
/** With more new records than this, all are read together, the newest first. */
const maxReadSingly = 20;
/** How many of the newest records the first rows are. */
const firstRowCount = 40;
const checksInOneGo = 200;

/** What changed since a turn. */
export interface BoardUpdates {
  items: RunListItem[];
  removedIds: string[];
}

/** The list of runs, kept up to date. Finished records are read once; running ones are followed. */
export class RunBoard {
  readonly #home: string;
  readonly #world: WatchWorld;
  readonly #entries = new Map<string, Entry>();
  #removals: { runId: string; turn: number }[] = [];
  #oldestTurn = 0;
  #turn = 0;
  #isComplete = false;
  readonly #saved: SavedList;

  constructor(home: string, world: WatchWorld) {
    this.#home = home;
    this.#world = world;
    this.#saved = new SavedList(home);
  }

  /** False until all records were read once. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  get turn(): number {
    return this.#turn;
  }

  /** Newest first; broken records last. */
  items(): RunListItem[] {
    return this.#sorted().map(({ item }) => item());
  }

  /** The JSON of `items()`, whose parts are kept. */
  itemsText(): string {
    return jsonOf(this.#sorted());
  }

  /** The JSON of the newest items; undefined if the whole list is not much longer. */
  firstRowsText(): string | undefined {
    if (this.isComplete && this.#entries.size < 4 * firstRowCount) return undefined;
    return jsonOf(this.#sorted().slice(0, firstRowCount));
  }

  #sorted(): Entry[] {
    return [...this.#entries.entries()].toSorted(newestFirst).map(([, entry]) => entry);
  }

  /** Reads a record again with the next refresh: this process changed it. */
  expire(runId: string): void {
    const entry = this.#entries.get(runId);
    if (entry !== undefined) entry.checkedMs = Number.NEGATIVE_INFINITY;
  }

  /** The followed run; undefined if it is not in progress. */
  followed(runId: string): WatchedRun | undefined {
    return this.#entries.get(runId)?.run;
  }

  /** Times to train, in milliseconds, of earlier runs of the same series that reached the target. */
  earlierCrossingsMs(seriesId: string, beforeIndex: number): number[] {
    const crossings: number[] = [];
    for (const entry of this.#entries.values()) {
      const item = entry.item();
      if (item.kind !== "readable" || item.seriesId !== seriesId) continue;
      if (item.seriesIndex < beforeIndex && item.outcome?.kind === "reached")
        crossings.push(item.outcome.timeToTrainMs);
    }
    return crossings;
  }

  /** @param afterFirstRows called when the newest records are read and others are not; the others are read once it has resolved */
  async refresh(afterFirstRows: () => Promise<void>): Promise<void> {
    const nowMs = this.#world.nowMs();
    const runIds = await recordIds(this.#home);
    this.#turn += 1;
    const present = new Set(runIds);
    const newCount = runIds.filter((runId) => !this.#entries.has(runId)).length;
    const saved = newCount > maxReadSingly ? await this.#saved.open() : undefined;
    const pieces = saved === undefined ? [runIds] : await this.#newestAndOthers(runIds, saved);
    for (const [index, piece] of pieces.entries()) {
      for (const runId of await this.#refreshPiece(piece, saved, nowMs)) present.delete(runId);
      if (index === 0 && pieces.length > 1) await afterFirstRows();
    }
    for (const runId of this.#entries.keys()) if (!present.has(runId)) this.#remove(runId);
    this.#isComplete = true;
    await this.#saved.save({ runIds: [...present], nowMs });
  }

  /** Reads the newest records of a long list. The first `refresh` then only checks whether they have changed. */
  async readNewest(): Promise<void> {
    const nowMs = this.#world.nowMs();
    const runIds = await recordIds(this.#home);
    if (runIds.length <= maxReadSingly) return;
    const saved = await this.#saved.open();
    const [newest = []] = await this.#newestAndOthers(runIds, saved);
    await this.#refreshPiece(newest, saved, nowMs);
  }

  async #newestAndOthers(runIds: readonly string[], saved: SavedItems): Promise<string[][]> {
    const ordered = await newestRecordsFirst(this.#home, runIds, (runId) => saved.createdMs(runId));
    const pieces = [ordered.slice(0, firstRowCount), ordered.slice(firstRowCount)];
    return pieces.filter(({ length }) => length > 0);
  }

  /** @returns the records that no longer exist */
  async #refreshPiece(
    runIds: readonly string[],
    saved: SavedItems | undefined,
    nowMs: number,
  ): Promise<string[]> {
    const signs = await lookAtRecords(this.#home, runIds, (runId) => {
      const entry = this.#entries.get(runId);
      const isSettled =
        entry?.run === undefined && nowMs - (entry?.checkedMs ?? 0) < recheckAfterMs;
      return isSettled ? entry?.sign : undefined;
    });
    const others = signs.filter((sign) => !this.#takeSaved(sign, saved, nowMs));
    const summaries = await this.#summariesOf(others);
    const removed: string[] = [];
    for (const [position, { runId, sign }] of others.entries()) {
      const isPresent = await this.#check({ runId, sign, nowMs }, summaries.get(runId));
      if (!isPresent) removed.push(runId);
      if (position % checksInOneGo === checksInOneGo - 1) await giveWay();
    }
    return removed;
  }

  /** Whether the item of a new record was saved and the record is unchanged. */
  #takeSaved({ runId, sign }: RecordSign, saved: SavedItems | undefined, nowMs: number): boolean {
    const found = this.#entries.has(runId) ? undefined : saved?.find(runId, sign);
    if (found !== undefined) this.#setText(runId, found, { sign, nowMs });
    return found !== undefined;
  }

  /** @returns undefined if the removals since that turn are no longer known */
  since(turn: number): BoardUpdates | undefined {
    if (turn < this.#oldestTurn || turn > this.#turn) return undefined;
    const entries = [...this.#entries.values()].filter(({ changedTurn }) => changedTurn > turn);
    const removed = this.#removals.filter((removal) => removal.turn > turn);
    return {
      items: entries.map(({ item }) => item()),
      removedIds: removed.map(({ runId }) => runId),
    };
  }

  /** Reads many new records at once; returns none if there are only a few. */
  async #summariesOf(signs: readonly RecordSign[]): Promise<ReadonlyMap<string, RunSummary>> {
    const added = signs.map(({ runId }) => runId).filter((runId) => !this.#entries.has(runId));
    if (added.length <= maxReadSingly) return new Map();
    const summaries = await this.#world.store.summaries(added);
    return new Map(summaries.map((summary) => [summary.runId, summary]));
  }

  /** @returns false if the record no longer exists */
  async #check(
    { runId, sign, nowMs }: { runId: string; sign: string; nowMs: number },
    summary: RunSummary | undefined,
  ): Promise<boolean> {
    const known = this.#entries.get(runId);
    if (known !== undefined && known.sign === sign && known.run === undefined) {
      known.checkedMs = Math.max(known.checkedMs, nowMs - recheckAfterMs / 2);
      return true;
    }
    const place = recordPlace(this.#home, runId);
    if (place.kind === "absent") return false;
    if (place.kind === "linked") {
      const reason = `${place.what} ${place.fault}; such files are not served`;
      this.#set(runId, { kind: "broken", runId, reason }, { sign, nowMs });
      return true;
    }
    if (summary?.kind === "readable" && summary.result !== undefined) {
      this.#setFinished(summary.request, summary.result, { sign, nowMs });
      return true;
    }
    return this.#read(runId, sign, nowMs);
  }

  async #read(runId: string, sign: string, nowMs: number): Promise<boolean> {
    const known = this.#entries.get(runId)?.run;
    let run = known;
    if (run === undefined) {
      const opened = await this.#world.store.open(runId);
      if (opened.kind === "unknown") return false;
      if (opened.kind === "broken") {
        this.#set(runId, { kind: "broken", runId, reason: opened.reason }, { sign, nowMs });
        return true;
      }
      const { request, result } = opened.record;
      // A finished run needs no data beyond its verdict.
      if (result !== undefined) {
        this.#setFinished(request, result, { sign, nowMs });
        return true;
      }
      run = await followRun(opened.record, this.#world);
    }
    if (!(await run.readOn("list"))) return false;
    const { id, index } = run.request.series;
    if (run.result === undefined) {
      const { liveItem } = await import("./live-list-item.ts");
      const item = liveItem(run, this.earlierCrossingsMs(id, index));
      this.#set(runId, item, { sign, nowMs, run: run.isOver ? undefined : run });
    } else this.#setFinished(run.request, run.result, { sign, nowMs });
    return true;
  }

  #setFinished(request: RunRequest, result: RunResult, at: { sign: string; nowMs: number }): void {
    const item = finishedItem(request, result);
    this.#set(request.runId, item, at);
    this.#saved.add(item, at.sign);
  }

  #set(
    runId: string,
    item: RunListItem,
    at: { sign: string; nowMs: number; run?: WatchedRun | undefined },
  ): void {
    const createdMs = item.kind === "readable" ? item.createdMs : 0;
    this.#setText(runId, { createdMs, text: JSON.stringify(item) }, at);
  }

  #setText(
    runId: string,
    { createdMs, text }: ListedText,
    { sign, nowMs, run }: { sign: string; nowMs: number; run?: WatchedRun | undefined },
  ): void {
    const known = this.#entries.get(runId);
    const changedTurn = known?.text === text ? known.changedTurn : this.#turn;
    const item = parsedOnce(text);
    const checkedMs = nowMs;
    this.#entries.set(runId, { sign, createdMs, text, item, changedTurn, run, checkedMs });
  }

  #remove(runId: string): void {
    this.#entries.delete(runId);
    this.#removals.push({ runId, turn: this.#turn });
    const dropped = this.#removals.length > maxRemovals ? this.#removals.shift() : undefined;
    if (dropped !== undefined) this.#oldestTurn = dropped.turn;
  }
}

function jsonOf(entries: readonly Entry[]): string {
  return `[${entries.map(({ text }) => text).join(",")}]`;
}

const collator = new Intl.Collator("en", { numeric: true });

function newestFirst([aId, a]: [string, Entry], [bId, b]: [string, Entry]): number {
  return b.createdMs - a.createdMs || collator.compare(bId, aId);
}

function giveWay(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
