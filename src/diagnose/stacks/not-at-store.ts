import type { RankProcess, RankStack } from "../flight/causes-of-dumps.ts";

type Seen = RankStack & { process: RankProcess };

/**
 * The ranks that have not come to the store at which a process group is formed, while the others wait there: few that have no connection to it; or
 * rank 0, if it has not opened the store and the others try again and again. Empty if the processes do not tell.
 */
export function notAtStore(stacks: readonly RankStack[], rankCount: number): RankStack[] {
  const seen = stacks.flatMap((stack): Seen[] =>
    stack.process === undefined ? [] : [{ ...stack, process: stack.process }],
  );
  if (seen.length < rankCount || rankCount < 2) return [];
  const away = seen.filter(({ process }) => process.store === "none");
  if (away.length > 0 && away.length <= Math.max(1, rankCount / 3)) return away;
  const first = seen.find(({ rank }) => rank === 0);
  if (first === undefined || away.length < rankCount || first.process.hasAgentStore) return [];
  const others = seen.filter((each) => each !== first);
  const areTrying = others.every(({ process }) => process.wakes > 0 && process.cpuShare < 0.5);
  const isApart = first.process.wakes === 0 || first.process.cpuShare > 0.5;
  return areTrying && isApart ? [first] : [];
}
