import { groupBy } from "../../foundation/collections/group-by.ts";
import { median } from "../../foundation/numbers/statistics.ts";
import type { Cause } from "../../schema/diagnosis/diagnosis.ts";

/** Counts of what the main thread of a rank was seen doing, up to a time; they only grow. */
export interface SeenWaits {
  rank: number;
  timeMs: number;
  running: number;
  futex: number;
  sleep: number;
  otherCall: number;
}

/** Part of the training that is left out at its start, when ranks load and compile, or before a rank becomes slow. */
const warmupFractions = [0.2, 0.35, 0.5];
/** A fault of each step shows in each part of the time. There are as many parts as have enough looks not to differ by chance. */
const parts = { fewest: 3, most: 5, looks: 60 };
const minimumLooksPerPart = 25;
/** The rank is in another call this much more often than any other. */
const minimumSleep = 0.1;
const minimumSleepInPart = 0.05;
/** The others wait in a futex longer by at least this part of the excess; in a part of the time, with its few looks, only for longer. */
const waitedPart = 0.4;

/** How often, in 0..1. */
interface Shares {
  rank: number;
  looks: number;
  futex: number;
  sleep: number;
  otherCall: number;
  /** Asleep or in another call. */
  away: number;
}

/**
 * The rank that sleeps, or waits for a file or a connection, while all others wait for other threads, as they do in a collective on CPUs:
 * they wait for it. All of that is seen from outside, so it also works for programs that report no steps. A rank that computes for longer is not named,
 * because the first rank often does more by design.
 *
 * @param seen in the order of time
 */
export function findSleepingRank(seen: readonly SeenWaits[]): Cause[] {
  const ofRanks = groupBy(seen, ({ rank }) => rank);
  if (ofRanks.size < 2) return [];
  const firstMs = Math.max(...[...ofRanks.values()].map(startOf));
  const lastMs = Math.min(...[...ofRanks.values()].map((each) => each.at(-1)?.timeMs ?? 0));
  for (const fraction of warmupFractions) {
    const found = sleepingSince(firstMs + fraction * (lastMs - firstMs), lastMs, ofRanks);
    if (found !== undefined) return [found];
  }
  return [];
}

/** The rank that sleeps in each part of the time from a moment to the end. */
function sleepingSince(
  beginMs: number,
  lastMs: number,
  ofRanks: ReadonlyMap<number, readonly SeenWaits[]>,
): Cause | undefined {
  const partCount = partsIn([...ofRanks.values()], beginMs, lastMs);
  const bounds = Array.from(
    { length: partCount + 1 },
    (_, index) => beginMs + (index / partCount) * (lastMs - beginMs),
  );
  const seenParts = bounds.slice(1).map((endMs, index) => {
    const fromMs = bounds[index] ?? endMs;
    return [...ofRanks.values()].map((each) => sharesOf(each, fromMs, endMs));
  });
  const complete = seenParts.filter((each): each is Shares[] =>
    each.every((one) => one !== undefined),
  );
  if (complete.length < partCount) return undefined;
  const whole = [...ofRanks.keys()].map((rank) => meanOf(complete, rank));
  const [culprit] = whole.toSorted((one, other) => other.away - one.away);
  if (culprit === undefined) return undefined;
  const inWhole = { excess: minimumSleep, waited: waitedPart, errors: 3 };
  const inPart = { excess: minimumSleepInPart, waited: 0, errors: 0 };
  const isSlow =
    isLate(culprit.rank, whole, inWhole) &&
    complete.every((part) => isLate(culprit.rank, part, inPart));
  return isSlow ? causeOf(culprit, whole, ofRanks) : undefined;
}

/** The first collective at the earliest: until then, ranks import packages and load data. */
function startOf(seen: readonly SeenWaits[]): number {
  const first = seen.find(({ futex }) => futex > 0) ?? seen[0];
  return first?.timeMs ?? 0;
}

function causeOf(
  culprit: Shares,
  whole: readonly Shares[],
  ofRanks: ReadonlyMap<number, readonly SeenWaits[]>,
): Cause {
  const others = whole.filter(({ rank }) => rank !== culprit.rank);
  const longest = others.toSorted((a, b) => b.futex - a.futex).slice(0, 1);
  return {
    // A rank that waits for its data loader reads from a pipe, a file or a socket.
    kind: culprit.sleep < culprit.otherCall ? "data-starvation" : "compute-straggler",
    ranks: [culprit.rank],
    hosts: [],
    likelihood: 0.75,
    evidence: [culprit, ...longest].map((each) => evidenceOf(each, ofRanks.get(each.rank) ?? [])),
    lostFraction: median(others.map(({ futex }) => futex)) - culprit.futex,
  };
}

function evidenceOf(
  { rank, futex, sleep, otherCall }: Shares,
  seen: readonly SeenWaits[],
): Cause["evidence"][number] {
  const looks = looksOf(seen.at(-1));
  const text = `a futex ${percent(futex)}, sleep ${percent(sleep)}, other system calls ${percent(otherCall)} of the time`;
  return {
    kind: "stack",
    file: `${looks} looks at the main thread of rank ${rank}`,
    rank,
    frames: [{ function: text, file: "<kernel>", line: 0 }],
  };
}

function percent(fraction: number): string {
  return `${Math.round(100 * fraction)} %`;
}

/** Whether a rank is in other calls more often than each other rank, while each of these waits in a futex more often than it does. */
function isLate(
  culprit: number,
  shares: readonly Shares[],
  least: { excess: number; waited: number; errors: number },
): boolean {
  const own = shares.find(({ rank }) => rank === culprit);
  if (own === undefined) return false;
  return shares
    .filter(({ rank }) => rank !== culprit)
    .every((other) => {
      const { futex, away } = other;
      const excess = own.away - away;
      const isChance = excess < least.errors * errorOf(own, other);
      return excess >= least.excess && !isChance && futex - own.futex >= least.waited * excess;
    });
}

/** The standard error of the difference of how often two ranks are away. */
function errorOf(...ranks: readonly Shares[]): number {
  const variances = ranks.map(({ away, looks }) => (away * (1 - away)) / looks);
  return Math.sqrt(variances.reduce((sum, each) => sum + each, 0));
}

/** Other work on a host makes looks rarer, so that a part of the time must be longer to tell as much. */
function partsIn(ofRanks: readonly (readonly SeenWaits[])[], fromMs: number, toMs: number): number {
  const fewest = Math.min(...ofRanks.map((seen) => looksBetween(seen, fromMs, toMs)));
  return Math.min(parts.most, Math.max(parts.fewest, Math.floor(fewest / parts.looks)));
}

function looksBetween(seen: readonly SeenWaits[], fromMs: number, toMs: number): number {
  const [before, after] = [fromMs, toMs].map((ms) => seen.findLast(({ timeMs }) => timeMs <= ms));
  return looksOf(after) - looksOf(before);
}

/** What was seen between two moments; undefined if that is too little. */
function sharesOf(seen: readonly SeenWaits[], fromMs: number, toMs: number): Shares | undefined {
  const before = seen.findLast(({ timeMs }) => timeMs <= fromMs);
  const after = seen.findLast(({ timeMs }) => timeMs <= toMs);
  if (before === undefined || after === undefined) return undefined;
  const looks = looksOf(after) - looksOf(before);
  const share = (count: "futex" | "sleep" | "otherCall"): number =>
    (after[count] - before[count]) / looks;
  if (looks < minimumLooksPerPart) return undefined;
  return {
    rank: after.rank,
    looks,
    futex: share("futex"),
    sleep: share("sleep"),
    otherCall: share("otherCall"),
    away: share("sleep") + share("otherCall"),
  };
}

function looksOf(seen: SeenWaits | undefined): number {
  return seen === undefined ? 0 : seen.running + seen.futex + seen.sleep + seen.otherCall;
}

function meanOf(all: readonly (readonly Shares[])[], rank: number): Shares {
  const own = all.flatMap((part) => part.filter((each) => each.rank === rank));
  const mean = (share: (each: Shares) => number): number =>
    own.reduce((sum, each) => sum + share(each), 0) / own.length;
  return {
    rank,
    looks: own.reduce((sum, each) => sum + each.looks, 0),
    futex: mean(({ futex }) => futex),
    sleep: mean(({ sleep }) => sleep),
    otherCall: mean(({ otherCall }) => otherCall),
    away: mean(({ away }) => away),
  };
}
