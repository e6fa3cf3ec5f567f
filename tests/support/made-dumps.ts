import type { FlightDump, FlightEntry } from "../../src/diagnose/flight/flight-dump.ts";

// Made-up dumps for tests: what no recorded dump shows.

interface MadeGroup {
  name: string;
  ranks: readonly number[];
}

type MadeEntry = FlightEntry & { members: readonly number[] };

/** A collective that has ended; an all-reduce unless `changes` say otherwise. */
export function done(
  { name, ranks }: MadeGroup,
  number: number,
  changes: Partial<FlightEntry> = {},
): MadeEntry {
  return {
    recordId: 0,
    group: name,
    groupDescription: "",
    groupId: name,
    isPointToPoint: false,
    number,
    operation: "all_reduce",
    backend: "nccl",
    inputSizes: "[[64]]",
    outputSizes: "[[64]]",
    types: "[Float]",
    isCompleted: true,
    isStarted: undefined,
    createdMs: undefined,
    frames: [],
    members: ranks,
    ...changes,
  };
}

/** A collective that has not ended. */
export function pending(
  group: MadeGroup,
  number: number,
  changes: Partial<FlightEntry> = {},
): MadeEntry {
  return done(group, number, { isCompleted: false, ...changes });
}

/** @param enqueued the last number of each of `groups`, as `pg_status` states it */
export function madeDump(
  rank: number,
  entries: readonly MadeEntry[],
  {
    groups = [],
    enqueued = [],
    dumpedMs,
  }: { groups?: readonly MadeGroup[]; enqueued?: readonly number[]; dumpedMs?: number } = {},
): FlightDump {
  const own = new Map(entries.map(({ group, members }) => [group, members]));
  for (const { name, ranks } of groups) own.set(name, ranks);
  return {
    rank,
    file: `rank_${rank}`,
    version: "2.10",
    groups: [...own].map(([name, ranks]) => ({ name, description: "", ranks })),
    statuses: new Map(
      groups.map(({ name }, index) => [name, { enqueued: enqueued[index] ?? 0, completed: 0 }]),
    ),
    entries: entries.map((entry, recordId) => Object.assign(entry, { recordId })),
    dumpedMs,
  };
}
