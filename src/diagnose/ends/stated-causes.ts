import { groupBy } from "../../foundation/collections/group-by.ts";
import type { Cause } from "../../schema/diagnosis/diagnosis.ts";
import type { Evidence } from "../../schema/diagnosis/evidence.ts";
import { jobRanksOf } from "../../schema/run/hosts/job-ranks.ts";
import { lineEvidence, rankOfSign, type SeenSign } from "../lines/line-signs.ts";
import { hasLoss } from "../lines/printed-losses.ts";
import type { RunFacts } from "../run-facts.ts";
import { eventEvidence, findingEvidence, hostsOf } from "./evidence-of-run.ts";
import { hasFailed } from "./rank-failures.ts";

/** Causes that an event, a finding, or the state of the record states. */
export function statedCauses(facts: RunFacts): Cause[] {
  const scheduled = schedulerCauses(facts);
  // When the scheduler ends a job, its agents end too.
  const hosts =
    scheduled.length > 0 && scheduled.every(({ kind }) => kind !== "host-lost")
      ? []
      : lostHosts(facts);
  return [
    // The agents of a failed node name it.
    ...(hosts.length > 0 ? [] : scheduled),
    ...hosts,
    ...(scheduled.length + hosts.length > 0 ? [] : printedEnds(facts)),
    ...launcherKilled(facts),
    ...notStarted(facts),
    ...notANumber(facts),
    ...mismatches(facts),
    ...limits(facts),
    ...clockSteps(facts),
  ];
}

function lostHosts({ events }: RunFacts): Cause[] {
  const { ranks } = jobRanksOf(events);
  return events.flatMap((each): Cause[] => {
    const { event } = each;
    if (event.kind !== "host-lost") return [];
    const { host, reason, isPreempted } = event;
    const its = ranks.filter((rank) => rank.host === host).map(({ rank }) => rank);
    const evidence = [eventEvidence(each, `${host}: ${reason}`)];
    const common = { ranks: its, hosts: [host], likelihood: 0.9, evidence };
    return isPreempted === true
      ? [{ kind: "preemption" as const, ...common }]
      : [{ kind: "host-lost" as const, ...common, reason }];
  });
}

/** What Slurm, Ray or mpirun say ended the job. */
function schedulerCauses(facts: RunFacts): Cause[] {
  return facts.events.flatMap((each) => {
    const { event } = each;
    if (event.kind !== "ended-by-scheduler") return [];
    const evidence = [eventEvidence(each, `${event.state}: ${event.reason}`)];
    const common = { ranks: [], hosts: [], likelihood: 0.95, evidence };
    switch (event.state) {
      case "TIMEOUT":
      case "DEADLINE":
        return [{ kind: "out-of-time" as const, ...common, limit: "scheduler" as const }];
      case "PREEMPTED":
      case "REQUEUED":
        return [{ kind: "preemption" as const, ...common }];
      case "OUT_OF_MEMORY":
        return [outOfMemory(facts, evidence, event.reason)];
      case "NODE_FAIL":
      case "BOOT_FAIL":
        return [{ kind: "host-lost" as const, ...common, reason: event.reason }];
      default:
        // CANCELLED is a request, FAILED the exit of the program.
        return [];
    }
  });
}

/** The scheduler names no rank; the one that the kernel killed shows it, else the host in its reason if it has one rank. */
function outOfMemory(
  { events, signs }: RunFacts,
  evidence: readonly Evidence[],
  reason: string,
): Cause {
  const [killed] = events.flatMap(({ event }) =>
    event.kind === "rank-exited" && event.signal === "SIGKILL" ? [event] : [],
  );
  const { ranks } = jobRanksOf(events);
  const words = new Set(reason.split(/[^\w.]+/u));
  const named = ranks.filter(({ host }) => words.has(host));
  const only = named.length === 1 ? named : [];
  const blamed = killed === undefined ? only : [killed];
  const hosts = (killed === undefined ? named : blamed).map(({ host }) => host);
  const lines = signs.filter(({ kind }) => kind === "host-memory").slice(0, 2);
  return {
    kind: "out-of-memory",
    ranks: blamed.map(({ rank }) => rank),
    hosts: [...new Set(hosts)],
    likelihood: 0.95,
    evidence: [...evidence, ...lines.map((sign) => lineEvidence(sign))],
    memory: "host",
  };
}

/** Without a record, the scheduler's own lines state the end of the whole job. */
function printedEnds({ signs, placesOfEvents }: RunFacts): Cause[] {
  if (placesOfEvents === undefined) return [];
  const unnamed = signs.filter((sign) => rankOfSign(sign) === undefined && sign.isPassed !== true);
  const found = unnamed.find(({ kind }) => kind === "time-limit" || kind === "preemption");
  const sign =
    found ?? unnamed.find(({ kind }) => kind === "node-failed" || kind === "launcher-ended");
  if (sign === undefined) return [];
  const common = { ranks: [], hosts: [], likelihood: 0.9, evidence: [lineEvidence(sign)] };
  if (sign.kind === "preemption") return [{ kind: "preemption", ...common }];
  if (sign.kind === "time-limit") return [{ kind: "out-of-time", ...common, limit: "scheduler" }];
  if (sign.kind === "launcher-ended") return [{ kind: "launcher-killed", ...common }];
  return [{ kind: "host-lost", ...common, ranks: ranksOfFailed(signs), reason: sign.text.trim() }];
}

/** The ranks of the hosts that other lines say have failed. */
function ranksOfFailed(signs: readonly SeenSign[]): number[] {
  const its = signs.filter((sign) => sign.kind === "node-failed" && sign.isPassed !== true);
  return [...new Set(its.flatMap((sign) => rankOfSign(sign) ?? []))].toSorted((a, b) => a - b);
}

function launcherKilled({ state, events }: RunFacts): Cause[] {
  const last = events.at(-1);
  if (state !== "abandoned" || last === undefined) return [];
  const way = events.findLast(({ event }) => event.kind === "stopping");
  if (way?.event.kind === "stopping" && way.event.reason === "preemption") {
    const told = [eventEvidence(way, "Pitwall received SIGTERM and ended the job")];
    return [{ kind: "preemption", ranks: [], hosts: [], likelihood: 0.95, evidence: told }];
  }
  const evidence = [eventEvidence(last, `last event \`${last.event.kind}\`; no result follows`)];
  return [{ kind: "launcher-killed", ranks: [], hosts: [], likelihood: 0.9, evidence }];
}

/** An error of the launch, before any rank ran. */
function notStarted({ findings }: RunFacts): Cause[] {
  return findings.flatMap((finding) => {
    if (finding.rule !== "start-failed") return [];
    const { rule, message } = finding;
    const common = { ranks: [], hosts: [], evidence: [findingEvidence(rule, message)] };
    return [{ kind: "configuration" as const, ...common, likelihood: 0.9, detail: message }];
  });
}

function notANumber(facts: RunFacts): Cause[] {
  const { outcome, badLosses, placesOfEvents } = facts;
  if (placesOfEvents !== undefined && badLosses.length > 0) return [lastingNotANumber(facts)];
  if (outcome?.kind === "missed") return missedByNotANumber(facts, outcome);
  // A run that ends without an error may still have trained nothing since its loss became bad.
  return outcome?.kind === "reached" && badLosses.length > 0 ? [lastingNotANumber(facts)] : [];
}

function missedByNotANumber(facts: RunFacts, outcome: { reason: string }): Cause[] {
  const { findings, events, signs, badLosses: lasting } = facts;
  const isStated = outcome.reason === "not-a-number";
  const bad = new Set(lasting.map(({ rank }) => rank));
  const lines = byStep(
    signs.filter((sign) => {
      const isOver = hasLoss(sign.text) && !bad.has(sign.rank);
      return sign.kind === "not-a-number" && (isStated || !isOver);
    }),
  );
  const isSeen = lines.length > 0 || lasting.length > 0 || endsNotFinite(facts);
  if (!isStated && !isSeen) return [];
  const stops = events.filter(({ event }) => event.kind === "stopping").slice(0, 1);
  const [first] = lines;
  const rank = first?.namedRank ?? first?.rank;
  const ranks = rank === undefined || !comparesRanks(facts, lines) ? [] : [rank];
  return [
    {
      kind: "not-a-number",
      ranks,
      hosts: hostsOf(ranks, events),
      likelihood: 0.9,
      evidence: [
        ...[...lines, ...lasting].slice(0, 2).map((line) => lineEvidence(line)),
        ...findings.flatMap((found) => {
          if (found.rule !== "metric-not-a-number") return [];
          const { rule, metric, seen, count } = found;
          return [findingEvidence(rule, `\`${metric}\` was \`${seen}\` ${count} times`)];
        }),
        ...stops.map((stop) => eventEvidence(stop, "Pitwall stopped the run")),
      ],
    },
  ];
}

function lastingNotANumber(facts: RunFacts): Cause {
  const lines = byStep(facts.badLosses);
  const [first] = lines;
  const areMany = facts.lossRanks.length > 1 && lines.length <= facts.lossRanks.length / 2;
  const ranks = first?.rank !== undefined && areMany ? [first.rank] : [];
  return {
    kind: "not-a-number",
    ranks,
    hosts: hostsOf(ranks, facts.events),
    likelihood: 0.8,
    evidence: lines.slice(0, 3).map((line) => lineEvidence(line)),
  };
}

/** A rank that is the only one to print its loss is the first to print a bad one, whose fault it ever is. */
function comparesRanks({ lossRanks, events }: RunFacts, lines: readonly SeenSign[]): boolean {
  const seen = new Set([...lossRanks, ...lines.map((sign) => rankOfSign(sign))]);
  return jobRanksOf(events).ranks.length < 2 || seen.size > 1;
}

/** By their samples, most ranks end with a loss that is no finite number. */
function endsNotFinite({ steps }: RunFacts): boolean {
  const lasts = [...steps.values()].flatMap((samples) => samples.at(-1) ?? []);
  const bad = lasts.filter(({ nonFiniteLoss }) => nonFiniteLoss !== undefined);
  return bad.length > lasts.length / 2;
}

/** Output of several hosts does not arrive in the order of the steps, so lines that name a step are put into that order. */
function byStep<Line extends { text: string }>(lines: readonly Line[]): Line[] {
  const isOrdered = lines.every((line) => Number.isFinite(stepOf(line)));
  return isOrdered ? lines.toSorted((a, b) => stepOf(a) - stepOf(b)) : [...lines];
}

function stepOf({ text }: { text: string }): number {
  return Number(/\b(?:step|iter(?:ation)?|batch)\D{0,3}(\d+)/iu.exec(text)?.[1] ?? Number.NaN);
}

/** The transport noticed that the calls of two ranks do not fit. It does not know which one is wrong. */
function mismatches(facts: RunFacts): Cause[] {
  const lines = facts.signs.filter(({ kind }) => kind === "mismatch");
  if (lines.length === 0 || !hasFailed(facts)) return [];
  const evidence = lines.slice(0, 3).map((sign) => lineEvidence(sign));
  const common = { hosts: [], likelihood: 0.85, evidence, waitingRanks: 0 };
  const odd = oddOnes(lines);
  const ranks = odd.length > 0 ? odd : senders(lines);
  return [{ kind: "collective-mismatch", ...common, ranks, how: "unknown" }];
}

/** The rank whose data did not fit into what the others expected, if it is only one. */
function senders(lines: readonly SeenSign[]): number[] {
  const sent = lines.flatMap(({ text }) => /\bfrom (?:\w+ )*?(\d+)\b/iu.exec(text)?.[1] ?? []);
  const ranks = new Set(sent.map(Number));
  return ranks.size === 1 && sent.length === lines.length ? [...ranks] : [];
}

/** PyTorch's detailed checks compare two ranks in each line: the call of one rank against that of each of several others. */
const comparedCalls =
  /Rank (\d+) is running collective: CollectiveFingerPrint\((.*?)\),? but Rank (\d+) is running collective: CollectiveFingerPrint\((.*?)\)/u;

/** What follows the first bracket are options of the tensors, cut at different places. */
function withoutOptions(call = ""): string {
  return call.split(")")[0] ?? "";
}

function oddOnes(lines: readonly SeenSign[]): number[] {
  const calls = new Map<number, string>();
  for (const { text } of lines) {
    const [, own, call, other, otherCall] = comparedCalls.exec(text) ?? [];
    if (own === undefined || other === undefined) continue;
    calls.set(Number(own), withoutOptions(call));
    calls.set(Number(other), withoutOptions(otherCall));
  }
  const groups = groupBy(calls, ([, call]) => call);
  const [usual, ...others] = [...groups.values()].toSorted((a, b) => b.length - a.length);
  const odd = others.flat().map(([rank]) => rank);
  return usual !== undefined && odd.length > 0 && odd.length < calls.size / 2 ? odd : [];
}

/** A limit that the user set ended the run before its target. */
function limits({ outcome, events }: RunFacts): Cause[] {
  if (outcome?.kind !== "missed") return [];
  const { reason } = outcome;
  if (reason === "ended" || reason === "not-a-number") return [];
  const stop = events.find(({ event }) => event.kind === "stopping");
  const evidence = stop === undefined ? [] : [eventEvidence(stop, `stopped by --${reason}`)];
  return [{ kind: "out-of-time", ranks: [], hosts: [], likelihood: 0.9, evidence, limit: reason }];
}

function clockSteps({ findings }: RunFacts): Cause[] {
  return findings.flatMap((finding) => {
    if (finding.rule !== "clock-stepped") return [];
    const text = `the system clock moved by ${Math.round(finding.steppedMs)} ms during the run`;
    const evidence = [findingEvidence(finding.rule, text)];
    const { steppedMs } = finding;
    return [
      { kind: "clock-step" as const, ranks: [], hosts: [], likelihood: 0.9, evidence, steppedMs },
    ];
  });
}
