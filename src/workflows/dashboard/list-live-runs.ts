import type { RunListItem } from "../../schema/dashboard/run-list.ts";
import { seriesRole } from "../../schema/run/counted-runs.ts";
import { jobRanksOf } from "../../schema/run/job-ranks.ts";
import { runName } from "../../schema/run/run-name.ts";
import type { RunResult } from "../../schema/run/run-result.ts";
import { lookAtHome } from "../../store/records/follow-home.ts";
import { recordPlace } from "../../store/records/record-gate.ts";
import { leadingEnergy } from "./watched-energy.ts";
import { WatchedRun, type WatchWorld } from "./watch-run.ts";

type ReadableItem = Extract<RunListItem, { kind: "readable" }>;

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

const sparkPoints = 60;
/** A finished run is checked again after this long. */
const recheckAfterMs = 15_000;
const maxRemovals = 1000;

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
    return [...this.#entries.values()].map(({ item }) => item).toSorted(newestFirst);
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
    for (const { runId, sign } of signs) {
      if (await this.#check(runId, sign, nowMs)) present.add(runId);
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

  /** @returns false if the record no longer exists */
  async #check(runId: string, sign: string, nowMs: number): Promise<boolean> {
    const known = this.#entries.get(runId);
    if (known !== undefined && known.sign === sign && known.run === undefined) {
      known.checkedMs = Math.max(known.checkedMs, nowMs - recheckAfterMs / 2);
      return true;
    }
    const place = await recordPlace(this.#home, runId);
    if (place.kind === "absent") return false;
    if (place.kind === "linked") {
      const reason = `${place.what} ${place.fault}; such files are not served`;
      this.#set(runId, { kind: "broken", runId, reason }, { sign, nowMs });
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
      run = new WatchedRun(opened.record, this.#world);
      // A finished run needs no data beyond its verdict.
      if (run.result !== undefined) {
        this.#set(runId, this.#itemOf(run), { sign, nowMs });
        return true;
      }
    }
    if (!(await run.readOn("list"))) return false;
    this.#set(runId, this.#itemOf(run), { sign, nowMs, run: run.isOver ? undefined : run });
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

  #itemOf(run: WatchedRun): ReadableItem {
    const { request, result } = run;
    const { id, index, count } = request.series;
    const progress = run.progress(this.earlierCrossingsMs(id, index));
    const spark = sparkOf(run);
    const item: ReadableItem = {
      kind: "readable",
      runId: run.runId,
      seriesId: id,
      seriesIndex: index,
      seriesCount: count,
      role: seriesRole(request),
      name: runName(request),
      seed: request.seed,
      state: run.record.state.kind,
      ...(request.startable.kind === "imported" ? { isImported: true } : {}),
      outcome: result?.outcome,
      createdMs: request.createdMs,
      clockMs: progress.clockMs,
      target: progress.target,
      best: progress.best,
      loss: progress.loss,
      progressFraction: progressFractionOf(result, progress),
      predicted: progress.predicted,
      costUsd: progress.costUsd,
      energy: result === undefined ? leadingEnergy(run.energy) : progress.energy,
      rankCount: rankCountOf(run),
      samplesPerSecond: progress.samplesPerSecond,
      system: request.system.system_name,
      ...spark,
      findingsCount: (result?.findings ?? run.log.reader.run.findings).length,
    };
    return item;
  }
}

function newestFirst(a: RunListItem, b: RunListItem): number {
  return createdMs(b) - createdMs(a) || b.runId.localeCompare(a.runId, "en", { numeric: true });
}

function createdMs(item: RunListItem): number {
  return item.kind === "readable" ? item.createdMs : 0;
}

function progressFractionOf(
  result: RunResult | undefined,
  { clockMs, predicted }: ReturnType<WatchedRun["progress"]>,
): number | undefined {
  if (result?.outcome.kind === "reached") return 1;
  if (clockMs === undefined || predicted?.kind !== "reaches") return undefined;
  const totalMs = clockMs + predicted.remainingMs;
  return totalMs > 0 ? clockMs / totalMs : 1;
}

function rankCountOf({ request: { startable }, record, samples, log }: WatchedRun): number {
  const launched = jobRanksOf(record.events.events).ranks.length;
  const workers = startable.kind === "embedded" ? startable.workers : 1;
  return Math.max(workers, launched, samples.steps.ranks().length, log.index.ranks().length);
}

/** The target metric if it has at least two evaluations, otherwise the loss. */
function sparkOf({ evaluations, log }: WatchedRun): Pick<ReadableItem, "spark" | "sparkMetric"> {
  if (evaluations.length >= 2) {
    const stride = Math.ceil(evaluations.length / sparkPoints);
    const last = evaluations.length - 1;
    const shown = evaluations.filter((_, index) => (last - index) % stride === 0);
    return { spark: shown.map(({ value }) => value), sparkMetric: "quality" };
  }
  const loss = log.spark.finish()?.samples ?? [];
  return loss.length >= 2 ? { spark: loss, sparkMetric: "loss" } : { spark: [] };
}
