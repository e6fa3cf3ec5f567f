import type { FlightDump, FlightEntry } from "./flight-dump.ts";
import { mostRanks, ranksBelow } from "../ranks-below.ts";

/** A process group as all dumps together show it. */
export interface GroupProgress {
  name: string;
  description: string;
  /** Global ranks, in the order of the group where a dump lists it. */
  members: readonly number[];
  /** The number of the last collective that each rank has started; absent for ranks without a dump. */
  lastNumbers: ReadonlyMap<number, number>;
  /** Each rank's earliest collective that has not ended. */
  pending: ReadonlyMap<number, FlightEntry>;
  /** Point-to-point operations that have not ended, of each rank. */
  pendingPairs: ReadonlyMap<number, readonly FlightEntry[]>;
}

interface OpenGroup {
  description: string;
  members: readonly number[];
  lastNumbers: Map<number, number>;
  pending: Map<number, FlightEntry>;
  pendingPairs: Map<number, FlightEntry[]>;
}

/** What each process group was doing, from the dumps of its ranks. */
export function groupProgress(dumps: readonly FlightDump[]): GroupProgress[] {
  const groups = new Map<string, OpenGroup>();
  const open = (name: string, description: string): OpenGroup => {
    const known = groups.get(name);
    if (known !== undefined) return known;
    const created = {
      description,
      members: [],
      lastNumbers: new Map<number, number>(),
      pending: new Map<number, FlightEntry>(),
      pendingPairs: new Map<number, FlightEntry[]>(),
    };
    groups.set(name, created);
    return created;
  };
  for (const dump of dumps) {
    for (const { name, description, ranks } of dump.groups) {
      if (name === "") continue;
      const group = open(name, description);
      if (ranks.length > group.members.length) group.members = ranks;
    }
    addEntries(dump, open);
  }
  for (const dump of dumps) addStatuses(dump, groups);
  for (const dump of dumps) addFailed(dump, groups);
  const allRanks = ranksOfJob(dumps, groups);
  return [...groups].map(([name, group]) => {
    const { description, lastNumbers, pending, pendingPairs } = group;
    const members = membersOf(name, group, allRanks);
    return { name, description, members, lastNumbers, pending, pendingPairs };
  });
}

function addEntries(dump: FlightDump, open: (name: string, description: string) => OpenGroup) {
  const lastCompleted = new Map<string, number>();
  for (const { group, backend, isCompleted, recordId } of dump.entries) {
    if (backend === "nccl" && isCompleted) lastCompleted.set(group, recordId);
  }
  for (const entry of dump.entries) {
    const group = open(entry.group, entry.groupDescription);
    // Calls inside a coalesced one have no state of their own; on a stream, what precedes a completed call has ended.
    const hasEnded = entry.isCompleted || entry.recordId <= (lastCompleted.get(entry.group) ?? -1);
    if (!hasEnded) addPending(group, dump.rank, entry);
    if (!entry.isPointToPoint) raise(group.lastNumbers, dump.rank, entry.number);
    else raise(group.lastNumbers, dump.rank, 0);
  }
}

function addPending(group: OpenGroup, rank: number, entry: FlightEntry): void {
  if (entry.isPointToPoint) {
    const pairs = group.pendingPairs.get(rank) ?? [];
    pairs.push(entry);
    group.pendingPairs.set(rank, pairs);
    return;
  }
  const before = group.pending.get(rank);
  if (before === undefined || entry.number < before.number) group.pending.set(rank, entry);
}

/** Operations that end on no rank before every rank has started them. */
const synchronizing =
  /^(all_?reduce|all_?gather|_all_?gather|_?reduce_scatter|barrier|all_?to_?all)/iu;

/**
 * Some time after its operation has failed, gloo retires the entry as if it had succeeded. One that cannot have succeeded, because a
 * rank of the group has not started it, still counts as waiting.
 */
function addFailed({ rank, entries }: FlightDump, groups: ReadonlyMap<string, OpenGroup>): void {
  for (const entry of entries) {
    const group = groups.get(entry.group);
    const mayFail = entry.isCompleted && !entry.isPointToPoint && entry.backend !== "nccl";
    if (group === undefined || !mayFail || !synchronizing.test(entry.operation)) continue;
    const isLacking = [...group.lastNumbers.values()].some((last) => last < entry.number);
    if (isLacking) addPending(group, rank, entry);
  }
}

/**
 * A small ring buffer may hold no entry of a group any more: `pg_status` still has its last number. Where there are entries, theirs counts, because
 * that of gloo includes calls between two ranks.
 */
function addStatuses(dump: FlightDump, groups: ReadonlyMap<string, OpenGroup>): void {
  const names = new Map(dump.entries.map(({ groupId, group }) => [groupId, group]));
  const known = new Set(
    dump.entries.flatMap(({ group, isPointToPoint }) => (isPointToPoint ? [] : [group])),
  );
  for (const [groupId, status] of dump.statuses) {
    const name = names.get(groupId) ?? nameByOrder(dump, groupId, names) ?? "";
    const group = groups.get(name);
    if (group !== undefined && !known.has(name))
      raise(group.lastNumbers, dump.rank, status.enqueued);
  }
}

/**
 * The name of a group without entries. Groups have ids in the order of their creation, and their names count up too; used only if
 * that holds for all groups with entries.
 */
function nameByOrder(
  { groups, statuses }: FlightDump,
  groupId: string,
  known: ReadonlyMap<string, string>,
): string | undefined {
  const isNumbered = groups.every(({ name }) => /^\d+$/u.test(name));
  if (!isNumbered || groups.length !== statuses.size) return undefined;
  const names = groups.map(({ name }) => name).toSorted((a, b) => Number(a) - Number(b));
  const ids = [...statuses.keys()].toSorted((a, b) => Number(a) - Number(b));
  const isInOrder = [...known].every(([id, name]) => names[ids.indexOf(id)] === name);
  return isInOrder ? names[ids.indexOf(groupId)] : undefined;
}

function raise(numbers: Map<number, number>, rank: number, number: number): void {
  numbers.set(rank, Math.max(number, numbers.get(rank) ?? 0));
}

function ranksOfJob(
  dumps: readonly FlightDump[],
  groups: ReadonlyMap<string, OpenGroup>,
): readonly number[] {
  let last = -1;
  const note = (rank: number): void => {
    if (rank < mostRanks) last = Math.max(last, rank);
  };
  for (const { rank } of dumps) note(rank);
  for (const { members } of groups.values()) for (const rank of members) note(rank);
  return ranksBelow(last + 1);
}

/** Gloo's dumps list no members: the default group has all ranks, another those that used it. */
function membersOf(
  name: string,
  { description, members, lastNumbers }: OpenGroup,
  allRanks: readonly number[],
): readonly number[] {
  if (members.length > 0) return members;
  const isDefault = description === "default_pg" || name === "0";
  return isDefault ? allRanks : [...lastNumbers.keys()].toSorted((a, b) => a - b);
}
