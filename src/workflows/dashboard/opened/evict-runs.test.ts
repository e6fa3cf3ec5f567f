import { describe, expect, test } from "vitest";
import { evictAfterMs, type IdleRun, maxIdleRows, runsToEvict } from "./evict-runs.ts";

const nowMs = 1_000_000;

function idle(runId: string, idleMs: number, rowCount = 0): IdleRun {
  return { runId, usedMs: nowMs - idleMs, rowCount };
}

describe("runsToEvict", () => {
  test.each([
    { name: "evicts nothing when nothing is idle", runs: [], evicted: [] },
    {
      name: "keeps a run that was requested within the last minute",
      runs: [idle("a", evictAfterMs)],
      evicted: [],
    },
    {
      name: "evicts a run that was not requested for longer",
      runs: [idle("a", evictAfterMs + 1), idle("b", 0)],
      evicted: ["a"],
    },
    {
      name: "keeps the most recent run however large it is",
      runs: [idle("a", 5, maxIdleRows * 2)],
      evicted: [],
    },
    {
      name: "evicts the least recent runs beyond the row limit",
      runs: [idle("old", 30, 10), idle("new", 10, maxIdleRows - 5), idle("middle", 20, 5)],
      evicted: ["old"],
    },
    {
      name: "keeps runs that reach the row limit exactly",
      runs: [idle("a", 10, maxIdleRows - 1), idle("b", 20, 1)],
      evicted: [],
    },
    {
      name: "evicts all runs after one that exceeds the limit alone",
      runs: [idle("a", 10, maxIdleRows + 1), idle("b", 20, 1), idle("c", 30, 1)],
      evicted: ["b", "c"],
    },
  ])("$name", ({ runs, evicted }) => {
    expect(runsToEvict(runs, nowMs)).toEqual(evicted);
  });
});
