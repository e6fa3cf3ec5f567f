import type { Cause } from "../../schema/diagnosis/diagnosis.ts";
import type { Evidence } from "../../schema/diagnosis/evidence.ts";
import type { RasCommunicator, RasRank, RasStatus } from "./ras-status.ts";

/** A rank that launched fewer calls of an operation than others, which wait for it. */
interface Behind {
  rank: RasRank;
  communicator: RasCommunicator;
  operation: string;
  count: number;
  aheadCount: number;
}

/**
 * What NCCL's RAS says about a hang: ranks whose process does not answer, and ranks that have launched fewer collectives than the others. A rank
 * that waits in another communicator is a victim.
 *
 * Ranks of a job that runs differ for moments, so counts show a hang only if they were the same when asked again, or if the job is known to hang.
 *
 * @param statuses answers in the order of time
 * @param known `isStuck`: something else shows that the job makes no progress
 */
export function causesOfRas(
  statuses: readonly RasStatus[],
  { isStuck }: { isStuck: boolean },
): Cause[] {
  const last = statuses.at(-1);
  if (last === undefined) return [];
  const view = { status: last, rankOf: globalRanks(last) };
  const absent = missingCauses(view, statuses.at(-2));
  if (absent.length > 0) return absent;
  const waits = last.communicators.flatMap(behindIn);
  const previous = statuses.at(-2);
  const isUnchanged = previous !== undefined && countsOf(previous) === countsOf(last);
  if (previous !== undefined && !isUnchanged && !isStuck) return [];
  const likelihood = isUnchanged || isStuck ? 0.85 : 0.45;
  return hangs(waits, view).map((cause) => Object.assign(cause, { likelihood }));
}

interface View {
  status: RasStatus;
  rankOf: (
    communicator: RasCommunicator,
    rank: { rank: number; process: string | undefined },
  ) => number | undefined;
}

/** Ranks of the largest communicator are those of the job; in others, the process says which rank it is. */
function globalRanks({ communicators }: RasStatus): View["rankOf"] {
  const largest = communicators.toSorted((a, b) => b.size - a.size)[0];
  const byProcess = new Map(
    [...(largest?.ranks ?? []), ...(largest?.missing ?? [])].flatMap(({ rank, process }) =>
      process === undefined ? [] : [[process, rank] as const],
    ),
  );
  return ({ size }, { rank, process }) =>
    size === largest?.size ? rank : process === undefined ? undefined : byProcess.get(process);
}

/** NCCL answers from a thread of its own, also while a rank hangs: a process that is silent twice has ended, or cannot be reached. */
function missingCauses({ status, rankOf }: View, previous: RasStatus | undefined): Cause[] {
  const silentBefore = new Set(
    (previous?.communicators ?? []).flatMap(({ hash, missing }) =>
      missing.map(({ rank }) => `${hash} ${rank}`),
    ),
  );
  const found = new Map<
    number,
    { isDead: boolean; isGone: boolean; process: string | undefined }
  >();
  for (const communicator of status.communicators)
    for (const missing of communicator.missing) {
      const rank = rankOf(communicator, missing);
      // After a fault of their own, versions have named ranks that no communicator has.
      const isTwice = silentBefore.has(`${communicator.hash} ${missing.rank}`);
      const isGone = missing.isDead || isTwice;
      if (rank !== undefined && rank >= 0 && rank < communicator.size)
        found.set(rank, { ...missing, isGone });
    }
  const size = Math.max(0, ...status.communicators.map((each) => each.size));
  return [true, false].flatMap((isGone): Cause[] => {
    const its = [...found].filter(([, each]) => each.isGone === isGone);
    const ranks = its.map(([rank]) => rank);
    const isDead = its.every(([, each]) => each.isDead);
    // If most are missing, it is the one that answers that is cut off.
    if (ranks.length === 0 || ranks.length > size / 2) return [];
    const text = isDead
      ? "is considered dead"
      : isGone
        ? "answers neither time"
        : "does not answer";
    const shared = {
      ranks: ranks.toSorted((a, b) => a - b),
      hosts: [],
      evidence: ranks
        .slice(0, 3)
        .map((rank) =>
          rasEvidence(status, rank, `${found.get(rank)?.process ?? "its process"} ${text}`),
        ),
    };
    return isGone
      ? [
          {
            kind: "crash",
            ...shared,
            likelihood: isDead ? 0.8 : 0.6,
            error: `${isDead ? "NCCL gave it up" : "it answers NCCL no more"}: its process has ended, or its host is not reached`,
          },
        ]
      : [
          {
            kind: "hang",
            ...shared,
            likelihood: 0.7,
            waitingRanks: size - ranks.length,
            placeIsNow: false,
          },
        ];
  });
}

function behindIn(communicator: RasCommunicator): Behind[] {
  const operations = new Set(communicator.ranks.flatMap(({ counts }) => [...counts.keys()]));
  return [...operations].flatMap((operation) => {
    const counts = communicator.ranks.flatMap((rank) => {
      const count = rank.counts.get(operation);
      return count === undefined ? [] : [{ rank, count }];
    });
    const most = Math.max(...counts.map(({ count }) => count));
    const behind = counts.filter(({ count }) => count < most);
    const aheadCount = counts.length - behind.length;
    return behind.map(({ rank, count }) => ({ rank, communicator, operation, count, aheadCount }));
  });
}

/** Ranks that are behind in one communicator, and ahead in none. */
function hangs(waits: readonly Behind[], view: View): Cause[] {
  const waiting = new Set(
    waits.flatMap(({ communicator, operation }) => aheadIn(communicator, operation, view)),
  );
  const culprits = waits.filter(({ communicator, rank }) => {
    const number = view.rankOf(communicator, rank);
    return number !== undefined && !waiting.has(number);
  });
  const [first] = culprits;
  if (first === undefined) return [];
  const same = culprits.filter(
    ({ communicator, operation, count }) =>
      communicator === first.communicator && operation === first.operation && count === first.count,
  );
  const ranks = [
    ...new Set(same.flatMap(({ communicator, rank }) => view.rankOf(communicator, rank) ?? [])),
  ];
  const isOfFew = ranks.length <= first.communicator.size / 2;
  const { communicator, operation, count, aheadCount } = first;
  const evidence = same
    .slice(0, 3)
    .map(({ rank }) =>
      rasEvidence(
        view.status,
        view.rankOf(communicator, rank) ?? rank.rank,
        `launched ${count} ${operation} of communicator ${communicator.hash}; ${aheadCount} of ${communicator.size} ranks launched more`,
      ),
    );
  return [
    {
      kind: "hang",
      ranks: isOfFew ? ranks.toSorted((a, b) => a - b) : [],
      hosts: [],
      likelihood: 0,
      evidence,
      collective: { operation, number: count + 1, group: communicator.hash, isPointToPoint: false },
      waitingRanks: aheadCount,
      directlyWaitingRanks: aheadCount,
      placeIsNow: false,
    },
  ];
}

function aheadIn(communicator: RasCommunicator, operation: string, { rankOf }: View): number[] {
  const most = Math.max(...communicator.ranks.map(({ counts }) => counts.get(operation) ?? 0));
  return communicator.ranks
    .filter(({ counts }) => counts.get(operation) === most)
    .flatMap((rank) => rankOf(communicator, rank) ?? []);
}

function rasEvidence({ file }: RasStatus, rank: number, text: string): Evidence {
  return { kind: "ras", file, rank, text };
}

function countsOf({ communicators }: RasStatus): string {
  return JSON.stringify(
    communicators.map(({ hash, ranks }) => [
      hash,
      ranks.map(({ rank, counts }) => [rank, [...counts]]),
    ]),
  );
}
