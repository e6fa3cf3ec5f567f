import type { FlightDump, FlightEntry } from "./flight-dump.ts";
import { groupProgress, type GroupProgress } from "./group-progress.ts";

/** A collective or point-to-point operation in which ranks wait. */
export interface StuckOperation {
  group: GroupProgress;
  entry: FlightEntry;
  waiting: readonly number[];
  /** Members that have not started it. */
  missing: readonly number[];
  /** When the first rank began to wait, milliseconds since the epoch; infinite if not recorded. */
  sinceMs: number;
}

/** Where a job is stuck. */
export interface StuckJob {
  /** Every operation in which ranks wait, the earliest first. */
  operations: readonly StuckOperation[];
  /** Ranks that wait in some operation. */
  waiting: ReadonlySet<number>;
  /** For each rank that others wait for and that waits for none: the earliest operation that it has not started. */
  culprits: ReadonlyMap<number, StuckOperation>;
}

/**
 * Who waits for whom. Ranks that wait themselves are victims; the others that an operation lacks are its culprits, so the
 * answer is the earliest group by dependency, however many ranks wait in later ones.
 */
export function findStuck(dumps: readonly FlightDump[]): StuckJob {
  const groups = groupProgress(dumps);
  const operations = [...groups.flatMap(stuckCollectives), ...groups.flatMap(stuckPairs)].toSorted(
    (a, b) => a.sinceMs - b.sinceMs,
  );
  const waiting = new Set(operations.flatMap((operation) => operation.waiting));
  const culprits = new Map<number, StuckOperation>();
  for (const operation of operations) {
    for (const rank of operation.missing) {
      if (!waiting.has(rank) && !culprits.has(rank)) culprits.set(rank, operation);
    }
  }
  return { operations, waiting, culprits };
}

/** One for each number at which ranks of the group wait. */
function stuckCollectives(group: GroupProgress): StuckOperation[] {
  const numbers = new Set([...group.pending.values()].map(({ number }) => number));
  return [...numbers].flatMap((number) => {
    const calls = [...group.pending].filter(([, entry]) => entry.number === number);
    const [first] = calls;
    if (first === undefined) return [];
    return {
      group,
      entry: first[1],
      waiting: calls.map(([rank]) => rank),
      missing: group.members.filter((rank) => (group.lastNumbers.get(rank) ?? 0) < number),
      sinceMs: earliest(calls.map(([, entry]) => entry)),
    };
  });
}

/** A rank that sends to or receives from another one, which has not started its part. */
function stuckPairs(group: GroupProgress): StuckOperation[] {
  return [...group.pendingPairs].flatMap(([rank, entries]) =>
    entries.flatMap((entry) => {
      const peer = peerOf(group, entry.operation);
      if (peer === undefined) return [];
      const answers = group.pendingPairs.get(peer) ?? [];
      const isAnswered = answers.some(({ operation }) => peerOf(group, operation) === rank);
      const missing = isAnswered ? [] : [peer];
      return [{ group, entry, waiting: [rank], missing, sinceMs: earliest([entry]) }];
    }),
  );
}

/** `send 0->1`, `recv 0<-1`: this rank and the other, as positions in the group. */
function peerOf({ members }: GroupProgress, operation: string): number | undefined {
  const match = /(?:->|<-)(\d+)/u.exec(operation);
  return match === null ? undefined : members[Number(match[1])];
}

function earliest(entries: readonly FlightEntry[]): number {
  let first = Number.POSITIVE_INFINITY;
  for (const { createdMs } of entries) first = Math.min(first, createdMs ?? first);
  return first;
}
