import { median } from "../../foundation/numbers/statistics.ts";
import type { Cause } from "../../schema/diagnosis/diagnosis.ts";
import type { HostLink, StepSample } from "../../schema/run/measured/telemetry-sample.ts";

/** How one host reached another at one moment. */
export interface SeenLink extends HostLink {
  timeMs: number;
  from: string;
  to: string;
}

/** TCP on a sound network sends less than one of ten thousand segments again. */
const lossyFraction = 0.005;
const minimumResent = 8;
/** A round trip is slow from this time on, if it is also this many times that between the other hosts. */
const slowMs = 5;
const slowFactor = 5;
const minimumPings = 2;
const minimumWaitedFraction = 0.2;

/** What two hosts saw of each other, in both directions. */
interface Pair {
  hosts: readonly [string, string];
  sentSegments: number;
  resentSegments: number;
  roundTripMs: number | undefined;
}

/**
 * Links that lose segments, or that take long. One host is blamed if each of its links is bad and no other is. Where all links take long,
 * that is taken for the distance between the hosts. A link that is only slow is not to blame if the ranks hardly wait for each other.
 *
 * @param steps the step samples of each rank
 */
export function findSlowLinks(
  seen: readonly SeenLink[],
  steps: ReadonlyMap<number, readonly StepSample[]> = new Map(),
): Cause[] {
  const pairs = pairsOf(seen);
  const lossy = pairs.filter(isLossy);
  const slow = waitedFraction(steps) < minimumWaitedFraction ? [] : pairs;
  const bad = lossy.length > 0 ? lossy : slow.filter((pair) => isSlow(pair, pairs));
  if (bad.length === 0) return [];
  const common = commonHosts(bad);
  // Loss on links without a common host is the network's; slowness there may be their distance.
  if (common.length === 0 && lossy.length === 0) return [];
  const blamed = common.length > 0 ? common : [...new Set(bad.flatMap(({ hosts }) => hosts))];
  const others = pairs.filter(({ hosts }) => !hosts.some((host) => blamed.includes(host)));
  return [causeOf(bad, blamed, roundTripOf(others))];
}

/** The median over the ranks; 1 if it is not known. */
function waitedFraction(steps: ReadonlyMap<number, readonly StepSample[]>): number {
  const fractions = [...steps.values()].flatMap((samples) => {
    const sum = (part: (sample: StepSample) => number): number =>
      samples.reduce((total, sample) => total + part(sample), 0);
    const waitedMs = sum(({ communicationMs }) => communicationMs);
    const wholeMs = waitedMs + sum(({ computeMs, dataWaitMs }) => computeMs + dataWaitMs);
    return wholeMs === 0 ? [] : [waitedMs / wholeMs];
  });
  return fractions.length === 0 ? 1 : median(fractions);
}

function pairsOf(seen: readonly SeenLink[]): Pair[] {
  const byPair = new Map<string, SeenLink[]>();
  for (const link of seen) {
    const key = JSON.stringify([link.from, link.to].toSorted());
    byPair.set(key, [...(byPair.get(key) ?? []), link]);
  }
  return [...byPair.values()].flatMap((links) => {
    const [first] = links;
    if (first === undefined) return [];
    const directions = [first.from, first.to].map((from) => countsOf(links, from));
    return {
      hosts: [first.from, first.to],
      sentSegments: directions.reduce((sum, each) => sum + each.sent, 0),
      resentSegments: directions.reduce((sum, each) => sum + each.resent, 0),
      roundTripMs: pingOf(links),
    };
  });
}

/** Of the moment with the most segments: counts are of open connections, and end with them. */
function countsOf(links: readonly SeenLink[], from: string): { sent: number; resent: number } {
  let most = { sent: 0, resent: 0 };
  for (const { from: each, sentSegments, resentSegments } of links)
    if (each === from && sentSegments > most.sent)
      most = { sent: sentSegments, resent: resentSegments };
  return most;
}

/** A ping is in each sample until the next one, so equal ones are one. */
function pingOf(links: readonly SeenLink[]): number | undefined {
  const pings = [...new Set(links.flatMap(({ connectMs }) => connectMs ?? []))];
  return pings.length < minimumPings ? undefined : median(pings);
}

function isLossy({ sentSegments, resentSegments }: Pair): boolean {
  return resentSegments >= minimumResent && resentSegments >= lossyFraction * sentSegments;
}

function isSlow({ hosts, roundTripMs }: Pair, all: readonly Pair[]): boolean {
  const without = hosts.map((host) => all.filter((pair) => !pair.hosts.includes(host)));
  const usual = without.flatMap((pairs) => roundTripOf(pairs) ?? []);
  if (roundTripMs === undefined || usual.length === 0) return false;
  return roundTripMs >= slowMs && roundTripMs >= slowFactor * Math.min(...usual);
}

function roundTripOf(pairs: readonly Pair[]): number | undefined {
  const known = pairs.flatMap(({ roundTripMs }) => roundTripMs ?? []);
  return known.length === 0 ? undefined : median(known);
}

/** The host at one end of all bad links; both ends of a single one. */
function commonHosts(bad: readonly Pair[]): string[] {
  const [first] = bad;
  return first === undefined
    ? []
    : first.hosts.filter((host) => bad.every(({ hosts }) => hosts.includes(host)));
}

function causeOf(bad: readonly Pair[], hosts: readonly string[], usualMs?: number): Cause {
  const sent = bad.reduce((sum, { sentSegments }) => sum + sentSegments, 0);
  const resent = bad.reduce((sum, { resentSegments }) => sum + resentSegments, 0);
  const roundTripMs = roundTripOf(bad);
  const isLong = roundTripMs !== undefined && roundTripMs >= slowMs;
  const isResent = bad.some(isLossy);
  return {
    kind: "slow-link",
    ranks: [],
    hosts: [...hosts],
    likelihood: isResent ? 0.9 : 0.6,
    evidence: bad.slice(0, 4).map((pair) => ({
      kind: "link" as const,
      hosts: [...pair.hosts],
      text: `${pair.resentSegments} of ${pair.sentSegments} segments sent again${pair.roundTripMs === undefined ? "" : `, round trip ${pair.roundTripMs.toPrecision(3)} ms`}`,
    })),
    ...(isResent ? { resentFraction: resent / sent } : {}),
    ...(isLong ? { roundTripMs } : {}),
    ...(isLong && usualMs !== undefined ? { usualRoundTripMs: usualMs } : {}),
  };
}
