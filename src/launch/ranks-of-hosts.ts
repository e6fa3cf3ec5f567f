import type { LaunchedRank } from "../schema/run/hosts/rank.ts";

/** Ranks numbered consecutively, host after host. */
export function ranksOfHosts(
  hosts: readonly { host: string; rankCount: number }[],
): LaunchedRank[] {
  const ranks: LaunchedRank[] = [];
  for (const { host, rankCount } of hosts) {
    for (let localRank = 0; localRank < rankCount; localRank++)
      ranks.push({ host, rank: ranks.length, localRank });
  }
  return ranks;
}
