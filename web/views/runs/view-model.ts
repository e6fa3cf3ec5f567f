import {
  formatDuration,
  formatJoules,
  formatSignificant,
  formatUsd,
} from "../../../src/foundation/numbers/units.ts";
import { plateauText } from "../../../src/report/runs/live/progress-line.ts";
import { countOf } from "../../../src/report/wording.ts";
import type { RunListItem } from "../../../src/schema/dashboard/run-list.ts";
import type { Outcome } from "../../../src/schema/run/outcome/outcome.ts";

type ReadableRun = Extract<RunListItem, { kind: "readable" }>;

/** A run and when it was received, by the server's clock. */
export interface ReceivedRun {
  item: RunListItem;
  receivedMs: number;
}

/** The color category of a state. */
export type Mood = "live" | "good" | "bad" | "warn" | "plain";

/** One row of the list as text. */
export interface RunRow {
  runId: string;
  name: string;
  /** Shown below the name: index in the series, seed, and ranks. */
  detail: string;
  state: string;
  mood: Mood;
  /** Tags, and whether it is archived. */
  tags: readonly string[];
  note: string;
  /** Shown below the state: the exceeded limit and the number of findings. */
  stateNote: string;
  started: string;
  clock: string;
  estimate: string;
  /** Range of the estimate; empty without one. */
  range: string;
  best: string;
  target: string;
  /** Progress to the target, in 0..1. */
  fraction: number | undefined;
  cost: string;
  energy: string;
  /** `measured` or `estimated`. */
  energyLabel: string;
  /** The meter or the formula. */
  energySource: string;
  spark: readonly number[];
  sparkLabel: string;
}

/** @param nowMs current time by the server's clock, to which a running clock is advanced */
export function runRow({ item, receivedMs }: ReceivedRun, nowMs: number): RunRow {
  if (item.kind === "broken") return brokenRow(item);
  const { state, mood } = stateOf(item);
  const { energy, predicted } = item;
  return {
    runId: item.runId,
    name: item.name,
    detail: detailOf(item),
    tags: [...(item.isArchived === true ? ["archived"] : []), ...tagsOf(item)],
    note: item.note ?? "",
    state,
    mood,
    stateNote: stateNoteOf(item),
    started: ago(item.createdMs, nowMs),
    clock: textOr(clockOf(item, receivedMs, nowMs), formatDuration),
    ...estimateOf(predicted),
    best: textOr(item.best, (best) => formatSignificant(best, 4)),
    target: targetOf(item),
    fraction: item.progressFraction,
    cost: textOr(item.costUsd, formatUsd),
    energy: textOr(energy?.joules, (joules) => formatJoules(joules).replace(/ \(.*$/u, "")),
    energyLabel: energy?.kind ?? "",
    energySource:
      energy === undefined ? "" : energy.kind === "measured" ? energy.meter : energy.formula,
    spark: item.spark,
    sparkLabel: item.sparkMetric ?? "",
  };
}

function estimateOf(predicted: ReadableRun["predicted"]): Pick<RunRow, "estimate" | "range"> {
  switch (predicted?.kind) {
    case undefined:
      return { estimate: "", range: "" };
    case "reaches": {
      const { remainingMs, lowMs, highMs } = predicted;
      const range = `${formatDuration(lowMs)} … ${formatDuration(highMs)}`;
      return { estimate: `~${formatDuration(remainingMs)}`, range };
    }
    case "levels-off":
      return { estimate: "levels off", range: `at ${plateauText(predicted)}` };
  }
}

function brokenRow({ runId, reason }: Extract<RunListItem, { kind: "broken" }>): RunRow {
  return {
    runId,
    name: runId,
    detail: reason,
    tags: [],
    note: "",
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
    energySource: "",
    spark: [],
    sparkLabel: "",
  };
}

function stateOf({ state, outcome, clockMs, target }: ReadableRun): { state: string; mood: Mood } {
  if (state === "running") return { state: "running", mood: "live" };
  if (state === "abandoned") return { state: "abandoned", mood: "warn" };
  return outcome === undefined
    ? { state: "finished", mood: "plain" }
    : outcomeWord(outcome, { isJudged: clockMs !== undefined || target !== undefined });
}

/**
 * The outcome of a run as a word.
 *
 * @param run `isJudged`: it has a target or logs its own verdict; other programs that exit have missed nothing
 */
export function outcomeWord(
  outcome: Outcome,
  { isJudged }: { isJudged: boolean },
): { state: string; mood: Mood } {
  if (!isJudged && outcome.kind === "missed" && outcome.reason === "ended")
    return { state: "no target", mood: "plain" };
  switch (outcome.kind) {
    case "reached":
      return { state: "reached", mood: "good" };
    case "missed":
      return { state: "missed", mood: "warn" };
    case "died":
      return { state: outcome.notStarted === true ? "not started" : "died", mood: "bad" };
    case "interrupted":
      return { state: "interrupted", mood: "warn" };
    case "untimed":
      return { state: "reached, no times", mood: "warn" };
  }
}

/** Short enough for the column of the state. */
const missedNotes = {
  "max-time": "time limit",
  "max-cost": "cost limit",
  "max-samples": "sample limit",
  "not-a-number": "NaN",
} as const;

/** The exceeded limit and the number of findings. */
function stateNoteOf({ outcome, findingsCount, isImported }: ReadableRun): string {
  const notes: string[] = isImported === true ? ["imported"] : [];
  if (outcome?.kind === "missed" && outcome.reason !== "ended")
    notes.push(missedNotes[outcome.reason]);
  if (findingsCount > 0) notes.push(countOf(findingsCount, "finding"));
  return notes.join(", ");
}

function detailOf({ seriesIndex, seriesCount, role, seed, rankCount }: ReadableRun): string {
  const parts = [`seed ${seed}`];
  if (role !== undefined) parts.unshift(role);
  if (seriesCount > 1) parts.unshift(`run ${seriesIndex} of ${seriesCount}`);
  if (rankCount > 1) parts.push(`${rankCount} ranks`);
  return parts.join(", ");
}

function clockOf(item: ReadableRun, receivedMs: number, nowMs: number): number | undefined {
  if (item.clockMs === undefined || item.state !== "running") return item.clockMs;
  return item.clockMs + Math.max(0, nowMs - receivedMs);
}

function targetOf({ target }: ReadableRun): string {
  if (target === undefined) return "";
  return `${target.metric} ${target.direction === "at-least" ? "≥" : "≤"} ${target.value}`;
}

/** `3 min ago`; the date for times more than a day ago. */
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

/** Sort keys of the list. */
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

/** Filters and order of the list, which are stored in the address. */
export interface RunsView {
  find: string;
  state: string;
  workload: string;
  /** `key=value`, or a single word. */
  tag: string;
  /** Whether archived runs are shown, too. */
  withArchived: boolean;
  sort: SortKey;
  isDescending: boolean;
}

/** Reads the view from the address; the default order is newest first. */
export function readRunsView(query: Readonly<Record<string, string>>): RunsView {
  const { find = "", state = "", workload = "", tag = "", archived = "", sort } = query;
  const order = sort ?? "-started";
  const isDescending = order.startsWith("-");
  const name = isDescending ? order.slice(1) : order;
  const key = sortKeys.find((each) => each === name);
  return {
    find,
    state,
    workload,
    tag,
    withArchived: archived === "show",
    sort: key ?? "started",
    isDescending: key === undefined || isDescending,
  };
}

/** The `sort` entry of the address after a click on a column: reverses the order if the column is already sorted. */
export function nextSort(view: RunsView, key: SortKey): string {
  const isText = key === "name" || key === "state";
  const isDescending = view.sort === key ? !view.isDescending : !isText;
  return `${isDescending ? "-" : ""}${key}`;
}

/** The runs of a view in its order. */
export function chooseRuns(
  runs: readonly ReceivedRun[],
  view: RunsView,
  nowMs: number,
): ReceivedRun[] {
  const words = view.find
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== "");
  const chosen = runs.filter(({ item }) => {
    if (view.state !== "" && stateName(item) !== view.state) return false;
    if (view.workload !== "" && nameOf(item) !== view.workload) return false;
    if (view.tag !== "" && !tagsOf(item).includes(view.tag)) return false;
    if (isArchived(item) && !view.withArchived) return false;
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

function tagsOf(item: RunListItem): readonly string[] {
  return item.kind === "readable" ? (item.tags ?? []) : [];
}

export function isArchived(item: RunListItem): boolean {
  return item.kind === "readable" && item.isArchived === true;
}

/** The state as named in the filter. */
export function stateName(item: RunListItem): string {
  if (item.kind === "broken") return "unreadable";
  return item.state === "finished" ? (item.outcome?.kind ?? "finished") : item.state;
}

function searchText(item: RunListItem): string {
  const words =
    item.kind === "readable"
      ? [
          item.runId,
          item.name,
          item.system,
          item.target?.metric ?? "",
          stateName(item),
          item.note ?? "",
          ...tagsOf(item),
        ]
      : [item.runId, item.reason, "unreadable"];
  return words.join("\n").toLowerCase();
}

type Key = number | string | undefined;

function keyOf({ item, receivedMs }: ReceivedRun, key: SortKey, nowMs: number): Key {
  if (item.kind === "broken") return key === "name" ? item.runId : undefined;
  const keys: Readonly<Record<SortKey, Key>> = {
    started: item.createdMs,
    name: item.name,
    state: stateName(item),
    clock: clockOf(item, receivedMs, nowMs),
    estimate: item.predicted?.kind === "reaches" ? item.predicted.remainingMs : undefined,
    progress: item.progressFraction,
    cost: item.costUsd,
    energy: item.energy?.joules,
  };
  return keys[key];
}

/** Compares two keys; unknown values are last in both directions. */
function compareKeys(a: Key, b: Key, sign: number): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  return sign * (a < b ? -1 : 1);
}

/** The states and workloads to select from. */
export function filterChoices(runs: readonly ReceivedRun[]): {
  states: string[];
  workloads: string[];
  tags: string[];
  archivedCount: number;
} {
  const items = runs.map(({ item }) => item);
  const states = new Set(items.map(stateName));
  const workloads = new Set(items.map(nameOf).filter((name) => name !== ""));
  return {
    states: [...states].toSorted(),
    workloads: [...workloads].toSorted(),
    tags: [...new Set(items.flatMap(tagsOf))].toSorted(),
    archivedCount: items.filter(isArchived).length,
  };
}
