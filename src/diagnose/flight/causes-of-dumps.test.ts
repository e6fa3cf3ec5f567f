import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { causesOfDumps } from "./causes-of-dumps.ts";
import type { FlightDump } from "./flight-dump.ts";
import { madeDump, pending, done } from "../../../tests/support/made-dumps.ts";
import { readFlightDump } from "./read-flight-dump.ts";

const fixtures = new URL("../../../tests/fixtures/dumps/", import.meta.url);

/** The real dumps of a folder; when they were written is not known. */
function recorded(folder: string): FlightDump[] {
  const directory = new URL(`${folder}/`, fixtures);
  return readdirSync(directory).map((file) => {
    const rank = Number(/\d+/u.exec(file)?.[0]);
    const reading = readFlightDump(readFileSync(new URL(file, directory)), { file, rank });
    if (reading.kind !== "read") throw new Error(`${file}: ${reading.kind}`);
    return reading.dump;
  });
}

describe("causesOfDumps, with dumps of PyTorch", () => {
  test("finds nothing in a job whose collectives have all ended, though their state is `scheduled`", () => {
    expect(causesOfDumps(recorded("gloo-none"))).toEqual({ kind: "nothing-stuck" });
  });

  test.each([
    {
      name: "blames the rank that the others wait for",
      folder: "gloo-hang",
      cause: { kind: "hang", ranks: [1], waitingRanks: 2 },
      collective: { operation: "all_reduce", number: 6 },
    },
    {
      name: "blames the rank that entered another collective after it had skipped one",
      folder: "gloo-skip",
      cause: { kind: "collective-mismatch", ranks: [2], entered: "barrier" },
      collective: { operation: "all_reduce", number: 8 },
    },
    {
      name: "blames the rank that entered another collective",
      folder: "gloo-mismatch",
      cause: { kind: "collective-mismatch", ranks: [2], entered: "broadcast" },
      collective: { operation: "all_reduce", number: 6 },
    },
    {
      name: "follows the groups to the one rank that waits for none, and names its place",
      folder: "gloo-groups",
      cause: { kind: "hang", ranks: [3], waitingRanks: 3, place: { function: "train" } },
      collective: { operation: "all_reduce", number: 5, groupDescription: "tp" },
    },
  ])("$name", ({ folder, cause, collective }) => {
    const found = causesOfDumps(recorded(folder));
    expect(found).toMatchObject({ kind: "causes", causes: [{ ...cause, collective }] });
  });
});

describe("causesOfDumps", () => {
  test("blames the rank that left out a send of gloo, for which another one waits outside the collective", () => {
    const all = { name: "0", ranks: [0, 1, 2] };
    const waits = [done(all, 1), pending(all, 2)];
    const dumps = [madeDump(0, waits), madeDump(1, waits), madeDump(2, [done(all, 1)])];
    const frames = [{ function: "recv", file: "distributed_c10d.py", line: 2799 }];
    const peer = { call: "recv" as const, rank: 1 };
    const found = causesOfDumps(dumps, [{ rank: 2, file: "stack-rank_2.txt", frames, peer }]);
    expect(found).toMatchObject({
      causes: [
        {
          kind: "collective-mismatch",
          ranks: [1],
          how: "left-out",
          entered: "send to rank 2",
          collective: { operation: "all_reduce", number: 2 },
          waitingRanks: 2,
        },
      ],
    });
  });

  const tensor = { name: "1", ranks: [0, 1] };
  const otherTensor = { name: "2", ranks: [2, 3] };
  const data = { name: "3", ranks: [0, 2] };
  const otherData = { name: "4", ranks: [1, 3] };

  test("blames each of two ranks that hang in different groups", () => {
    const dumps = [
      madeDump(0, [done(tensor, 1), pending(tensor, 2)]),
      madeDump(1, [done(tensor, 1)]),
      madeDump(2, [done(otherTensor, 1), pending(otherTensor, 2)]),
      madeDump(3, [done(otherTensor, 1)]),
    ];
    const found = causesOfDumps(dumps);
    expect(found.kind === "causes" && found.causes.map(({ ranks }) => ranks)).toEqual([[1], [3]]);
  });

  test("does not blame a rank that waits in an earlier group", () => {
    const dumps = [
      madeDump(0, [done(tensor, 1), pending(data, 1)]),
      madeDump(1, [done(tensor, 1), pending(otherData, 1)]),
      madeDump(2, [pending(otherTensor, 1)]),
      madeDump(3, []),
    ];
    expect(causesOfDumps(dumps)).toMatchObject({ causes: [{ kind: "hang", ranks: [3] }] });
  });

  test("takes a rank without a dump for one that has ended", () => {
    const world = { name: "0", ranks: [0, 1, 2] };
    const dumps = [0, 1].map((rank) => madeDump(rank, [done(world, 1), pending(world, 2)]));
    expect(causesOfDumps(dumps)).toMatchObject({ causes: [{ kind: "crash", ranks: [2] }] });
  });

  test("does not guess if most ranks left no dump", () => {
    const world = { name: "0", ranks: [0, 1, 2, 3, 4, 5, 6, 7] };
    const dumps = [0, 1].map((rank) => madeDump(rank, [pending(world, 1)]));
    expect(causesOfDumps(dumps)).toEqual({ kind: "too-few-dumps", dumpCount: 2, rankCount: 8 });
  });

  test("reads from `pg_status` how far a rank came whose ring buffer has no entry of the group", () => {
    const world = { name: "0", ranks: [0, 1, 2] };
    const pair = { name: "1", ranks: [1, 2] };
    const dumps = [
      madeDump(0, [pending(world, 9)]),
      madeDump(1, [pending(pair, 4)], { groups: [world, pair], enqueued: [9, 4] }),
      madeDump(2, [done(pair, 3)], { groups: [world, pair], enqueued: [9, 3] }),
    ];
    expect(causesOfDumps(dumps)).toMatchObject({
      causes: [{ kind: "hang", ranks: [2], collective: { group: "1", number: 4 } }],
    });
  });

  test("blames a sender that never sent", () => {
    const pipeline = { name: "7", ranks: [4, 5] };
    const received = { operation: "recv 1<-0", isPointToPoint: true };
    const dumps = [madeDump(4, [done(pipeline, 1)]), madeDump(5, [pending(pipeline, 1, received)])];
    expect(causesOfDumps(dumps)).toMatchObject({
      causes: [{ kind: "hang", ranks: [4], collective: { isPointToPoint: true } }],
    });
  });

  test("names the network if every rank entered the collective and it ended on none", () => {
    const world = { name: "0", ranks: [0, 1, 2] };
    const dumps = [0, 1, 2].map((rank) => madeDump(rank, [done(world, 1), pending(world, 2)]));
    expect(causesOfDumps(dumps)).toMatchObject({
      causes: [{ kind: "stalled-collective", ranks: [] }],
    });
  });

  test("blames the rank with another size", () => {
    const world = { name: "0", ranks: [0, 1, 2] };
    const dumps = [0, 1, 2].map((rank) =>
      madeDump(rank, [pending(world, 3, { inputSizes: rank === 1 ? "[[32]]" : "[[64]]" })]),
    );
    expect(causesOfDumps(dumps)).toMatchObject({
      causes: [{ kind: "collective-mismatch", how: "other-size", ranks: [1] }],
    });
  });

  test("recognizes a skipped collective by what the others do next", () => {
    const world = { name: "0", ranks: [0, 1, 2] };
    const gather = { operation: "all_gather" };
    const dumps = [
      madeDump(0, [done(world, 1), done(world, 2), pending(world, 3, gather)]),
      madeDump(1, [done(world, 1), done(world, 2), pending(world, 3, gather)]),
      madeDump(2, [done(world, 1), pending(world, 2, gather)]),
    ];
    expect(causesOfDumps(dumps)).toMatchObject({
      causes: [{ how: "skipped", ranks: [2], collective: { number: 2 } }],
    });
  });

  test("does not compare the sizes of operations that may differ by rank", () => {
    const world = { name: "0", ranks: [0, 1] };
    const dumps = [0, 1].map((rank) =>
      madeDump(rank, [done(world, 1, { operation: "all_to_all", inputSizes: `[[${rank}]]` })]),
    );
    expect(causesOfDumps(dumps)).toEqual({ kind: "nothing-stuck" });
  });

  test("finds nothing in the dumps of a job that moves: the wait was short when they were written", () => {
    const world = { name: "0", ranks: [0, 1] };
    const calls = [done(world, 1, { createdMs: 1000 }), pending(world, 2, { createdMs: 2000 })];
    const dumps = [
      madeDump(0, calls, { dumpedMs: 2500 }),
      madeDump(1, calls.slice(0, 1), { dumpedMs: 2500 }),
    ];
    expect(causesOfDumps(dumps)).toEqual({ kind: "nothing-stuck" });
    const later = dumps.map((dump) => Object.assign(dump, { dumpedMs: 60_000 }));
    expect(causesOfDumps(later)).toMatchObject({ causes: [{ kind: "hang", ranks: [1] }] });
  });

  test("prefers where the rank is now to where it was last", () => {
    const world = { name: "0", ranks: [0, 1] };
    const frames = [
      { function: "poll", file: "/usr/lib/python3.11/selectors.py", line: 9 },
      { function: "next_batch", file: "/home/me/data.py", line: 12 },
    ];
    const dumps = [madeDump(0, [pending(world, 1)]), madeDump(1, [])];
    const stacks = [{ rank: 1, file: "stack_1.txt", frames }];
    expect(causesOfDumps(dumps, stacks)).toMatchObject({
      causes: [{ ranks: [1], place: { function: "next_batch", line: 12 }, placeIsNow: true }],
    });
  });
});
