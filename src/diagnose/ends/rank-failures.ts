import { jobRanksOf } from "../../schema/run/hosts/job-ranks.ts";
import type { LifecycleEvent } from "../../schema/run/events/lifecycle-event.ts";
import { unknownHost } from "../launchers/launched-job.ts";
import { rankOfSign, type SeenSign } from "../lines/line-signs.ts";
import { compareTimes } from "../lines/time-of-line.ts";
import type { SignKind } from "../lines/sign-patterns.ts";
import type { RunFacts } from "../run-facts.ts";

/** How certain it is that a rank failed by itself. */
export type FailureClass =
  /** It printed a reason, or the kernel ended it. */
  | "own-reason"
  | "own-exception"
  /** It only ended with an exit code, or by a signal that others send, before anything else went wrong. */
  | "exit-only"
  /** It lost its connection to another rank, or was ended after another one. */
  | "victim";

export interface RankFailure {
  /** `unnamedRank` for what lines show of which nothing says who printed them. */
  rank: number;
  host: string | undefined;
  class: FailureClass;
  /** What its output shows, the most telling first. */
  signs: readonly SeenSign[];
  exitCode: number | undefined;
  signal: string | undefined;
  /** When it ended, milliseconds; infinite if it has no end. Ends of other hosts arrive later than they happened. */
  endedMs: number;
  event: LifecycleEvent | undefined;
}

/** Stands for the rank of lines that no label and no record attributes. */
export const unnamedRank = -1;

/** Signs from the most telling on. */
const weights: Record<SignKind, number> = {
  "accelerator-memory": 0,
  "host-memory": 0,
  "disk-full": 0,
  "bad-checkpoint": 0,
  "accelerator-error": 0,
  "process-killed": 1,
  preemption: 1,
  "time-limit": 1,
  "node-failed": 1,
  "launcher-ended": 1,
  configuration: 2,
  "not-a-number": 2,
  exception: 3,
  "other-exception": 4,
  severe: 4,
  timeout: 5,
  connection: 5,
  mismatch: 5,
  "slow-rank": 6,
  "not-reproducible": 6,
  "no-progress": 6,
  "data-wait": 6,
  thermal: 6,
  "replicas-differ": 6,
  "weak-link": 6,
  "clock-moved": 6,
  stopped: 6,
};

/** Signs that tell of other ranks. */
const ofOthers: ReadonlySet<SignKind> = new Set(["connection", "timeout", "mismatch"]);

/** Signs that end no rank. */
const ofReports: ReadonlySet<SignKind> = new Set([
  "slow-rank",
  "not-reproducible",
  "no-progress",
  "data-wait",
  "thermal",
  "replicas-differ",
  "weak-link",
  "clock-moved",
]);

/** Whether a sign only tells that other ranks are gone, or do not answer. */
export function isOfOthers({ kind }: Pick<SeenSign, "kind">): boolean {
  return ofOthers.has(kind);
}

/** Signals by which a process ends itself through an error. */
const crashSignals = new Set(["SIGSEGV", "SIGBUS", "SIGABRT", "SIGILL", "SIGFPE", "SIGTRAP"]);

/** The ranks that ended badly, or whose output shows an error; those that failed by themselves first, the earliest first. */
export function rankFailures(facts: RunFacts): RankFailure[] {
  const bySign = signsOfRanks(facts);
  const { ranks } = jobRanksOf(facts.events);
  const ends = badEnds(facts.events);
  const hosts = new Map(ranks.map(({ rank, host }) => [rank, host]));
  const all = new Set([...ends.keys(), ...(hasFailed(facts) ? bySign.keys() : [])]);
  const failures = [...all]
    .map((rank) => {
      const signs = (bySign.get(rank) ?? []).toSorted((a, b) => weights[a.kind] - weights[b.kind]);
      const end = ends.get(rank);
      const { exitCode, signal } = exitOf(end);
      const endedMs = end?.timeMs ?? Number.POSITIVE_INFINITY;
      const failure = { rank, host: hosts.get(rank), signs, exitCode, signal, endedMs };
      const isStopped = facts.events.some(({ event }) => event.kind === "ended-by-scheduler");
      return Object.assign(failure, { event: end, class: classOf(failure, isStopped) });
    })
    .toSorted(byBlame);
  return withoutLauncher(withoutUnnamed(failures), ranks);
}

/** Lines that no rank is known to have printed count only if no rank shows a cause of the same weight. */
function withoutUnnamed(failures: RankFailure[]): RankFailure[] {
  const unnamed = failures.find(({ rank }) => rank === unnamedRank);
  if (unnamed === undefined || failures.length === 1) return failures;
  // A coordinator that lists whom it waited for in vain is no rank.
  if (unnamed.signs.some(({ missingRanks }) => missingRanks !== undefined)) return failures;
  // C++ prints this line without the label of its rank, also after the loss of another.
  const isUnclear = /^\W*terminate called/u.test(unnamed.signs[0]?.text ?? "");
  const isBest = failures[0] === unnamed && unnamed.class !== failures[1]?.class && !isUnclear;
  return isBest ? failures : failures.filter((failure) => failure !== unnamed);
}

/**
 * A job of one rank whose output names processes of its own was started by a launcher inside the program, whose end follows from theirs.
 */
function withoutLauncher(
  failures: RankFailure[],
  ranks: readonly { rank: number }[],
): RankFailure[] {
  const [outer, ...more] = ranks;
  if (outer === undefined || more.length > 0) return failures;
  const isInner = ({ signs }: RankFailure): boolean =>
    signs.some(({ namedRank, kind }) => namedRank !== undefined && kind !== "stopped");
  if (!failures.some((failure) => isInner(failure) && failure.class !== "victim")) return failures;
  return failures.filter((failure) => failure.rank !== outer.rank || isInner(failure));
}

/** Whether errors in the output matter: programs also print some that they recover from. */
export function hasFailed({ state, outcome }: Pick<RunFacts, "state" | "outcome">): boolean {
  return state === "unknown" || state === "abandoned" || outcome?.kind === "died";
}

const classes: readonly FailureClass[] = ["own-reason", "own-exception", "exit-only", "victim"];

function byBlame(a: RankFailure, b: RankFailure): number {
  const byClass = classes.indexOf(a.class) - classes.indexOf(b.class);
  if (byClass !== 0) return byClass;
  // Times of error files are more exact than the order in which ends were noticed.
  const byTime = statedFirst(a, b);
  if (byTime !== 0) return byTime;
  const byLine = printedFirst(a, b);
  if (byLine !== 0) return byLine;
  if (a.endedMs !== b.endedMs) return a.endedMs - b.endedMs;
  return (a.signs[0]?.line ?? 0) - (b.signs[0]?.line ?? 0) || a.rank - b.rank;
}

/** By the times in different files; in one file, the order of the lines is that of the time. */
function statedFirst(a: RankFailure, b: RankFailure): number {
  const [signA, signB] = [a, b].map(({ signs }) =>
    signs.find(({ timeMs }) => timeMs !== undefined),
  );
  if (signA?.timeMs === undefined || signB?.timeMs === undefined) return 0;
  return signA.file === signB.file ? 0 : compareTimes(signA.timeMs, signB.timeMs);
}

/** Ends this far apart may have been noticed in another order than they happened. */
const nearMs = 2000;

/** On one host, a rank prints its error before its end breaks the connections of others, who print theirs then. */
function printedFirst(a: RankFailure, b: RankFailure): number {
  const [signA, signB] = [a, b].map(({ signs }) => signs[0]);
  if (signA === undefined || signB === undefined) return 0;
  const isOneHost = a.host !== undefined && a.host === b.host;
  const areNear = isOneHost && Math.abs(a.endedMs - b.endedMs) < nearMs;
  // Without a record, the order in one file is all that is known.
  const isOneFile = a.host === unknownHost && signA.file === signB.file;
  return areNear || isOneFile ? signA.line - signB.line : 0;
}

function classOf(
  { signs, signal }: Pick<RankFailure, "signs" | "signal">,
  isStopped: boolean,
): FailureClass {
  const kind = signs[0]?.kind;
  if (kind !== undefined && weights[kind] <= weights["node-failed"]) return "own-reason";
  if (signal !== undefined && crashSignals.has(signal)) return abortClass(signal, signs);
  if (signal === "SIGKILL" && kind !== "connection") return "own-reason";
  if (kind !== undefined) return classOfSign(kind, signs);
  return isStopped && stopSignals.has(signal ?? "") ? "victim" : "exit-only";
}

function classOfSign(kind: SignKind, signs: readonly SeenSign[]): FailureClass {
  if (weights[kind] > weights["other-exception"]) return "victim";
  // An exception that follows a broken connection is about that connection.
  if (isFollowUp(signs)) return "victim";
  // Programs have exceptions of their own for the loss of another rank, too.
  return kind === "other-exception" || kind === "severe" ? "exit-only" : "own-exception";
}

/** NCCL's watchdog aborts the process of a rank that has waited too long, or whose peers are gone. */
function abortClass(signal: string, signs: readonly SeenSign[]): FailureClass {
  const [first] = signs;
  const isVictim = first !== undefined && (isOfOthers(first) || isFollowUp(signs));
  return signal === "SIGABRT" && isVictim ? "victim" : "own-reason";
}

function isFollowUp(signs: readonly SeenSign[]): boolean {
  const exception = signs.find(({ kind }) => weights[kind] <= weights["other-exception"]);
  const connection = signs.find(({ kind }) => kind === "connection" || kind === "timeout");
  if (exception === undefined || connection === undefined) return false;
  const isGeneral = exception.kind === "exception" || exception.kind === "other-exception";
  // C++ prints what it throws below this line.
  const isFirst = connection.line <= exception.line || /^\W*terminate called/u.test(exception.text);
  return isGeneral && isFirst;
}

function signsOfRanks(facts: RunFacts): Map<number, SeenSign[]> {
  const { signs, errorFiles, events, firstFailed } = facts;
  const rankOf = speakersOf(facts);
  const ends = badEnds(events);
  const byRank = new Map<number, SeenSign[]>();
  for (const sign of [...errorFiles, ...signs].filter(({ kind }) => !ofReports.has(kind))) {
    const rank = rankOf(sign);
    if (rank === undefined || (sign.isPassed === true && !ends.has(rank))) continue;
    // The launcher itself ends the other ranks after the first failure.
    const isEnded = firstFailed !== undefined && rank !== firstFailed;
    if (isEnded && sign.kind === "process-killed") continue;
    byRank.set(rank, [...(byRank.get(rank) ?? []), sign]);
  }
  return new Map([...byRank].map(([rank, its]) => [rank, withoutPassed(its)]));
}

/** The rank that a sign is about, also where none is named. */
function speakersOf({
  events,
  firstFailed,
  placesOfEvents,
}: RunFacts): (sign: SeenSign) => number | undefined {
  const { ranks } = jobRanksOf(events);
  const only = ranks.length === 1 ? ranks[0]?.rank : undefined;
  const hasRecord = placesOfEvents === undefined;
  const owner = hasRecord ? only : (firstFailed ?? ownerOfUnnamed(events));
  // The rank that reports a lost connection is not the one that ended, nor is the launcher that ends the others.
  const others = hasRecord ? only : unnamedRank;
  return (sign) =>
    rankOfSign(sign) ?? (isOfOthers(sign) || sign.kind === "stopped" ? others : owner);
}

/** What the training went on after did not end it, unless nothing else is known of the rank. */
function withoutPassed(signs: SeenSign[]): SeenSign[] {
  const last = signs.filter(({ isPassed }) => isPassed !== true);
  return last.length > 0 ? last : signs;
}

/** Without a record, lines of an unknown rank belong to the rank whose end the launcher reports, if it reports only one or calls one the first. */
function ownerOfUnnamed(events: readonly LifecycleEvent[]): number {
  const [ended, ...more] = badEnds(events).keys();
  return ended !== undefined && more.length === 0 ? ended : unnamedRank;
}

/** With these Pitwall ends the other ranks after the first failure. */
const stopSignals = new Set(["SIGTERM", "SIGKILL"]);

/** The last bad end of each rank, up to the moment when the run was stopped on request. */
function badEnds(events: readonly LifecycleEvent[]): Map<number, LifecycleEvent> {
  const ends = new Map<number, LifecycleEvent>();
  let stoppedMs = Number.POSITIVE_INFINITY;
  for (const each of events) {
    const { event, timeMs } = each;
    if (event.kind === "stopping" && event.reason !== "failure") break;
    if (event.kind === "stopping") stoppedMs = timeMs;
    if (event.kind !== "rank-exited") continue;
    const isClean = event.exitCode === 0 && event.signal === undefined;
    const isEnded = timeMs >= stoppedMs && stopSignals.has(event.signal ?? "");
    if (!isClean && !isEnded) ends.set(event.rank, each);
  }
  return ends;
}

/** Shells and containers give a signal as 128 plus its number. */
const signalsOfCodes: ReadonlyMap<number, string> = new Map([
  [130, "SIGINT"],
  [134, "SIGABRT"],
  [135, "SIGBUS"],
  [136, "SIGFPE"],
  [137, "SIGKILL"],
  [139, "SIGSEGV"],
  [143, "SIGTERM"],
]);

function exitOf(end: LifecycleEvent | undefined): Pick<RankFailure, "exitCode" | "signal"> {
  if (end?.event.kind !== "rank-exited") return { exitCode: undefined, signal: undefined };
  const { exitCode, signal } = end.event;
  return { exitCode, signal: signal ?? signalsOfCodes.get(exitCode ?? 0) };
}
