const dayMs = 86_400_000;

/** Rules older than this may have changed since. */
const longestAgeDays = 90;

/** The months, from 1, in which training rounds are prepared, submitted and reviewed: results come in June and November. */
const seasonMonths: ReadonlySet<number> = new Set([4, 5, 6, 9, 10, 11]);

/** How many days ago rules were released. */
export function ageOfRules(released: string, nowMs: number): number {
  return Math.floor((nowMs - Date.parse(released)) / dayMs);
}

/** Whether rules are so old that newer ones may exist: over 90 days old, in the months before a round's results. */
export function areOldInSeason(released: string, nowMs: number): boolean {
  const month = new Date(nowMs).getUTCMonth() + 1;
  return ageOfRules(released, nowMs) > longestAgeDays && seasonMonths.has(month);
}
