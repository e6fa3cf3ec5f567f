import { expect, test } from "vitest";
import type { LifecycleEvent } from "../../../schema/run/events/lifecycle-event.ts";
import { timelineLines } from "./timeline.ts";

const run = { isOneRank: false, isJudged: true, isImported: false, showsAllRanks: false };

function job(rankCount: number, failing: readonly number[] = []): LifecycleEvent[] {
  const places = Array.from({ length: rankCount }, (_, rank) => ({
    host: `node${rank >> 3}`,
    rank,
    localRank: rank & 7,
  }));
  const bodies: LifecycleEvent["event"][] = [
    { kind: "created", pid: 7 },
    ...places.map((place) => ({ kind: "launched" as const, ...place })),
    ...places.map(({ host, rank }) => ({
      kind: "rank-exited" as const,
      host,
      rank,
      exitCode: failing.includes(rank) ? 1 : 0,
    })),
  ];
  return bodies.map((event, index) => ({
    index,
    timeMs: index,
    previousSha256: "0".repeat(64),
    event,
  }));
}

test("many ranks that start or end alike are one line", () => {
  expect(timelineLines(job(256, [100]), run).map(({ text }) => text)).toEqual([
    "record created by process 7",
    "256 ranks on 32 hosts launched",
    "100 ranks on 13 hosts exited with code 0",
    "rank 100 on node12 exited with code 1",
    "155 ranks on 20 hosts exited with code 0",
  ]);
});

test("few ranks have a line each, and all if they are requested", () => {
  expect(timelineLines(job(4), run)).toHaveLength(9);
  expect(timelineLines(job(256), { ...run, showsAllRanks: true })).toHaveLength(513);
});
