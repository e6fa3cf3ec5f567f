import type { RunListItem } from "../../schema/dashboard/run-list.ts";
import { jobRanksOf } from "../../schema/run/job-ranks.ts";
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
  /** The turn in which it was last another. */
  changedTurn: number;
  /** Followed while it runs. */
  run: WatchedRun | undefined;
  lookedMs: number;
}

const sparkPoints = 60;
/** A run that is over is looked at again after this long. */
const settledForMs = 15_000;
const mostRemovals = 1000;

/** What changed since a turn; undefined where that is not known any more. */
export interface BoardNews {
  items: RunListItem[];
  removedIds: string[];
}

/** The list of runs, kept up to date: records that are over are read once, those that run are followed. */
export class RunBoard {
  readonly #home: string;
  readonly #world: WatchWorld;
  readonly #entries = new Map<string, Entry>();
  #removals: { runId: string; turn: number }[] = [];
  #forgottenTurn = 0;
  #turn = 0;

  constructor(home: string, world: WatchWorld) {
    this.#home = home;
    this.#world = world;
  }

  get turn(): number {
    return this.#turn;
  }

  /** The newest first; broken ones last. */
  items(): RunListItem[] {
    return [...this.#entries.values()].map(({ item }) => item).toSorted(newestFirst);
  }

  /** The run that this board follows itself, where it runs. */
  followed(runId: string): WatchedRun | undefined {
    return this.#entries.get(runId)?.run;
  }

  /** When earlier runs of the same series reached the target, on their clocks; milliseconds. */
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
      const isSettled = entry?.run === undefined && nowMs - (entry?.lookedMs ?? 0) < settledForMs;
      return isSettled ? entry?.sign : undefined;
    });
    this.#turn += 1;
    const there = new Set<string>();
    for (const { runId, sign } of signs) {
      if (await this.#look(runId, sign, nowMs)) there.add(runId);
    }
    for (const runId of this.#entries.keys()) if (!there.has(runId)) this.#remove(runId);
  }

  since(turn: number): BoardNews | undefined {
    if (turn < this.#forgottenTurn || turn > this.#turn) return undefined;
    const entries = [...this.#entries.values()].filter(({ changedTurn }) => changedTurn > turn);
    const removed = this.#removals.filter((removal) => removal.turn > turn);
    return {
      items: entries.map(({ item }) => item),
      removedIds: removed.map(({ runId }) => runId),
    };
  }

  /** @returns false where there is no such record any more */
  async #look(runId: string, sign: string, nowMs: number): Promise<boolean> {
    const known = this.#entries.get(runId);
    if (known !== undefined && known.sign === sign && known.run === undefined) {
      known.lookedMs = Math.max(known.lookedMs, nowMs - settledForMs / 2);
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
      // The verdict of a run that is over says it all.
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
    this.#entries.set(runId, { sign, item, text, changedTurn, run, lookedMs: nowMs });
  }

  #remove(runId: string): void {
    this.#entries.delete(runId);
    this.#removals.push({ runId, turn: this.#turn });
    const dropped = this.#removals.length > mostRemovals ? this.#removals.shift() : undefined;
    if (dropped !== undefined) this.#forgottenTurn = dropped.turn;
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
      name: request.startable.name,
      seed: request.seed,
      state: run.record.state.kind,
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
  if (clockMs === undefined || predicted === undefined) return undefined;
  const wholeMs = clockMs + predicted.remainingMs;
  return wholeMs > 0 ? clockMs / wholeMs : 1;
}

function rankCountOf({ request: { startable }, record, samples, log }: WatchedRun): number {
  const launched = jobRanksOf(record.events.events).ranks.length;
  const workers = startable.kind === "embedded" ? startable.workers : 1;
  return Math.max(workers, launched, samples.steps.ranks().length, log.index.ranks().length);
}

/** The target's metric where there are at least two looks at it, else the loss. */
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
