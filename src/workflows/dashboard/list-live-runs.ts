import type { RunListItem } from "../../schema/dashboard/run-list.ts";
import { lookAtHome } from "../../store/records/follow-home.ts";
import { recordPlace } from "../../store/records/record-gate.ts";
import type { RunSummary } from "../../store/records/run-store.ts";
import { finishedItem, liveItem } from "./run-list-item.ts";
import { WatchedRun, type WatchWorld } from "./watch-run.ts";

interface Entry {
  sign: string;
  item: RunListItem;
  text: string;
  /** The turn in which the item last changed. */
  changedTurn: number;
  /** Set while the run is in progress and followed. */
  run: WatchedRun | undefined;
  checkedMs: number;
}

/** A finished run is checked again after this long. */
const recheckAfterMs = 15_000;
const maxRemovals = 1000;
/** With more new records than this, all are read together from the index of the home. */
const maxReadSingly = 20;
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

  constructor(home: string, world: WatchWorld) {
    this.#home = home;
    this.#world = world;
  }

  get turn(): number {
    return this.#turn;
  }

  /** Newest first; broken records last. */
  items(): RunListItem[] {
    return this.#sorted().map(({ item }) => item);
  }

  /** The JSON of `items()`, whose parts are kept. */
  itemsText(): string {
    return `[${this.#sorted()
      .map(({ text }) => text)
      .join(",")}]`;
  }

  #sorted(): Entry[] {
    return [...this.#entries.values()].toSorted((a, b) => newestFirst(a.item, b.item));
  }

  /** The followed run; undefined if it is not in progress. */
  followed(runId: string): WatchedRun | undefined {
    return this.#entries.get(runId)?.run;
  }

  /** Times to train, in milliseconds, of earlier runs of the same series that reached the target. */
  earlierCrossingsMs(seriesId: string, beforeIndex: number): number[] {
    const crossings: number[] = [];
    for (const { item } of this.#entries.values()) {
      if (item.kind !== "readable" || item.seriesId !== seriesId) continue;
      if (item.seriesIndex < beforeIndex && item.outcome?.kind === "reached")
        crossings.push(item.outcome.timeToTrainMs);
    }
    return crossings;
  }

  async refresh(): Promise<void> {
    const nowMs = this.#world.nowMs();
    const signs = await lookAtHome(this.#home, (runId) => {
      const entry = this.#entries.get(runId);
      const isSettled =
        entry?.run === undefined && nowMs - (entry?.checkedMs ?? 0) < recheckAfterMs;
      return isSettled ? entry?.sign : undefined;
    });
    this.#turn += 1;
    const present = new Set<string>();
    const summaries = await this.#summariesOfNew(signs);
    for (const [index, { runId, sign }] of signs.entries()) {
      if (await this.#check({ runId, sign, nowMs }, summaries.get(runId))) present.add(runId);
      if (index % checksInOneGo === checksInOneGo - 1) await giveWay();
    }
    for (const runId of this.#entries.keys()) if (!present.has(runId)) this.#remove(runId);
  }

  /** @returns undefined if the removals since that turn are no longer known */
  since(turn: number): BoardUpdates | undefined {
    if (turn < this.#oldestTurn || turn > this.#turn) return undefined;
    const entries = [...this.#entries.values()].filter(({ changedTurn }) => changedTurn > turn);
    const removed = this.#removals.filter((removal) => removal.turn > turn);
    return {
      items: entries.map(({ item }) => item),
      removedIds: removed.map(({ runId }) => runId),
    };
  }

  /** Reads many new records at once; returns none if there are only a few. */
  async #summariesOfNew(
    signs: readonly { runId: string }[],
  ): Promise<ReadonlyMap<string, RunSummary>> {
    const newCount = signs.filter(({ runId }) => !this.#entries.has(runId)).length;
    if (newCount <= maxReadSingly) return new Map();
    const summaries = await this.#world.store.list();
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
      this.#set(runId, finishedItem(summary.request, summary.result), { sign, nowMs });
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
        this.#set(runId, finishedItem(request, result), { sign, nowMs });
        return true;
      }
      run = new WatchedRun(opened.record, this.#world);
    }
    if (!(await run.readOn("list"))) return false;
    const { id, index } = run.request.series;
    const item =
      run.result === undefined
        ? liveItem(run, this.earlierCrossingsMs(id, index))
        : finishedItem(run.request, run.result);
    this.#set(runId, item, { sign, nowMs, run: run.isOver ? undefined : run });
    return true;
  }

  #set(
    runId: string,
    item: RunListItem,
    { sign, nowMs, run }: { sign: string; nowMs: number; run?: WatchedRun | undefined },
  ): void {
    const text = JSON.stringify(item);
    const known = this.#entries.get(runId);
    const changedTurn = known?.text === text ? known.changedTurn : this.#turn;
    this.#entries.set(runId, { sign, item, text, changedTurn, run, checkedMs: nowMs });
  }

  #remove(runId: string): void {
    this.#entries.delete(runId);
    this.#removals.push({ runId, turn: this.#turn });
    const dropped = this.#removals.length > maxRemovals ? this.#removals.shift() : undefined;
    if (dropped !== undefined) this.#oldestTurn = dropped.turn;
  }
}

const collator = new Intl.Collator("en", { numeric: true });

function newestFirst(a: RunListItem, b: RunListItem): number {
  return createdMs(b) - createdMs(a) || collator.compare(b.runId, a.runId);
}

function createdMs(item: RunListItem): number {
  return item.kind === "readable" ? item.createdMs : 0;
}

function giveWay(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
