import type { Cause, CollectiveReference } from "../../schema/diagnosis/diagnosis.ts";
import type { Evidence, StackFrame } from "../../schema/diagnosis/evidence.ts";
import { type Divergence, findDivergences } from "./find-divergence.ts";
import { findStuck, type StuckJob, type StuckOperation } from "./find-stuck.ts";
import type { FlightDump, FlightEntry } from "./flight-dump.ts";
import { hasLeftItsPattern } from "./own-pattern.ts";
import type { WaitedPeer } from "./peer-of-stack.ts";
import type { WaitedLock } from "../stacks/lock-of-stack.ts";
import { ownFrame } from "./read-stack.ts";

export interface RankStack {
  rank: number;
  file: string;
  frames: readonly StackFrame[];
  /** The rank that it waits for in `send` or `recv`. */
  peer?: WaitedPeer;
  /** Another thread of its process holds the lock that its main thread waits for. */
  lock?: WaitedLock;
  /** What the process did in a second, as its host shows it. */
  process?: RankProcess;
}

export interface RankProcess {
  /** Of one processor, from 0; more with several threads. */
  cpuShare: number;
  /** How often its main thread woke up. */
  wakes: number;
  /** How it is connected to the store of PyTorch's process group, at `MASTER_PORT`. */
  store: "listens" | "connected" | "connecting" | "none";
  /** The launcher has opened the store, not rank 0. */
  hasAgentStore: boolean;
}

export type FlightVerdict =
  | { kind: "causes"; causes: readonly Cause[]; alternatives: readonly Cause[] }
  /** Ranks wait, but too many ranks have no dump. */
  | { kind: "too-few-dumps"; dumpCount: number; rankCount: number }
  | { kind: "nothing-stuck" };

/** Evidence names at most this many ranks of each side. */
const shownRanks = 3;

/**
 * What Flight Recorder dumps say: skipped and mismatched collectives, hangs, ranks that left none.
 *
 * @param state `hasFailed`: whether the job has ended by an error; default: no
 */
export function causesOfDumps(
  dumps: readonly FlightDump[],
  stacks: readonly RankStack[] = [],
  { hasFailed = false } = {},
): FlightVerdict {
  const stuck = findStuck(dumps);
  const isMoving = stuck.operations.length === 0 || isStillMoving(dumps, stuck);
  if (isMoving && !hasFailed) return { kind: "nothing-stuck" };
  const view = { dumps: new Map(dumps.map((dump) => [dump.rank, dump])), stacks, stuck };
  const divergent = findDivergences(dumps).map((found) => mismatch(found, view));
  if (isMoving) {
    // The job failed before anyone waited for long: only a difference between the calls says why.
    const alternatives: Cause[] = [];
    return divergent.length === 0
      ? { kind: "nothing-stuck" }
      : { kind: "causes", causes: divergent, alternatives };
  }
  return causesOfWait(divergent, view);
}

function causesOfWait(divergent: readonly Cause[], view: DumpView): FlightVerdict {
  const { stuck, dumps } = view;
  const absent = [...stuck.culprits.keys()].filter((rank) => !dumps.has(rank));
  if (absent.length > dumps.size) {
    return {
      kind: "too-few-dumps",
      dumpCount: dumps.size,
      rankCount: dumps.size + absent.length,
    };
  }
  const hangs = culpritsByOperation(stuck).flatMap(([operation, ranks]) => {
    const leftOut = leftOutCalls(operation, ranks, view);
    // Ranks that wait in `send` or `recv` are victims, too.
    const others = ranks.filter((rank) => peerOf(rank, view) === undefined);
    return leftOut.length > 0 && others.length === 0
      ? leftOut
      : causesOfCulprits(operation, leftOut.length > 0 ? others : ranks, view);
  });
  const causes = [...divergent, ...hangs];
  const [first] = hangs;
  if (causes.length > 0) {
    const isLoneHang = divergent.length === 0 && first?.kind === "hang";
    return { kind: "causes", causes, alternatives: isLoneHang ? skipInstead(first) : [] };
  }
  return { kind: "causes", causes: withoutCulprit(view), alternatives: [] };
}

interface DumpView {
  dumps: ReadonlyMap<number, FlightDump>;
  stacks: readonly RankStack[];
  stuck: StuckJob;
}

/**
 * Whether the dumps show a job that runs: the wait was short when they were written. Decided only if the dumps' times are known and
 * plausible.
 */
function isStillMoving(dumps: readonly FlightDump[], { operations }: StuckJob): boolean {
  const sinceMs = operations[0]?.sinceMs ?? Number.POSITIVE_INFINITY;
  const times = dumps.flatMap(({ dumpedMs }) => (dumpedMs === undefined ? [] : [dumpedMs]));
  if (!Number.isFinite(sinceMs) || times.length < dumps.length) return false;
  const waitedMs = Math.max(...times) - sinceMs;
  return waitedMs >= 0 && waitedMs < Math.max(2000, 3 * longestGapMs(dumps));
}

/** The longest time between two recorded calls of one rank, before it waited. */
function longestGapMs(dumps: readonly FlightDump[]): number {
  let longest = 0;
  for (const { entries } of dumps) {
    const all = entries.flatMap(({ createdMs }) => createdMs ?? []);
    // The first calls set the training up, and long compilations may follow them.
    const times = all.slice(Math.min(5, Math.floor(all.length / 4)));
    for (const [index, time] of times.entries()) {
      longest = Math.max(longest, time - (times[index - 1] ?? time));
    }
  }
  return longest;
}

/** Ranks with the same last chance to join, together. Groups of the same kind (all data-parallel groups) count as one. */
function culpritsByOperation({ culprits }: StuckJob): [StuckOperation, number[]][] {
  const byKey = new Map<string, [StuckOperation, number[]]>();
  for (const [rank, operation] of culprits) {
    const { group, entry } = operation;
    const kind = group.description === "" ? group.name : group.description;
    const key = `${kind} ${entry.number} ${entry.isPointToPoint ? "" : entry.operation}`;
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, [operation, [rank]]);
    else known[1].push(rank);
  }
  return [...byKey.values()];
}

function peerOf(rank: number, { stacks }: DumpView): WaitedPeer | undefined {
  return stacks.find((each) => each.rank === rank)?.peer;
}

/** Ranks that went on to a collective without a `send` or `recv` that another rank still waits for. */
function leftOutCalls(
  operation: StuckOperation,
  ranks: readonly number[],
  view: DumpView,
): Cause[] {
  return ranks.flatMap((rank): Cause[] => {
    const peer = peerOf(rank, view);
    if (peer === undefined || !operation.waiting.includes(peer.rank)) return [];
    const stack = view.stacks.find((each) => each.rank === rank);
    const shown: Evidence[] =
      stack === undefined
        ? []
        : [{ kind: "stack", file: stack.file, rank, frames: [...stack.frames] }];
    return [
      {
        kind: "collective-mismatch",
        ranks: [peer.rank],
        hosts: [],
        likelihood: 0.8,
        evidence: [...shown, ...lastCalls([peer.rank], view)],
        how: "left-out",
        collective: referenceTo(operation.entry),
        entered: peer.call === "recv" ? `send to rank ${rank}` : `recv from rank ${rank}`,
        waitingRanks: view.stuck.waiting.size,
      },
    ];
  });
}

/** A rank with a dump hangs; one without has probably ended. */
function causesOfCulprits(
  operation: StuckOperation,
  ranks: readonly number[],
  view: DumpView,
): Cause[] {
  const present = ranks.filter((rank) => view.dumps.has(rank));
  const absent = ranks.filter((rank) => !view.dumps.has(rank));
  const hang = present.length === 0 ? [] : [hangOf(operation, present, view)];
  const ended: Cause[] =
    absent.length === 0
      ? []
      : [
          {
            kind: "crash",
            ranks: absent,
            hosts: [],
            likelihood: 0.6,
            evidence: waitEvidence(operation, view),
          },
        ];
  return [...ended, ...hang];
}

function hangOf(operation: StuckOperation, ranks: readonly number[], view: DumpView): Cause {
  const [rank = 0] = ranks;
  const stack = view.stacks.find((each) => each.rank === rank);
  const last = view.dumps.get(rank)?.entries.at(-1);
  const placeNow = stack === undefined ? undefined : (ownFrame(stack.frames) ?? stack.frames[0]);
  const place = placeNow ?? (last === undefined ? undefined : ownFrame(last.frames));
  const shownStack: Evidence[] =
    stack === undefined
      ? []
      : [{ kind: "stack", file: stack.file, rank, frames: [...stack.frames] }];
  return {
    kind: "hang",
    ranks: [...ranks],
    hosts: [],
    likelihood: placeNow === undefined ? 0.75 : 0.9,
    evidence: [...lastCalls(ranks, view), ...shownStack, ...waitEvidence(operation, view)],
    collective: referenceTo(operation.entry),
    waitingRanks: view.stuck.waiting.size,
    directlyWaitingRanks: operation.waiting.length,
    ...(place === undefined ? {} : { place }),
    placeIsNow: placeNow !== undefined,
  };
}

/** Without its process, a rank that skipped the collective and does something else now looks the same. */
function skipInstead(hang: Extract<Cause, { kind: "hang" }>): Cause[] {
  const { ranks, hosts, evidence, collective, waitingRanks, likelihood } = hang;
  if (collective === undefined) return [];
  const common = { ranks, hosts, evidence, collective, waitingRanks };
  const rest = (1 - likelihood) * 0.8;
  return [{ kind: "collective-mismatch", ...common, how: "skipped", likelihood: rest }];
}

function mismatch(found: Divergence, view: DumpView): Cause {
  const { ranks, common, other, how, isTied } = found;
  const commonDump = [...view.dumps.values()].find(({ rank, entries }) =>
    entries.includes(common) ? !ranks.includes(rank) : false,
  );
  const blamed = ranks.slice(0, shownRanks).flatMap((rank) => view.dumps.get(rank) ?? []);
  return {
    kind: "collective-mismatch",
    ranks: [...ranks],
    hosts: [],
    likelihood: isTied ? 0.5 : 0.95,
    evidence: [
      ...blamed.flatMap((dump) => {
        const entry = dump.entries.find(
          ({ group, number, isPointToPoint }) =>
            group === found.group && number === found.number && !isPointToPoint,
        );
        return entry === undefined ? [] : [callEvidence(dump, entry)];
      }),
      ...(commonDump === undefined ? [] : [callEvidence(commonDump, common)]),
    ],
    how,
    collective: referenceTo(common),
    entered: how === "other-size" ? `${other.operation} ${other.inputSizes}` : other.operation,
    waitingRanks: view.stuck.waiting.size,
  };
}

/** Every rank waits, and all entered the same collectives. */
function withoutCulprit(view: DumpView): Cause[] {
  const { operations, waiting } = view.stuck;
  const ordered = operations.filter(({ missing }) => missing.length > 0);
  const [first] = ordered.length > 0 ? ordered : operations;
  if (first === undefined) return [];
  if (ordered.length > 0) return otherOrder(ordered, view);
  const unstarted = notStarted(first, view);
  if (unstarted.length > 0) return [hangOf(first, unstarted, view)];
  return [
    {
      kind: "stalled-collective",
      ranks: [],
      hosts: [],
      likelihood: waiting.size > 1 ? 0.6 : 0.4,
      evidence: waitEvidence(first, view),
      collective: referenceTo(first.entry),
    },
  ];
}

/** Ranks whose device has not started a collective that has started on others. */
function notStarted({ group, entry }: StuckOperation, view: DumpView): number[] {
  const calls = [...group.pending].filter(([, each]) => each.number === entry.number);
  const hasStarted = calls.some(([, each]) => each.isStarted === true);
  const waiting = calls.filter(([rank, each]) => each.isStarted === false && view.dumps.has(rank));
  return hasStarted ? waiting.map(([rank]) => rank) : [];
}

/** Ranks wait for each other in different groups: the fewer ones left the order of the others. */
function otherOrder(operations: readonly StuckOperation[], view: DumpView): Cause[] {
  const [first, second] = operations.toSorted((a, b) => a.missing.length - b.missing.length);
  if (first === undefined) return [];
  const isTied = second !== undefined && first.missing.length === second.missing.length;
  const tied = new Set(isTied ? [...first.missing, ...second.missing] : first.missing);
  const odd = [...tied].filter((rank) => {
    const dump = view.dumps.get(rank);
    return dump !== undefined && hasLeftItsPattern(dump);
  });
  const isClear = !isTied || (odd.length > 0 && odd.length < tied.size);
  const ranks = isTied && isClear ? odd : [...tied];
  const own = view.dumps.get(ranks[0] ?? -1)?.entries.findLast(({ isCompleted }) => !isCompleted);
  return [
    {
      kind: "collective-mismatch",
      ranks: ranks.toSorted((a, b) => a - b),
      hosts: [],
      likelihood: isClear ? 0.7 : 0.4,
      evidence: [...lastCalls(ranks, view), ...waitEvidence(first, view)],
      how: "other-order",
      collective: referenceTo(first.entry),
      ...(own === undefined ? {} : { entered: own.operation }),
      waitingRanks: view.stuck.waiting.size,
      directlyWaitingRanks: first.waiting.length,
    },
  ];
}

function referenceTo(entry: FlightEntry): CollectiveReference {
  const { group, groupDescription, number, operation, isPointToPoint } = entry;
  const isNamed = groupDescription !== "" && groupDescription !== "undefined";
  return {
    operation,
    number,
    group,
    ...(isNamed ? { groupDescription } : {}),
    isPointToPoint,
  };
}

function lastCalls(ranks: readonly number[], { dumps }: DumpView): Evidence[] {
  return ranks.slice(0, shownRanks).flatMap((rank) => {
    const dump = dumps.get(rank);
    const entry = dump?.entries.at(-1);
    if (dump === undefined) return [];
    if (entry !== undefined) return [callEvidence(dump, entry)];
    return [{ kind: "dump" as const, file: dump.file, rank, text: "no call recorded" }];
  });
}

function waitEvidence({ waiting, entry }: StuckOperation, { dumps }: DumpView): Evidence[] {
  return waiting.slice(0, 2).flatMap((rank) => {
    const dump = dumps.get(rank);
    const own = dump?.entries.find(
      ({ group, number, isPointToPoint }) =>
        group === entry.group && number === entry.number && isPointToPoint === entry.isPointToPoint,
    );
    return dump === undefined || own === undefined ? [] : [callEvidence(dump, own)];
  });
}

function callEvidence(dump: FlightDump, entry: FlightEntry): Evidence {
  const place = ownFrame(entry.frames);
  const where =
    place === undefined ? "" : `, called in ${place.function} at ${place.file}:${place.line}`;
  const state = entry.isCompleted ? "completed" : "not completed";
  const sizes = entry.inputSizes === "" ? "" : ` ${entry.inputSizes}`;
  return {
    kind: "dump",
    file: dump.file,
    rank: dump.rank,
    entry: entry.recordId,
    text: `${entry.operation} #${entry.number}${sizes}, ${state}${where}`,
  };
}
