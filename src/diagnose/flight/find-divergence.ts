import type { divergences } from "../../schema/diagnosis/diagnosis.ts";
import type { FlightDump, FlightEntry } from "./flight-dump.ts";

/** Ranks that started another collective than the others of their group under the same number. */
export interface Divergence {
  how: (typeof divergences)[number];
  group: string;
  number: number;
  ranks: readonly number[];
  /** What most ranks started. */
  common: FlightEntry;
  /** What the first of `ranks` started. */
  other: FlightEntry;
  otherRankCount: number;
  /** That started a collective under this number. */
  rankCount: number;
  /** Whether as many ranks started the one as the other. */
  isTied: boolean;
}

/** Operations whose sizes are the same on all ranks. */
const symmetric =
  /^(all_reduce|broadcast|_all_gather_base|all_gather_single|_reduce_scatter_base|reduce_scatter_single|allreduce_coalesced|all_gather_into_tensor_coalesced|reduce_scatter_tensor_coalesced)$/u;

/** The first divergence of each group. */
export function findDivergences(dumps: readonly FlightDump[]): Divergence[] {
  const byGroup = new Map<string, Map<number, { rank: number; entry: FlightEntry }[]>>();
  for (const { rank, entries } of dumps) {
    for (const entry of entries) {
      if (entry.isPointToPoint) continue;
      const numbers = byGroup.get(entry.group) ?? new Map<number, never[]>();
      byGroup.set(entry.group, numbers);
      const calls = numbers.get(entry.number) ?? [];
      calls.push({ rank, entry });
      numbers.set(entry.number, calls);
    }
  }
  return [...byGroup].flatMap(([group, numbers]) => {
    const found = firstDivergence(group, numbers);
    return found === undefined ? [] : [tieBroken(found, dumps)];
  });
}

type Calls = readonly { rank: number; entry: FlightEntry }[];

function firstDivergence(
  group: string,
  numbers: ReadonlyMap<number, Calls>,
): Divergence | undefined {
  for (const number of [...numbers.keys()].toSorted((a, b) => a - b)) {
    const found = divergenceAt(group, number, numbers.get(number) ?? []);
    if (found !== undefined) return found;
  }
  return undefined;
}

function divergenceAt(group: string, number: number, calls: Calls): Divergence | undefined {
  const kinds = new Map<string, { rank: number; entry: FlightEntry }[]>();
  for (const call of calls) {
    const key = describe(call.entry);
    const same = kinds.get(key) ?? [];
    same.push(call);
    kinds.set(key, same);
  }
  if (kinds.size < 2) return undefined;
  const sorted = [...kinds.values()].toSorted((a, b) => b.length - a.length);
  const [most = [], second = []] = sorted;
  const others = sorted.slice(1).flat();
  const common = most[0]?.entry;
  const other = second[0]?.entry;
  if (common === undefined || other === undefined) return undefined;
  return {
    how: howOf(common, other),
    group,
    number,
    ranks: others.map(({ rank }) => rank).toSorted((a, b) => a - b),
    common,
    other,
    otherRankCount: most.length,
    rankCount: calls.length,
    isTied: most.length === second.length,
  };
}

function describe(entry: FlightEntry): string {
  return symmetric.test(entry.operation)
    ? `${entry.operation} ${entry.inputSizes} ${entry.types}`
    : entry.operation;
}

function howOf(common: FlightEntry, other: FlightEntry): Divergence["how"] {
  if (common.operation !== other.operation) return "other-operation";
  return common.types === other.types ? "other-size" : "other-type";
}

/** Of two sides with as many ranks, the one that lacks a call by its own habit left the order. */
function tieBroken(found: Divergence, dumps: readonly FlightDump[]): Divergence {
  const own = withSkips(found, dumps);
  if (!found.isTied || found.rankCount !== 2 * found.otherRankCount) return own;
  const swapped = withSkips(otherSide(found, dumps), dumps);
  const isOwn = isSkip(own, dumps);
  if (isOwn === isSkip(swapped, dumps)) return own;
  return { ...(isOwn ? own : swapped), isTied: false };
}

function otherSide(found: Divergence, dumps: readonly FlightDump[]): Divergence {
  const { group, number, ranks, common, other } = found;
  const takesPart = ({ entries }: FlightDump): boolean =>
    entries.some(
      (entry) => entry.group === group && entry.number === number && !entry.isPointToPoint,
    );
  const others = dumps.filter((dump) => takesPart(dump) && !ranks.includes(dump.rank));
  return { ...found, ranks: others.map(({ rank }) => rank), common: other, other: common };
}

function isSkip({ ranks, ...found }: Divergence, dumps: readonly FlightDump[]): boolean {
  const own = dumps.find(({ rank }) => rank === ranks[0]);
  return own !== undefined && lacksCommon(own, { ranks, ...found });
}

/**
 * A rank that skipped a collective started under this number what the others start under the next one, or what in its own
 * earlier steps followed the collective that it lacks.
 */
function withSkips(found: Divergence, dumps: readonly FlightDump[]): Divergence {
  const [rank] = found.ranks;
  const own = dumps.find((dump) => dump.rank === rank);
  const peer = dumps.find(({ rank: each }) => !found.ranks.includes(each));
  if (own === undefined || found.how === "other-type") return found;
  const next = peer?.entries.find(
    ({ group, number, isPointToPoint }) =>
      group === found.group && number === found.number + 1 && !isPointToPoint,
  );
  const isNext = next !== undefined && describe(next) === describe(found.other);
  return isNext || lacksCommon(own, found) ? { ...found, how: "skipped" } : found;
}

/** Whether before, on the same rank, the call that it started came right after the common one, and it lacks that one now. */
function lacksCommon(
  { entries }: FlightDump,
  { common, other, number, group }: Divergence,
): boolean {
  const calls = entries.filter((entry) => entry.group === group && !entry.isPointToPoint);
  const at = calls.findIndex((entry) => entry.number === number);
  const isPair = (index: number): boolean => {
    const [first, second] = [calls[index - 1], calls[index]];
    if (first === undefined || second === undefined) return false;
    return describe(first) === describe(common) && describe(second) === describe(other);
  };
  const before = calls.slice(0, Math.max(0, at)).keys();
  return at > 0 && !isPair(at) && [...before].some(isPair);
}
