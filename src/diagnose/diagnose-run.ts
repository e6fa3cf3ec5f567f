import type { Cause, Diagnosis } from "../schema/diagnosis/diagnosis.ts";
import { jobRanksOf } from "../schema/run/hosts/job-ranks.ts";
import { causesOfEnd } from "./ends/causes-of-end.ts";
import { hasFailed, rankFailures } from "./ends/rank-failures.ts";
import { oddHost, oddLink } from "./ends/odd-host.ts";
import { withOddOne } from "./ends/odd-one-out.ts";
import { reportedFaults, reportedHang } from "./ends/reported-faults.ts";
import { withRanksOfHosts } from "./ends/signs-of-hosts.ts";
import { silence } from "./ends/silence-of-run.ts";
import { unknownHost } from "./launchers/launched-job.ts";
import { causesOfDumps, type FlightVerdict } from "./flight/causes-of-dumps.ts";
import { byWords, isOpen, saysMore, withoutWords, withWords } from "./words/judge-by-words.ts";
import { lineEvidence } from "./lines/line-signs.ts";
import { findSlowLinks } from "./links/find-slow-links.ts";
import { lookedAt } from "./looked-at.ts";
import type { RunFacts } from "./run-facts.ts";
import { findDivergedReplicas } from "./steps/find-diverged-replicas.ts";
import { causesOfRas } from "./ras/causes-of-ras.ts";
import { findLossSpike, printedLossSpike } from "./steps/find-loss-spike.ts";
import { findSilentCorruption } from "./steps/find-silent-corruption.ts";
import { findSleepingRank } from "./steps/find-sleeping-rank.ts";
import { findSlowRanks } from "./steps/find-slow-ranks.ts";

/** A cause below this likelihood is not named as the answer. */
const minimumLikelihood = 0.5;

/**
 * What went wrong in a run, who is to blame, and what shows it; or that nothing was found, or that what was seen does not name one cause.
 *
 * Causes that are independent of each other are all named. Likelihoods are judgments about how well the evidence excludes other
 * causes, not measured frequencies; docs/diagnosis.md has the measured accuracy.
 */
export function diagnoseRun(seen: RunFacts): Diagnosis {
  const facts = withRanksOfHosts(seen);
  const known = judge(withoutWords(facts));
  const general = isOpen(known) ? judge(withWords(facts)) : known;
  return byComparison(saysMore(general, known) ? byWords(general) : known, facts);
}

/** Where nothing names a culprit: the host or rank that differs from all others. */
function byComparison(diagnosis: Diagnosis, facts: RunFacts): Diagnosis {
  if (facts.placesOfEvents === undefined) return diagnosis;
  const { verdict } = diagnosis;
  const causes = verdict.kind === "fault" ? verdict.causes : [];
  const host = mayBeOfHost(diagnosis, facts) ? oddHost(facts) : undefined;
  const link = causes.length === 0 ? oddLink(facts) : undefined;
  const compared = host ?? link;
  const found = compared === undefined ? withOddOne(causes, facts) : [compared];
  if (found === undefined) return { ...diagnosis, verdict: withLostRanks(verdict, facts) };
  return {
    ...diagnosis,
    verdict: { kind: "fault", causes: found },
    alternatives: [...causes, ...diagnosis.alternatives],
  };
}

/** Of a lost host that no line names, the ranks that no longer answered. */
function withLostRanks(
  verdict: Diagnosis["verdict"],
  { signs, lastLines = [] }: RunFacts,
): Diagnosis["verdict"] {
  const reports = signs.filter(({ missingRanks }) => missingRanks !== undefined);
  const missing = [...new Set(reports.flatMap(({ missingRanks }) => missingRanks ?? []))];
  const areFew = missing.length > 0 && missing.length <= Math.max(1, lastLines.length / 3);
  if (verdict.kind !== "fault")
    return verdict.kind === "not-sure" && areFew ? unheard(missing, reports, lastLines) : verdict;
  const causes = verdict.causes.map((cause) =>
    cause.kind === "host-lost" && cause.ranks.length === 0 && areFew
      ? { ...cause, ranks: missing.toSorted((a, b) => a - b) }
      : cause,
  );
  return { kind: "fault", causes };
}

/** Nothing but the silence of few ranks is known. */
function unheard(
  ranks: readonly number[],
  reports: RunFacts["signs"],
  heard: readonly unknown[],
): Diagnosis["verdict"] {
  const cause: Cause = {
    kind: "hang",
    ranks: ranks.toSorted((a, b) => a - b),
    hosts: [],
    likelihood: 0.55,
    evidence: reports.slice(0, 3).map((sign) => lineEvidence(sign)),
    waitingRanks: Math.max(0, heard.length - ranks.length),
    placeIsNow: false,
  };
  return { kind: "fault", causes: [cause] };
}

/** What fails before the first step, without an error of the program's own. */
function mayBeOfHost({ verdict }: Diagnosis, { lastLines = [], signs }: RunFacts): boolean {
  if (lastLines.some(({ stepLines }) => stepLines > 0)) return false;
  if (verdict.kind === "no-fault") return false;
  if (verdict.kind === "not-sure") return signs.length > 0;
  return verdict.causes.every(
    (cause) =>
      cause.kind === "hang" ||
      cause.kind === "connection-lost" ||
      (cause.kind === "crash" && ofSetup.test(cause.error ?? "")),
  );
}

const ofSetup =
  /nccl|rccl|gloo|distributed|backend|version|mismatch|incompatib|symbol|driver|cuda|invalid usage/iu;

function judge(facts: RunFacts): Diagnosis {
  // Dumps of a wait that ended do not matter to a run that reached its target.
  const dumps = facts.outcome?.kind === "reached" ? [] : facts.dumps;
  const isDead = facts.outcome?.kind === "died";
  const flight = causesOfDumps(dumps, facts.stacks, { hasFailed: isDead });
  const end = causesOfEnd(facts);
  const slow = slowRanks(facts);
  const spike = spikeOf(facts) ?? [];
  const diverged = findDivergedReplicas(facts.steps) ?? [];
  const { cause: corrupted = [], isDeterministic } = findSilentCorruption(facts.steps);
  const stuck = stuckCauses(facts, flight, end.causes);
  const links = findSlowLinks(facts.links, facts.steps).filter(
    (link) => !isOfLostHost(link, end.causes, facts),
  );
  const reported = reportedFaults(facts);
  const ends = end.causes
    .map((cause) => ofMissingDump(cause, facts))
    .filter((cause) => !isExplainedBy(cause, reported));
  const all = [joinEnds(ends, stuck), slow, links, diverged, corrupted, reported, spike]
    .flat()
    .map((cause) => withHosts(cause, facts));
  const causes = all.filter(({ likelihood }) => likelihood >= minimumLikelihood);
  const doubtful = all.filter(({ likelihood }) => likelihood < minimumLikelihood);
  const others = flight.kind === "causes" ? flight.alternatives : [];
  const known = {
    lookedAt: lookedAt(facts),
    ...(isDeterministic === undefined ? {} : { isDeterministic }),
    unread: [...facts.unread],
  };
  const alternatives = [...doubtful, ...end.alternatives, ...(stuck.length > 0 ? others : [])]
    .map((cause) => withHosts(cause, facts))
    .toSorted((a, b) => b.likelihood - a.likelihood);
  if (causes.length > 0) return { verdict: { kind: "fault", causes }, alternatives, ...known };
  const reason = doubt(facts, flight, doubtful);
  if (reason === undefined) return { verdict: { kind: "no-fault" }, alternatives: [], ...known };
  return { verdict: { kind: "not-sure", reason }, alternatives, ...known };
}

/** A bad value that does not come again is no property of the numbers. */
function isExplainedBy(cause: Cause, reported: readonly Cause[]): boolean {
  const { kind, ranks } = cause;
  // A check that raises ends the ranks that it compares.
  const isEndOnly = kind === "crash" && cause.error === undefined;
  if (isEndOnly && reported.some((each) => each.kind === "replica-divergence")) return true;
  const corrupted = reported.filter((cause) => cause.kind === "silent-corruption");
  const its = new Set(corrupted.flatMap((cause) => cause.ranks));
  return kind === "not-a-number" && ranks.length > 0 && ranks.every((rank) => its.has(rank));
}

/** A host that is lost answers slowly before; and a job that failed before its first step shows no usual times. */
function isOfLostHost(link: Cause, ends: readonly Cause[], { steps }: RunFacts): boolean {
  const lost = new Set(
    ends.filter(({ kind }) => kind === "host-lost").flatMap(({ hosts }) => hosts),
  );
  const neverTrained = steps.size === 0 && ends.some(({ kind }) => kind === "configuration");
  return neverTrained || link.hosts.some((host) => lost.has(host));
}

/** Steps that a program reports show more than what was seen from outside. */
function slowRanks({ steps, waits = [], uneven }: RunFacts): Cause[] {
  if (uneven !== undefined) return [uneven];
  return steps.size > 0 ? findSlowRanks(steps) : findSleepingRank(waits);
}

function spikeOf({ steps, printedSpike, outcome }: RunFacts): Cause | undefined {
  const hasLosses = [...steps.values()].flat().some(({ loss }) => loss !== undefined);
  if (!hasLosses) return printedLossSpike(printedSpike);
  // A run that reaches its target at a higher loss has begun another phase, with other data.
  return findLossSpike(steps, { withLasting: outcome?.kind !== "reached" });
}

/** Hangs and mismatches: from the dumps; without them, from NCCL's RAS, or from the silence of the program. */
function stuckCauses(facts: RunFacts, flight: FlightVerdict, ends: readonly Cause[]): Cause[] {
  if (flight.kind === "causes") return [...flight.causes];
  const ras = causesOfRas(facts.ras ?? [], { isStuck: silence(facts).length > 0 });
  if (ras.length > 0) return ras;
  if (ends.length === 0 && facts.dumps.length === 0) {
    const reported = reportedHang(facts);
    if (reported !== undefined) return [reported];
  }
  const isExplained = ends.some(({ kind }) => kind !== "out-of-time" && kind !== "clock-step");
  return facts.dumps.length > 0 || isExplained ? [] : silence(facts);
}

/**
 * Both views of one fault become one cause: a rank that left no dump is the one that was killed; a broken connection and a time limit
 * follow from a hang.
 */
function joinEnds(ends: readonly Cause[], stuck: readonly Cause[]): Cause[] {
  const known = new Set(ends.flatMap(({ ranks }) => ranks));
  // Ranks that were ended after a failure leave no dump either, so the dumps of the others are no second opinion.
  const isPartial = known.size > 0 && stuck.some(({ kind }) => kind === "crash");
  const isNew = ({ kind, ranks }: Cause): boolean =>
    kind === "collective-mismatch" || !(isPartial || ranks.every((rank) => known.has(rank)));
  const added = known.size === 0 ? stuck : stuck.filter(isNew);
  const named = added.filter(({ likelihood }) => likelihood >= minimumLikelihood);
  // Its line does not say which rank left the order of the others; the dumps do.
  const isNamed = named.some(({ kind }) => kind === "collective-mismatch");
  const isRepeated = ({ kind }: Cause): boolean => isNamed && kind === "collective-mismatch";
  const kept =
    named.length === 0 ? ends : ends.filter((cause) => !isConsequence(cause) && !isRepeated(cause));
  const first = ends.some((cause) => !isConsequence(cause) && cause.kind !== "clock-step");
  return first ? [...kept, ...added] : [...added, ...kept];
}

function isConsequence({ kind }: Cause): boolean {
  return kind === "connection-lost" || kind === "out-of-time";
}

/**
 * The transport ended a rank in the middle of a call that does not fit, so it left no dump. If the dumps of all others show the same calls,
 * it is the one that left their order.
 */
function ofMissingDump(cause: Cause, { dumps, events }: RunFacts): Cause {
  const { ranks } = jobRanksOf(events);
  const [missing, ...more] = ranks.filter(({ rank }) => dumps.every((dump) => dump.rank !== rank));
  const isUnknown = cause.kind === "collective-mismatch" && cause.ranks.length === 0;
  if (!isUnknown || missing === undefined || more.length > 0 || dumps.length < 2) return cause;
  const calls = dumps.map(({ entries }) => {
    const last = entries.at(-1);
    return `${last?.operation} ${last?.number} ${JSON.stringify(last?.inputSizes)}`;
  });
  return new Set(calls).size === 1 ? { ...cause, ranks: [missing.rank] } : cause;
}

function withHosts(cause: Cause, { events }: RunFacts): Cause {
  const blamed = new Set(cause.ranks);
  const { ranks } = jobRanksOf(events);
  const its = ranks.filter(({ rank }) => blamed.has(rank)).map(({ host }) => host);
  const hosts = cause.hosts.length > 0 ? cause.hosts : its;
  return { ...cause, hosts: [...new Set(hosts)].filter((host) => host !== unknownHost) };
}

/** Why there is no answer although something is wrong; undefined if nothing is. */
function doubt(
  facts: RunFacts,
  flight: FlightVerdict,
  doubtful: readonly Cause[],
): string | undefined {
  if (flight.kind === "too-few-dumps") {
    const { dumpCount, rankCount } = flight;
    return `ranks wait in a collective, but only ${dumpCount} of ${rankCount} ranks left a dump`;
  }
  const [first] = doubtful;
  if (first !== undefined) return doubtAbout(first);
  const isDead = facts.outcome?.kind === "died";
  const isBad = isDead || (facts.state === "unknown" && rankFailures(facts).length > 0);
  return isBad && hasFailed(facts) ? "the run failed, and its record does not show why" : undefined;
}

function doubtAbout({ kind, evidence }: Cause): string {
  if (kind === "connection-lost")
    return "every error is about a broken connection between ranks; none shows a reason of its own";
  if (kind !== "hang") return "what was seen fits several causes";
  return evidence.some((each) => each.kind === "ras")
    ? "ranks have launched different numbers of collectives, as in a hang, but also for moments in a job that runs; a second answer of NCCL's RAS would show which"
    : "the program stopped printing, and nothing shows which rank hangs";
}
