import { describe, expect, test } from "vitest";
import type { RunListItem } from "../../../src/schema/dashboard/run-list.ts";
import {
  ago,
  chooseRuns,
  filterChoices,
  nextSort,
  readRunsView,
  runRow,
  type ReceivedRun,
} from "./view-model.ts";

type Readable = Extract<RunListItem, { kind: "readable" }>;

const nowMs = Date.UTC(2026, 0, 2, 12);

function received(changes: Partial<Readable> = {}): ReceivedRun {
  return { item: readable(changes), receivedMs: nowMs - 5000 };
}

function readable(changes: Partial<Readable> = {}): Readable {
  return {
    kind: "readable",
    runId: "20260102-110000-aaaa",
    seriesId: "20260102-110000-aaaa",
    seriesIndex: 1,
    seriesCount: 1,
    name: "digits",
    seed: 1,
    state: "running",
    createdMs: nowMs - 600_000,
    clockMs: 60_000,
    target: { metric: "accuracy", direction: "at-least", value: 0.97 },
    best: 0.95312,
    progressFraction: 0.6,
    predicted: { kind: "reaches", remainingMs: 40_000, lowMs: 20_000, highMs: 90_000 },
    costUsd: 0.25,
    energy: { kind: "measured", joules: 5e6, meter: "rapl", covers: "all", intervalMs: 1 },
    rankCount: 2,
    system: "box",
    spark: [1, 2],
    findingsCount: 0,
    ...changes,
  };
}

const broken: ReceivedRun = {
  item: { kind: "broken", runId: "20260101-000000-zzzz", reason: "run.json is missing" },
  receivedMs: nowMs,
};

const ids = (runs: readonly ReceivedRun[]) => runs.map(({ item }) => item.runId);

describe("runRow", () => {
  test("formats a run in progress and advances its clock", () => {
    expect(runRow(received(), nowMs)).toMatchObject({
      detail: "seed 1, 2 ranks",
      state: "running",
      mood: "live",
      started: "10 min ago",
      clock: "1 min 05 s",
      estimate: "~40.0 s",
      range: "20.0 s … 1 min 30 s",
      best: "0.9531",
      target: "accuracy ≥ 0.97",
      cost: "$0.25",
      energy: "5.00 MJ",
      energyLabel: "measured",
      energySource: "rapl",
    });
  });

  test("does not advance the clock of a finished run", () => {
    const outcome = { kind: "reached", timeToTrainMs: 60_000 } as const;
    const row = runRow(received({ state: "finished", outcome }), nowMs);
    expect([row.clock, row.state, row.mood]).toEqual(["1 min 00 s", "reached", "good"]);
  });

  test("leaves unknown values empty", () => {
    const {
      clockMs: _c,
      target: _t,
      best: _b,
      predicted: _p,
      costUsd: _u,
      energy: _e,
      progressFraction: _f,
      ...bare
    } = readable();
    const row = runRow({ item: bare, receivedMs: nowMs }, nowMs);
    expect([row.clock, row.estimate, row.best, row.target, row.cost, row.energy]).toEqual(
      Array.from({ length: 6 }, () => ""),
    );
    expect(row.fraction).toBeUndefined();
  });

  test.each([
    {
      outcome: { kind: "missed", reason: "max-cost" } as const,
      state: "missed",
      note: "cost limit, 2 findings",
    },
    { outcome: { kind: "missed", reason: "ended" } as const, state: "missed", note: "2 findings" },
    { outcome: { kind: "died", exitCode: 1 } as const, state: "died", note: "2 findings" },
    {
      outcome: { kind: "died", notStarted: true } as const,
      state: "not started",
      note: "2 findings",
    },
    { outcome: { kind: "interrupted" } as const, state: "interrupted", note: "2 findings" },
  ])("shows $outcome.kind as `$state` with the note `$note`", ({ outcome, state, note }) => {
    const row = runRow(received({ state: "finished", outcome, findingsCount: 2 }), nowMs);
    expect([row.state, row.stateNote]).toEqual([state, note]);
  });

  test("shows why a record is unreadable", () => {
    expect(runRow(broken, nowMs)).toMatchObject({
      state: "unreadable",
      detail: "run.json is missing",
    });
  });
});

test.each([
  [-5000, "just now"],
  [59_999, "just now"],
  [60_000, "1 min ago"],
  [7_200_000, "2 h ago"],
  [86_400_000, "2026-01-01"],
])("formats %d ms ago as `%s`", (passedMs, text) => {
  expect(ago(nowMs - passedMs, nowMs)).toBe(text);
});

describe("chooseRuns", () => {
  const a = received({ runId: "a", name: "digits", costUsd: 1, clockMs: 50_000 });
  const b = received({
    runId: "b",
    name: "nanogpt",
    costUsd: 3,
    clockMs: 10_000,
    createdMs: nowMs,
  });
  const { costUsd: _none, ...unpriced } = readable({
    runId: "c",
    name: "digits",
    state: "abandoned",
  });
  const c: ReceivedRun = { item: unpriced, receivedMs: nowMs };
  const all = [a, b, c, broken];
  const chosen = (query: Record<string, string>) =>
    ids(chooseRuns(all, readRunsView(query), nowMs));

  test.each([
    {
      name: "newest first by default",
      query: {},
      expected: ["b", "c", "a", broken.item.runId],
    },
    {
      name: "by cost, runs without cost last",
      query: { sort: "cost" },
      expected: ["a", "b", "c", broken.item.runId],
    },
    {
      name: "by descending cost, runs without cost last",
      query: { sort: "-cost" },
      expected: ["b", "a", "c", broken.item.runId],
    },
    {
      name: "by the current clock",
      query: { sort: "clock" },
      expected: ["b", "a", "c", broken.item.runId],
    },
    { name: "by a state", query: { state: "abandoned" }, expected: ["c"] },
    { name: "by a workload", query: { workload: "digits", sort: "name" }, expected: ["c", "a"] },
    {
      name: "by several words, case-insensitive",
      query: { find: "DIGITS aband" },
      expected: ["c"],
    },
    {
      name: "by the reason why a record is unreadable",
      query: { find: "run.json" },
      expected: [broken.item.runId],
    },
    {
      name: "default order for an unknown sort key",
      query: { sort: "color" },
      expected: ["b", "c", "a", broken.item.runId],
    },
  ])("$name", ({ query, expected }) => {
    expect(chosen(query)).toEqual(expected);
  });

  test("filters offer the existing states, workloads and tags", () => {
    const tagged = received({ tags: ["lr=0.1", "baseline"], isArchived: true });
    expect(filterChoices([...all, tagged])).toEqual({
      states: ["abandoned", "running", "unreadable"],
      workloads: ["digits", "nanogpt"],
      tags: ["baseline", "lr=0.1"],
      archivedCount: 1,
    });
  });

  test("archived runs are shown on request, and tags and notes are found", () => {
    const tagged = received({ runId: "a", tags: ["lr=0.1"], note: "first with bf16" });
    const archived = received({ runId: "b", tags: ["lr=0.2"], isArchived: true });
    const shown = (query: Record<string, string>): string[] =>
      ids(chooseRuns([tagged, archived], readRunsView(query), nowMs));
    expect(shown({})).toEqual(["a"]);
    expect(shown({ archived: "show", sort: "name" })).toEqual(["b", "a"]);
    expect(shown({ archived: "show", tag: "lr=0.2" })).toEqual(["b"]);
    expect(shown({ find: "bf16" })).toEqual(["a"]);
    expect(runRow(archived, nowMs).tags).toEqual(["archived", "lr=0.2"]);
  });
});

test("a click on a column sorts by it, numbers in descending order; another click reverses the order", () => {
  const view = readRunsView({ sort: "name" });
  expect(nextSort(view, "cost")).toBe("-cost");
  expect(nextSort(view, "name")).toBe("-name");
  expect(nextSort(readRunsView({ sort: "-cost" }), "cost")).toBe("cost");
});
