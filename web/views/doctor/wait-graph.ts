import { rangesOf } from "../../../src/report/diagnosis/describe-cause.ts";
import { countOf } from "../../../src/report/wording.ts";
import type { Cause, CollectiveReference } from "../../../src/schema/diagnosis/diagnosis.ts";
import { launchingHost } from "../../../src/schema/run/hosts/launching-host.ts";

/** Ranks that wait in one operation for those that never came, as one group however many they are. */
export interface WaitGroup {
  culprits: string;
  operation: string;
  waiting: string;
  waitingFraction: number;
}

/** Who waits for whom: groups of ranks that wait for a culprit, and the ranks that wait for these groups. */
export interface WaitGraph {
  groups: readonly WaitGroup[];
  others: { text: string; fraction: number } | undefined;
}

/** Undefined if no rank is known to wait. */
export function waitGraph(causes: readonly Cause[], rankCount: number): WaitGraph | undefined {
  const waits = causes.flatMap((cause) => waitOf(cause, rankCount) ?? []);
  if (waits.length === 0) return undefined;
  const all = Math.max(...waits.map(({ allCount }) => allCount));
  const direct = waits.reduce((sum, { directCount }) => sum + directCount, 0);
  const otherCount = Math.max(0, all - direct);
  // A program can start ranks of its own.
  const totalCount = Math.max(rankCount, all + blamedCount(causes));
  return {
    groups: waits.map(({ culprits, operation, directCount }) => ({
      culprits,
      operation,
      waiting: countOf(directCount, "rank"),
      waitingFraction: Math.min(1, directCount / totalCount),
    })),
    others:
      otherCount === 0
        ? undefined
        : { text: countOf(otherCount, "rank"), fraction: Math.min(1, otherCount / totalCount) },
  };
}

/** The ranks that others wait for. */
function blamedCount(causes: readonly Cause[]): number {
  const blamed = causes.filter(({ kind }) => kind === "hang" || kind === "collective-mismatch");
  return new Set(blamed.flatMap(({ ranks }) => ranks)).size;
}

interface Wait {
  culprits: string;
  operation: string;
  /** Ranks in the operation, and all that wait because of it. */
  directCount: number;
  allCount: number;
}

function waitOf(cause: Cause, rankCount: number): Wait | undefined {
  const blamed = cause.ranks.length;
  if (blamed === 0) return undefined;
  const culprits = culpritsText(cause);
  if (cause.kind === "hang" || cause.kind === "collective-mismatch") {
    const { waitingRanks, directlyWaitingRanks = waitingRanks, collective } = cause;
    if (waitingRanks === 0) return undefined;
    const operation =
      collective === undefined
        ? "an unknown operation"
        : `${collective.operation} #${collective.number}${groupText(collective)}`;
    return { culprits, operation, directCount: directlyWaitingRanks, allCount: waitingRanks };
  }
  const isSlow = cause.kind === "compute-straggler" || cause.kind === "data-starvation";
  const count = rankCount - blamed;
  return isSlow && count > 0
    ? { culprits, operation: "each step", directCount: count, allCount: count }
    : undefined;
}

const shownRanges = 8;

function culpritsText({ ranks, hosts }: Cause): string {
  const ranges = rangesOf(ranks);
  const more = ranges.length > shownRanges ? ` and ${ranges.length - shownRanges} more` : "";
  const name = ranks.length === 1 ? "rank" : "ranks";
  const on = hosts.length === 1 && hosts[0] !== launchingHost ? ` on ${hosts[0]}` : "";
  return `${name} ${ranges.slice(0, shownRanges).join(", ")}${more}${on}`;
}

function groupText({ group, groupDescription }: CollectiveReference): string {
  const name = groupDescription ?? group;
  return name === "default_pg" || name === "" ? "" : ` of group ${name}`;
}
