import {
  formatDuration,
  formatJoules,
  formatSignificant,
  formatUsd,
} from "../../../src/foundation/units.ts";
import { countOf } from "../../../src/report/wording.ts";
import type { RunListItem } from "../../../src/schema/dashboard/run-list.ts";
import type { Outcome } from "../../../src/schema/run/run-result.ts";

type ReadableRun = Extract<RunListItem, { kind: "readable" }>;

/** A run and when it was heard of, by the server's clock. */
export interface HeardRun {
  item: RunListItem;
  heardMs: number;
}

/** What colour repeats of a state's word. */
export type Mood = "live" | "good" | "bad" | "warn" | "plain";

/** One line of the list, in words. */
export interface RunRow {
  runId: string;
  name: string;
  /** Under the name: place in its series, seed, ranks. */
  detail: string;
  state: string;
  mood: Mood;
  /** Under the state: which limit was hit, how many findings. */
  stateNote: string;
  started: string;
  clock: string;
  estimate: string;
  /** The estimate's range; empty where there is none. */
  range: string;
  best: string;
  target: string;
  /** 0..1, how far along to the target. */
  fraction: number | undefined;
  cost: string;
  energy: string;
  /** `measured` or `estimated`, with what or how in `energyHow`. */
  energyLabel: string;
  energyHow: string;
  spark: readonly number[];
  sparkLabel: string;
}

/** @param nowMs by the server's clock; a running clock goes on from when it was heard of */
export function runRow({ item, heardMs }: HeardRun, nowMs: number): RunRow {
  if (item.kind === "broken") return brokenRow(item);
  const { state, mood } = stateOf(item);
  const { energy, predicted } = item;
  return {
    runId: item.runId,
    name: item.name,
    detail: detailOf(item),
    state,
    mood,
    stateNote: stateNoteOf(item),
    started: ago(item.createdMs, nowMs),
    clock: textOr(clockOf(item, heardMs, nowMs), formatDuration),
    estimate: predicted === undefined ? "" : `~${formatDuration(predicted.remainingMs)}`,
    range:
      predicted === undefined
        ? ""
        : `${formatDuration(predicted.lowMs)} … ${formatDuration(predicted.highMs)}`,
    best: textOr(item.best, (best) => formatSignificant(best, 4)),
    target: targetOf(item),
    fraction: item.progressFraction,
    cost: textOr(item.costUsd, formatUsd),
    energy: textOr(energy?.joules, (joules) => formatJoules(joules).replace(/ \(.*$/u, "")),
    energyLabel: energy?.kind ?? "",
    energyHow:
      energy === undefined ? "" : energy.kind === "measured" ? energy.meter : energy.formula,
    spark: item.spark,
    sparkLabel: item.sparkMetric ?? "",
  };
}

function brokenRow({ runId, reason }: Extract<RunListItem, { kind: "broken" }>): RunRow {
  return {
    runId,
    name: runId,
    detail: reason,
    state: "unreadable",
    mood: "bad",
    stateNote: "",
    started: "",
    clock: "",
    estimate: "",
    range: "",
    best: "",
    target: "",
    fraction: undefined,
    cost: "",
    energy: "",
    energyLabel: "",
    energyHow: "",
    spark: [],
    sparkLabel: "",
  };
}

function stateOf({ state, outcome }: ReadableRun): { state: string; mood: Mood } {
  if (state === "running") return { state: "running", mood: "live" };
  if (state === "abandoned") return { state: "abandoned", mood: "warn" };
  return outcome === undefined ? { state: "finished", mood: "plain" } : outcomeWord(outcome);
}

/** How a run ended, in a word. */
export function outcomeWord(outcome: Outcome): { state: string; mood: Mood } {
  switch (outcome.kind) {
    case "reached":
      return { state: "reached", mood: "good" };
    case "missed":
      return { state: "missed", mood: "warn" };
    case "died":
      return { state: "died", mood: "bad" };
    case "interrupted":
      return { state: "interrupted", mood: "warn" };
  }
}

/** What else there is to say of how a run ended. */
function stateNoteOf({ outcome, findingsCount }: ReadableRun): string {
  const notes: string[] = [];
  if (outcome?.kind === "missed" && outcome.reason !== "ended") notes.push(outcome.reason);
  if (findingsCount > 0) notes.push(countOf(findingsCount, "finding"));
  return notes.join(", ");
}

function detailOf({ seriesIndex, seriesCount, seed, rankCount }: ReadableRun): string {
  const parts = [`seed ${seed}`];
  if (seriesCount > 1) parts.unshift(`run ${seriesIndex} of ${seriesCount}`);
  if (rankCount > 1) parts.push(`${rankCount} ranks`);
  return parts.join(", ");
}

function clockOf(item: ReadableRun, heardMs: number, nowMs: number): number | undefined {
  if (item.clockMs === undefined || item.state !== "running") return item.clockMs;
  return item.clockMs + Math.max(0, nowMs - heardMs);
}

function targetOf({ target }: ReadableRun): string {
  if (target === undefined) return "";
  return `${target.metric} ${target.direction === "at-least" ? "≥" : "≤"} ${target.value}`;
}

/** `3 min ago`; from a day on the day itself. */
export function ago(timeMs: number, nowMs: number): string {
  const passedMs = Math.max(0, nowMs - timeMs);
  if (passedMs < 60_000) return "just now";
  if (passedMs < 3_600_000) return `${Math.floor(passedMs / 60_000)} min ago`;
  if (passedMs < 86_400_000) return `${Math.floor(passedMs / 3_600_000)} h ago`;
  return new Date(timeMs).toISOString().slice(0, 10);
}

function textOr(value: number | undefined, format: (value: number) => string): string {
  return value === undefined ? "" : format(value);
}

/** What the list can be sorted by. */
export const sortKeys = [
  "started",
  "name",
  "state",
  "clock",
  "estimate",
  "progress",
  "cost",
  "energy",
] as const;
export type SortKey = (typeof sortKeys)[number];

/** What of the list is shown, and in which order; the address keeps it. */
export interface RunsView {
  find: string;
  state: string;
  workload: string;
  sort: SortKey;
  isDescending: boolean;
}

/** Reads the view out of the address; the newest first unless it says otherwise. */
export function readRunsView(query: Readonly<Record<string, string>>): RunsView {
  const { find = "", state = "", workload = "", sort = "-started" } = query;
  const isDescending = sort.startsWith("-");
  const name = isDescending ? sort.slice(1) : sort;
  const key = sortKeys.find((each) => each === name);
  return {
    find,
    state,
    workload,
    sort: key ?? "started",
    isDescending: key === undefined || isDescending,
  };
}

/** The address' `sort` after a click on a column: the other way round where it was sorted by that already. */
export function nextSort(view: RunsView, key: SortKey): string {
  const isText = key === "name" || key === "state";
  const isDescending = view.sort === key ? !view.isDescending : !isText;
  return `${isDescending ? "-" : ""}${key}`;
}

/** The runs that a view shows, in its order. */
export function chooseRuns(runs: readonly HeardRun[], view: RunsView, nowMs: number): HeardRun[] {
  const words = view.find
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== "");
  const chosen = runs.filter(({ item }) => {
    if (view.state !== "" && stateName(item) !== view.state) return false;
    if (view.workload !== "" && nameOf(item) !== view.workload) return false;
    const text = searchText(item);
    return words.every((word) => text.includes(word));
  });
  const sign = view.isDescending ? -1 : 1;
  return chosen.toSorted((a, b) => {
    const order = compareKeys(keyOf(a, view.sort, nowMs), keyOf(b, view.sort, nowMs), sign);
    return order === 0 ? (a.item.runId < b.item.runId ? 1 : -1) : order;
  });
}

function nameOf(item: RunListItem): string {
  return item.kind === "readable" ? item.name : "";
}

/** As the filter names it. */
export function stateName(item: RunListItem): string {
  if (item.kind === "broken") return "unreadable";
  return item.state === "finished" ? (item.outcome?.kind ?? "finished") : item.state;
}

function searchText(item: RunListItem): string {
  const words =
    item.kind === "readable"
      ? [item.runId, item.name, item.system, item.target?.metric ?? "", stateName(item)]
      : [item.runId, item.reason, "unreadable"];
  return words.join("\n").toLowerCase();
}

type Key = number | string | undefined;

function keyOf({ item, heardMs }: HeardRun, key: SortKey, nowMs: number): Key {
  if (item.kind === "broken") return key === "name" ? item.runId : undefined;
  const keys: Readonly<Record<SortKey, Key>> = {
    started: item.createdMs,
    name: item.name,
    state: stateName(item),
    clock: clockOf(item, heardMs, nowMs),
    estimate: item.predicted?.remainingMs,
    progress: item.progressFraction,
    cost: item.costUsd,
    energy: item.energy?.joules,
  };
  return keys[key];
}

/** What is not known comes last, whichever way round. */
function compareKeys(a: Key, b: Key, sign: number): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  return sign * (a < b ? -1 : 1);
}

/** What the filters offer: the states and workloads there are. */
export function filterChoices(runs: readonly HeardRun[]): {
  states: string[];
  workloads: string[];
} {
  const items = runs.map(({ item }) => item);
  const states = new Set(items.map(stateName));
  const workloads = new Set(items.map(nameOf).filter((name) => name !== ""));
  return { states: [...states].toSorted(), workloads: [...workloads].toSorted() };
}
