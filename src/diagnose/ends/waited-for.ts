import type { Cause } from "../../schema/diagnosis/diagnosis.ts";
import { jobRanksOf } from "../../schema/run/job-ranks.ts";
import { lineEvidence, type SeenSign } from "../lines/line-signs.ts";
import type { RunFacts } from "../run-facts.ts";
import type { RankFailure } from "./rank-failures.ts";

/**
 * Whom the ranks of a failed job waited for until their limit: the few that report no such wait themselves, else the few that waited in
 * another collective. Undefined if another rank failed by itself, or if dumps show the calls.
 */
export function waitedFor(failures: readonly RankFailure[], facts: RunFacts): Cause | undefined {
  const { ranks } = jobRanksOf(facts.events);
  const waits = new Map(failures.flatMap((failure) => waitOf(failure)));
  if (facts.dumps.length > 0 || waits.size < 2) return undefined;
  const firstEndMs = Math.min(...failures.map(({ endedMs }) => endedMs));
  const byRank = new Map(failures.map((failure) => [failure.rank, failure]));
  const missing = ranks.filter(({ rank }) => !waits.has(rank));
  const areStopped = missing.every(({ rank }) => isStopped(byRank.get(rank), firstEndMs));
  const few = Math.max(1, Math.floor(ranks.length / 3));
  if (!areStopped || missing.length > few) return undefined;
  const evidence = [...waits.values()].slice(0, 3).map((sign) => lineEvidence(sign));
  if (missing.length === 0) return inOtherCall(waits, ranks);
  return {
    kind: "hang",
    ranks: missing.map(({ rank }) => rank),
    hosts: [...new Set(missing.map(({ host }) => host))],
    likelihood: 0.7,
    evidence,
    waitingRanks: waits.size,
    placeIsNow: false,
  };
}

/** Only the limit of its wait ended it. */
function waitOf({ rank, signs, class: how }: RankFailure): [number, SeenSign][] {
  const wait = signs.find(({ kind }) => kind === "timeout");
  return wait === undefined || how !== "victim" ? [] : [[rank, wait]];
}

/** It goes on until the launcher ends it, after the others. */
function isStopped(failure: RankFailure | undefined, firstEndMs: number): boolean {
  if (failure === undefined) return true;
  const { signs, signal, endedMs } = failure;
  return (
    signal === "SIGTERM" && endedMs > firstEndMs && signs.every(({ kind }) => kind === "stopped")
  );
}

/** NCCL's watchdog states the call; the number is its place in the order of the group. */
const ncclCall = /WorkNCCL\(SeqNum=(\d+), OpType=(\w+)(?:, NumelIn=(\d+))?/u;

/** All waited, but few of them in another call at the same place in the order. */
function inOtherCall(
  waits: ReadonlyMap<number, SeenSign>,
  ranks: readonly { rank: number; host: string }[],
): Cause | undefined {
  const calls = [...waits].flatMap(([rank, sign]) => {
    const [, number, operation = "", size = ""] = ncclCall.exec(sign.text) ?? [];
    return number === undefined ? [] : [{ rank, sign, number, operation, size }];
  });
  const groups = new Map<string, typeof calls>();
  for (const call of calls) {
    const key = `${call.number} ${call.operation} ${call.size}`;
    groups.set(key, [...(groups.get(key) ?? []), call]);
  }
  const [usual, ...others] = [...groups.values()].toSorted((a, b) => b.length - a.length);
  const [common] = usual ?? [];
  const odd = others.flat().filter(({ number }) => number === common?.number);
  const [first] = odd;
  if (common === undefined || first === undefined || odd.length > calls.length / 3)
    return undefined;
  const blamed = new Set(odd.map(({ rank }) => rank));
  return {
    kind: "collective-mismatch",
    ranks: [...blamed],
    hosts: [...new Set(ranks.filter(({ rank }) => blamed.has(rank)).map(({ host }) => host))],
    likelihood: 0.75,
    evidence: [common, first].map(({ sign }) => lineEvidence(sign)),
    how: first.operation === common.operation ? "other-size" : "other-operation",
    entered: first.operation.toLowerCase(),
    waitingRanks: (usual ?? []).length,
  };
}
