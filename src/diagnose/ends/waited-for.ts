import { groupBy } from "../../foundation/collections/group-by.ts";
import type { Cause } from "../../schema/diagnosis/diagnosis.ts";
import { jobRanksOf } from "../../schema/run/hosts/job-ranks.ts";
import { lineEvidence, rankOfSign, type SeenSign } from "../lines/line-signs.ts";
import type { RunFacts } from "../run-facts.ts";
import type { RankFailure } from "./rank-failures.ts";
import { mostRanks, ranksBelow } from "../ranks-below.ts";

/**
 * Whom the ranks of a failed job waited for until their limit: the few that report no such wait themselves, else the few that waited in
 * another collective. Undefined if another rank failed by itself, or if dumps show the calls.
 */
export function waitedFor(failures: readonly RankFailure[], facts: RunFacts): Cause | undefined {
  const { ranks } = jobRanksOf(facts.events);
  if (facts.dumps.length > 0) return undefined;
  const named = namedAsMissing(failures, ranks) ?? behindOthers(failures, ranks, facts);
  if (named !== undefined) return named;
  const waits = new Map(failures.flatMap((failure) => waitOf(failure)));
  if (waits.size === 0) return undefined;
  const firstEndMs = Math.min(...failures.map(({ endedMs }) => endedMs));
  const byRank = new Map(failures.map((failure) => [failure.rank, failure]));
  const missing = ranks.filter(({ rank }) => !waits.has(rank));
  const areStopped = missing.every(({ rank }) => isStopped(byRank.get(rank), firstEndMs));
  const few = Math.max(1, Math.floor(ranks.length / 3));
  // The output of a part of the ranks shows the call, but not for whom they waited.
  if (waits.size < 2 || !areStopped || missing.length > few)
    return failures.every(onlyWaited) ? ofAll(waits) : undefined;
  const evidence = [...waits.values()].slice(0, 3).map((sign) => lineEvidence(sign));
  if (missing.length === 0) return inOtherCall(waits, ranks) ?? ofAll(waits);
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

type JobRank = ReturnType<typeof jobRanksOf>["ranks"][number];

/** A coordinator lists whom it waited for in vain, and none of these shows an error of its own. */
function namedAsMissing(
  failures: readonly RankFailure[],
  ranks: readonly JobRank[],
): Cause | undefined {
  const signs = failures.flatMap(({ signs: its }) =>
    its.filter((sign) => sign.kind === "timeout" && listsOthers(sign, missingBy(sign, ranks))),
  );
  const missing = new Set(oddOfLists(signs) ?? signs.flatMap((sign) => missingBy(sign, ranks)));
  const isGuilty = failures.some(({ class: how }) => how !== "victim" && how !== "exit-only");
  if (missing.size === 0 || isGuilty) return undefined;
  return hangOf([...missing], signs, ranks);
}

/** If two groups of ranks wait for each other, the smaller group. */
function oddOfLists(signs: readonly SeenSign[]): readonly number[] | undefined {
  const groups = new Map(
    signs.flatMap(({ presentGroups = [] }) =>
      presentGroups.map((ranks) => [ranks.toSorted((a, b) => a - b).join(), ranks] as const),
    ),
  );
  const [one, other, ...more] = [...groups.values()].toSorted((a, b) => a.length - b.length);
  if (one === undefined || other === undefined || more.length > 0) return undefined;
  const isApart = one.every((rank) => !other.includes(rank));
  return isApart && one.length < other.length ? one : undefined;
}

/** A rank that reports its own timeout does not list the ranks that it waits for. */
function listsOthers({ rank }: SeenSign, missing: readonly number[]): boolean {
  return missing.length > 1 || (missing[0] !== undefined && missing[0] !== rank);
}

/** The ranks that a line lists as missing; if it lists those that are present, all others up to the highest known rank. */
function missingBy(
  { missingRanks, presentRanks }: SeenSign,
  ranks: readonly JobRank[],
): readonly number[] {
  if (missingRanks !== undefined || presentRanks === undefined) return missingRanks ?? [];
  const present = new Set(presentRanks);
  const known = ranks.map(({ rank }) => rank);
  const last = presentRanks.concat(known).reduce((most, rank) => Math.max(most, rank), 0);
  const all = last < mostRanks ? ranksBelow(last + 1) : known;
  return all.filter((rank) => !present.has(rank));
}

function hangOf(
  blamed: readonly number[],
  signs: readonly SeenSign[],
  ranks: readonly JobRank[],
): Cause {
  const hosts = ranks.filter(({ rank }) => blamed.includes(rank)).map(({ host }) => host);
  return {
    kind: "hang",
    ranks: blamed.toSorted((a, b) => a - b),
    hosts: [...new Set(hosts)],
    likelihood: 0.8,
    evidence: signs.slice(0, 3).map((sign) => lineEvidence(sign)),
    waitingRanks: Math.max(0, ranks.length - blamed.length),
    placeIsNow: false,
  };
}

/** NCCL's watchdog and monitor state how far a rank has come in its order of collectives. */
const lastEnqueued =
  /last enqueued(?: NCCL)? work: (?<enqueued>\d+), last completed(?: NCCL)? work: \d+/iu;
const waitedWork = /WorkNCCL\(SeqNum=(?<number>\d+)/u;

/** Few ranks never enqueued the collective in which the others wait, by what they say themselves. */
function behindOthers(
  failures: readonly RankFailure[],
  ranks: readonly JobRank[],
  { signs }: RunFacts,
): Cause | undefined {
  if (failures.some(({ class: how }) => how !== "victim")) return undefined;
  const waits = signs.flatMap((sign) => {
    const number = waitedWork.exec(sign.text)?.groups?.["number"];
    return number === undefined ? [] : [{ sign, number: Number(number) }];
  });
  const least = Math.min(...waits.map(({ number }) => number));
  const behind = signs.filter(({ text }) => {
    const enqueued = lastEnqueued.exec(text)?.groups?.["enqueued"];
    return enqueued !== undefined && Number(enqueued) < least;
  });
  const blamed = [...new Set(behind.flatMap((sign) => rankOfSign(sign) ?? []))];
  const isFew = blamed.length > 0 && blamed.length <= Math.max(1, ranks.length / 3);
  const shown = [...behind.slice(0, 1), ...waits.slice(0, 2).map(({ sign }) => sign)];
  return isFew && waits.length > 0 ? hangOf(blamed, shown, ranks) : undefined;
}

function onlyWaited({ class: how, signs }: RankFailure): boolean {
  return how === "victim" && signs.every(({ kind }) => kind === "timeout" || kind === "stopped");
}

/** Only the limit of its wait ended it; the line that states the call tells most. */
function waitOf({ rank, signs, class: how }: RankFailure): [number, SeenSign][] {
  const lines = signs.filter(({ kind }) => kind === "timeout");
  const wait = lines.find(({ text }) => ncclCall.test(text)) ?? lines[0];
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
const ncclCall = /WorkNCCL\((?:SeqNum=(\d+), )?OpType=(\w+)(?:, NumelIn=(\d+))?/u;

/** Other lines of the watchdog state only the place of the call in that order. */
const numberOfWork = /(?:by watchdog at work|NCCL work): (\d+)/u;

/** All waited in the same call, so none of them was missing. */
function ofAll(waits: ReadonlyMap<number, SeenSign>): Cause | undefined {
  const calls = [...waits.values()].flatMap(({ text }) => {
    const [, number, operation] = ncclCall.exec(text) ?? [];
    return operation === undefined ? [] : [{ number: Number(number ?? 0), operation }];
  });
  const [first] = calls;
  const isOne = new Set(calls.map(({ number, operation }) => `${number} ${operation}`)).size === 1;
  const isOfOther = [...waits.values()].some(({ text }) => {
    const number = ncclCall.test(text) ? undefined : numberOfWork.exec(text)?.[1];
    return number === undefined ? !ncclCall.test(text) : Number(number) !== first?.number;
  });
  if (first === undefined || !isOne || isOfOther) return undefined;
  const { number, operation } = first;
  return {
    kind: "stalled-collective",
    ranks: [],
    hosts: [],
    likelihood: 0.6,
    evidence: [...waits.values()].slice(0, 3).map((sign) => lineEvidence(sign)),
    collective: { operation: operation.toLowerCase(), number, group: "", isPointToPoint: false },
  };
}

/** All waited, but few of them in another call: at the same place in the order, or further on although the others are not done. */
function inOtherCall(
  waits: ReadonlyMap<number, SeenSign>,
  ranks: readonly { rank: number; host: string }[],
): Cause | undefined {
  const calls = [...waits].flatMap(([rank, sign]) => {
    // Older versions of PyTorch state no place in the order.
    const [, number = "", operation, size = ""] = ncclCall.exec(sign.text) ?? [];
    return operation === undefined ? [] : [{ rank, sign, number, operation, size }];
  });
  const groups = groupBy(calls, ({ number, operation, size }) => `${number} ${operation} ${size}`);
  const [usual, ...others] = [...groups.values()].toSorted((a, b) => b.length - a.length);
  const [common] = usual ?? [];
  const odd = others.flat().filter(({ number }) => Number(number) >= Number(common?.number));
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
