import { describe, expect, test } from "vitest";
import type { RankProcess, RankStack } from "../flight/causes-of-dumps.ts";
import { notAtStore } from "./not-at-store.ts";

function ranksWith(...processes: readonly Partial<RankProcess>[]): RankStack[] {
  const usual = { cpuShare: 0, wakes: 3, store: "connected" as const, hasAgentStore: false };
  return processes.map((process, rank) => {
    return { rank, file: "x", frames: [], process: { ...usual, ...process } };
  });
}
const named = (stacks: readonly RankStack[]): number[] =>
  notAtStore(stacks, stacks.length).map(({ rank }) => rank);

describe("notAtStore", () => {
  test("names the rank that is not connected while the others wait", () => {
    expect(named(ranksWith({ store: "listens" }, {}, { store: "none" }, {}))).toEqual([2]);
    expect(named(ranksWith({ store: "listens" }, { store: "none" }))).toEqual([1]);
    expect(named(ranksWith({ store: "listens" }, {}, {}, {}))).toEqual([]);
  });

  test("names rank 0 if it has not opened the store and the others try again", () => {
    const away = { store: "none" as const };
    const others = [away, away, away];
    expect(named(ranksWith({ ...away, wakes: 0 }, ...others))).toEqual([0]);
    expect(named(ranksWith({ ...away, cpuShare: 1 }, ...others))).toEqual([0]);
    expect(named(ranksWith(away, ...others))).toEqual([]);
    expect(named(ranksWith({ ...away, wakes: 0, hasAgentStore: true }, ...others))).toEqual([]);
  });
});
