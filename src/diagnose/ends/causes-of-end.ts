import type { Cause } from "../../schema/diagnosis/diagnosis.ts";
import type { Evidence } from "../../schema/diagnosis/evidence.ts";
import { jobRanksOf } from "../../schema/run/hosts/job-ranks.ts";
import type { LifecycleEvent } from "../../schema/run/events/lifecycle-event.ts";
import { lineEvidence, rankOfSign, type SeenSign } from "../lines/line-signs.ts";
import type { SignKind } from "../lines/sign-patterns.ts";
import type { RunFacts } from "../run-facts.ts";
import {
  hasFailed,
  isOfOthers,
  type RankFailure,
  rankFailures,
  unnamedRank,
} from "./rank-failures.ts";
import { statedCauses } from "./stated-causes.ts";
import { waitedFor } from "./waited-for.ts";

/** Why a run ended as it did, from events, findings and printed lines; empty if nothing explains it or nothing failed. */
export function causesOfEnd(facts: RunFacts): { causes: Cause[]; alternatives: Cause[] } {
  const stated = statedCauses(facts);
  const failures = rankFailures(facts);
  const [first] = failures;
  const isExplained = stated.some(({ kind }) => explainsEnds.has(kind));
  if (first === undefined || isExplained || !hasFailed(facts)) {
    return { causes: stated, alternatives: [] };
  }
  const waited = waitedFor(failures, facts);
  if (waited !== undefined) {
    const lost = connectionLost(failures);
    return { causes: [...stated, waited], alternatives: lost === undefined ? [] : [lost] };
  }
  const launcher = endedLauncher(failures);
  if (launcher !== undefined) return { causes: [...stated, launcher], alternatives: [] };
  if (first.class === "victim") {
    const lost = connectionLost(failures);
    const only = onlyWithoutError(failures, facts);
    const ends = only === undefined ? [lost] : [only];
    const alternatives = only === undefined || lost === undefined ? [] : [lost];
    return { causes: [...stated, ...ends.flatMap((each) => each ?? [])], alternatives };
  }
  const blamed = failures.filter(
    (failure) => isToBlame(failure, first) || isOfOneStatement(failure, first, facts),
  );
  const own = mergeByKind(withoutGuesses(blamed, facts))
    .map((cause) => (cause.kind === "not-a-number" ? ofNobody(cause, facts) : cause))
    .map((cause) => (isOfProgram(cause) ? withoutRanks(cause) : cause))
    .map((cause) => (isOfSharedFile(cause, blamed, facts) ? withoutRanks(cause) : cause))
    .map((cause) =>
      Object.assign(cause, { ranks: cause.ranks.filter((rank) => rank !== unnamedRank) }),
    );
  return { causes: [...stated, ...own], alternatives: insteadOf(own[0]) };
}

/** Nothing failed by itself, and torchrun says that it got a signal that others send. */
function endedLauncher(failures: readonly RankFailure[]): Cause | undefined {
  const signs = failures.flatMap((failure) => failure.signs);
  const said = signs.find(({ text }) => /\bReceived (?:15|SIGTERM) death signal\b/u.test(text));
  const isAll = signs.every(({ kind }) => kind === "stopped");
  if (said === undefined || !isAll) return undefined;
  const evidence = [lineEvidence(said)];
  return { kind: "launcher-killed", ranks: [], hosts: [], evidence, likelihood: 0.55 };
}

/** Gradients spread a bad value, so if most ranks show one, none is known to have had it first. */
function ofNobody(cause: Cause, { events }: RunFacts): Cause {
  const { length } = jobRanksOf(events).ranks;
  return length > 1 && cause.ranks.length > length / 2 ? withoutRanks(cause) : cause;
}

/** What all ranks compute alike, although only one of them may print it: a compiled program, a scale of the loss. */
const ofProgram = /compile permanent error|Compilation failure|\bloss scale\b/iu;

function isOfProgram({ kind, evidence }: Cause): boolean {
  const isAlike = kind === "out-of-memory" || kind === "not-a-number";
  return isAlike && evidence.some((each) => "text" in each && ofProgram.test(each.text));
}

function withoutRanks(cause: Cause): Cause {
  return { ...cause, ranks: [], hosts: [] };
}

/** Whether all ranks failed to read the same damaged file, so that no rank is to blame. */
function isOfSharedFile(
  { kind, ranks }: Cause,
  blamed: readonly RankFailure[],
  { events }: RunFacts,
): boolean {
  const { length } = jobRanksOf(events).ranks;
  const messages = new Set(blamed.map(messageOf));
  return kind === "bad-checkpoint" && length > 1 && ranks.length === length && messages.size === 1;
}

/** After these, the ends of ranks are consequences. */
const explainsEnds: ReadonlySet<Cause["kind"]> = new Set([
  "host-lost",
  "preemption",
  "out-of-time",
  "out-of-memory",
  "launcher-killed",
  "not-a-number",
  "collective-mismatch",
]);

/**
 * The first rank that failed by itself; also every other with a reason of its own, and those that ended with the same exception,
 * which is then a fault of the program on all of them.
 */
function isToBlame(failure: RankFailure, first: RankFailure): boolean {
  if (failure === first || isOwnError(failure)) return true;
  if (failure.class !== first.class) return false;
  if (isSent(failure) && failure.signal === first.signal) return true;
  const isKilled = failure.signs.length === 0;
  if (first.class === "own-reason") return !isKilled || first.signs.length === 0;
  if (first.class === "own-exception") return messageOf(failure) === messageOf(first);
  return false;
}

/** One line states the same bad end of both. */
function isOfOneStatement(a: RankFailure, b: RankFailure, { placesOfEvents }: RunFacts): boolean {
  const [placeA, placeB] = [a, b].map(({ event }) => placesOfEvents?.get(event?.index ?? -1));
  return a.signal === "SIGKILL" && placeA !== undefined && placeA === placeB;
}

/** The causes of all; if srun says which tasks had no memory, no other rank had none. */
function withoutGuesses(blamed: readonly RankFailure[], facts: RunFacts): Cause[] {
  const causes = blamed.map((failure) => causeOf(failure, facts));
  const areStated = causes.some((cause) => isStatedAsMemory(cause));
  return areStated
    ? causes.filter((cause) => cause.kind !== "out-of-memory" || isStatedAsMemory(cause))
    : causes;
}

function isStatedAsMemory({ evidence }: Pick<Cause, "evidence">): boolean {
  return evidence.some(
    (each) => "text" in each && /: tasks? [\d,-]+: Out Of Memory/u.test(each.text),
  );
}

/** Errors in the program's own data and names, which no broken connection raises. */
const ownError =
  /^(?:\[[\w\s]*\]:\s*)?(?:[\s|+]*\|\s)?(?:ExceptionGroup|ValueError|StopIteration|KeyError|IndexError|TypeError|AttributeError|NameError|UnboundLocalError|AssertionError|ZeroDivisionError|RecursionError|Unicode\w*Error|(?:json\.decoder\.)?JSONDecodeError|(?:\w+\.)?UnpicklingError|(?:zlib|struct|binascii|re)\.[eE]rror|(?:gzip\.)?BadGzipFile|(?:zipfile\.)?BadZipFile)\b/u;

/** A fault of its own, whatever happened to the other ranks. */
function isOwnError({ class: how, signs }: RankFailure): boolean {
  return how === "own-exception" && ownError.test(signs[0]?.text.trim() ?? "");
}

function messageOf({ signs }: RankFailure): string {
  return messageIn(signs[0]);
}

/** Without numbers and the label of a rank. */
function messageIn(sign: Pick<SeenSign, "text"> | undefined): string {
  return (sign?.text ?? "").replaceAll(/\d+/gu, "#").replace(/^\[?rank#\]?:\s*/u, "");
}

function causeOf(failure: RankFailure, facts: RunFacts): Cause {
  const { rank, host, signs, signal } = failure;
  const [sign] = signs;
  const common = {
    ranks: [rank],
    hosts: host === undefined ? [] : [host],
    evidence: evidenceOf(failure, facts),
  };
  if (isStatedAsMemory(common)) return outOfMemory("host", common);
  const fromSign = sign === undefined ? undefined : causeOfSign(sign, common);
  if (fromSign !== undefined) return fromSign;
  const lack = missingOnHost(failure, facts);
  if (lack !== undefined) {
    return { kind: "configuration", ...common, likelihood: 0.85, detail: lack };
  }
  const ended = endedFromOutside(failure, common);
  if (ended !== undefined) return ended;
  const error = sign?.text.trim() ?? signal;
  const known = error === undefined ? {} : { error };
  return { kind: "crash", ...common, likelihood: sign === undefined ? 0.75 : 0.9, ...known };
}

/** Another process, or a person, ended it. */
function endedFromOutside(failure: RankFailure, common: Common): Cause | undefined {
  const { signs, signal, exitCode } = failure;
  const [sign] = signs;
  if (sign !== undefined && isInterrupt(sign))
    return { kind: "killed", ...common, likelihood: 0.7, signal: "SIGINT" };
  if (signal === "SIGKILL" || (signal !== undefined && isSent(failure)))
    return { kind: "killed", ...common, likelihood: 0.7, signal };
  if (exitCode !== exitCodeOfTimeout || sign !== undefined) return undefined;
  const { evidence } = common;
  return { kind: "out-of-time", ranks: [], hosts: [], evidence, likelihood: 0.7, limit: "command" };
}

/** Of the command `timeout`, which ends another one after a time. */
const exitCodeOfTimeout = 124;

/** Python's exception for SIGINT, which a terminal or a person sends. */
function isInterrupt({ text }: SeenSign): boolean {
  return /^(?:\[[\w\s]*\]:\s*)?KeyboardInterrupt\b/u.test(text.trim());
}

/** Signals that end a process only if another one sends them. */
const sentSignals = new Set(["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"]);

function isSent({ signal, signs }: RankFailure): boolean {
  return sentSignals.has(signal ?? "") && signs.length === 0;
}

type Common = Pick<Cause, "ranks" | "hosts" | "evidence">;

/** How each sign that names the cause alone becomes one. */
const causesOfSigns: Partial<Record<SignKind, (said: string, common: Common) => Cause>> = {
  "accelerator-memory": (_said, common) => outOfMemory("accelerator", common),
  "host-memory": (_said, common) => outOfMemory("host", common),
  "disk-full": (_said, common) => ({ kind: "disk-full", ...common, likelihood: 0.95 }),
  "bad-checkpoint": (error, common) => {
    return { kind: "bad-checkpoint", ...common, likelihood: 0.85, error };
  },
  "accelerator-error": (error, common) => {
    return { kind: "accelerator-error", ...common, likelihood: 0.85, error };
  },
  "process-killed": (_said, common) => {
    return { kind: "killed", ...common, likelihood: 0.6, signal: "SIGKILL" };
  },
  preemption: (_said, common) => ({ kind: "preemption", ...common, likelihood: 0.9 }),
  // A time limit ends the whole job, whichever rank prints that it was reached.
  "time-limit": (_said, { evidence }) => {
    const whole = { ranks: [], hosts: [], evidence };
    return { kind: "out-of-time", ...whole, likelihood: 0.9, limit: "scheduler" };
  },
  "node-failed": (reason, common) => ({ kind: "host-lost", ...common, likelihood: 0.9, reason }),
  "launcher-ended": (_said, { evidence }) => {
    return { kind: "launcher-killed", ranks: [], hosts: [], evidence, likelihood: 0.8 };
  },
  "not-a-number": (_said, common) => ({ kind: "not-a-number", ...common, likelihood: 0.8 }),
};

function causeOfSign({ kind, text }: SeenSign, common: Common): Cause | undefined {
  return causesOfSigns[kind]?.(text.trim(), common);
}

function outOfMemory(memory: "host" | "accelerator", common: Common): Cause {
  return { kind: "out-of-memory", ...common, likelihood: 0.95, memory };
}

/** What one host of several lacks: a module, a file, the program itself. */
function missingOnHost(failure: RankFailure, facts: RunFacts): string | undefined {
  const [sign] = failure.signs;
  const isMissing = sign?.kind === "configuration" || failure.exitCode === 127;
  if (!isMissing || !isOnOneHost(failure, facts)) return undefined;
  return sign?.text.trim() ?? "command not found";
}

function isOnOneHost(failure: RankFailure, facts: RunFacts): boolean {
  const [sign] = failure.signs;
  if (sign !== undefined && failure.rank === unnamedRank && isInOneHostsLog(sign, facts))
    return true;
  if (!isOneHostOfSeveral(failure, facts)) return false;
  return sign === undefined || !isKeyError(sign) || isOfWholeHost(failure, facts);
}

const logOfHost = /(?:node|host)[_.-]?\d+[^/]*$/iu;

/** Of logs that are named after hosts, only one says that something is missing. */
function isInOneHostsLog(sign: SeenSign, { signs }: RunFacts): boolean {
  const others = signs.filter(({ file }) => file !== sign.file && logOfHost.test(file));
  const isRepeated = others.some((each) => messageIn(each) === messageIn(sign));
  return logOfHost.test(sign.file) && others.length > 0 && !isRepeated;
}

function isKeyError({ text }: SeenSign): boolean {
  return messageIn({ text }).startsWith("KeyError");
}

/** A key that is missing may be a variable of the host, or of the data: only of the host if all of its several ranks miss it. */
function isOfWholeHost({ host, signs }: RankFailure, facts: RunFacts): boolean {
  const its = jobRanksOf(facts.events).ranks.filter((rank) => rank.host === host);
  const message = messageIn(signs[0]);
  const missing = new Set(
    facts.signs.filter((sign) => messageIn(sign) === message).map((sign) => rankOfSign(sign)),
  );
  return its.length > 1 && its.every(({ rank }) => missing.has(rank));
}

/** The same program starts on other hosts and lacks something on this one. */
function isOneHostOfSeveral(failure: RankFailure, { events, signs }: RunFacts): boolean {
  const { host } = failure;
  const hosts = new Map<number, string>();
  for (const { event } of events) if (event.kind === "launched") hosts.set(event.rank, event.host);
  if (host === undefined || new Set(hosts.values()).size < 2) return false;
  const message = messageIn(failure.signs[0]);
  return signs.every((sign) => {
    const rank = rankOfSign(sign);
    const isElsewhere = rank !== undefined && hosts.get(rank) !== host;
    return !isElsewhere || sign.kind !== "configuration" || messageIn(sign) !== message;
  });
}

function evidenceOf({ signs, event }: RankFailure, { placesOfEvents }: RunFacts): Evidence[] {
  const end = event === undefined ? [] : [placesOfEvents?.get(event.index) ?? endEvidence(event)];
  return [...signs.slice(0, 3).map((sign) => lineEvidence(sign)), ...end];
}

function endEvidence({ index, timeMs, event }: LifecycleEvent): Evidence {
  const how = event.kind === "rank-exited" ? (event.signal ?? `exit code ${event.exitCode}`) : "";
  const text = event.kind === "rank-exited" ? `rank ${event.rank} ended: ${how}` : event.kind;
  return { kind: "event", index, timeMs, text };
}

/** Causes of the same kind and text on several ranks are one. */
function mergeByKind(causes: readonly Cause[]): Cause[] {
  const merged = new Map<Cause["kind"], Cause>();
  for (const cause of causes) {
    const known = merged.get(cause.kind);
    if (known === undefined) {
      merged.set(cause.kind, cause);
      continue;
    }
    known.ranks = [...known.ranks, ...cause.ranks].toSorted((a, b) => a - b);
    known.hosts = [...new Set([...known.hosts, ...cause.hosts])];
    if (known.evidence.length < 6)
      known.evidence = [...known.evidence, ...cause.evidence].slice(0, 6);
  }
  return [...merged.values()];
}

/** All errors are about connections between ranks, so each rank that printed one is a victim of another, or of the network. */
function connectionLost(failures: readonly RankFailure[]): Cause | undefined {
  const seen = failures.flatMap(({ signs }) => signs.filter(isOfOthers));
  const [first] = seen;
  if (first === undefined) return undefined;
  return {
    kind: "connection-lost",
    ranks: [],
    hosts: [],
    likelihood: 0.4,
    evidence: seen.slice(0, 4).map((sign: SeenSign) => lineEvidence(sign)),
    error: first.text.trim(),
  };
}

/** If every rank but one says that it lost its connection to another, that one closed it; it was ended before it could say why. */
function onlyWithoutError(failures: readonly RankFailure[], facts: RunFacts): Cause | undefined {
  const { ranks } = jobRanksOf(facts.events);
  const victims = new Set(
    failures.flatMap(({ rank, signs }) => (signs.some(isOfOthers) ? [rank] : [])),
  );
  const others = ranks.filter(({ rank }) => !victims.has(rank));
  const [only] = others;
  // Dumps show more exactly who waits for whom.
  const isUnclear = facts.dumps.length > 0 || others.length > 1 || victims.size < 2;
  if (only === undefined || isUnclear) return undefined;
  const evidence = failures.flatMap(({ signs }) => signs.slice(0, 1)).slice(0, 4);
  return {
    kind: "crash",
    ranks: [only.rank],
    hosts: [only.host],
    likelihood: 0.55,
    evidence: evidence.map((sign) => lineEvidence(sign)),
  };
}

/** What else would look the same. */
function insteadOf(cause: Cause | undefined): Cause[] {
  if (cause === undefined) return [];
  const { ranks, hosts, evidence } = cause;
  const common = { ranks, hosts, evidence };
  if (cause.kind === "killed") {
    return [{ kind: "out-of-memory", ...common, likelihood: 0.25, memory: "host" }];
  }
  if (cause.kind === "accelerator-error") {
    return [{ kind: "crash", ...common, likelihood: 0.15, error: cause.error }];
  }
  if (cause.kind === "configuration") {
    return [{ kind: "crash", ...common, likelihood: 0.1, error: cause.detail }];
  }
  return [];
}
