import type { ResultRow } from "../../schema/atlas/results/result-row.ts";

/**
 * Whether a row belongs to the highest compatibility group among the rows, and so follows their newest rules. The user's own
 * runs have no group and always qualify.
 */
export function underNewestRules(rows: readonly ResultRow[]): (row: ResultRow) => boolean {
  const newest = Math.max(0, ...rows.map((row) => (isOwn(row) ? 0 : row.compatibilityGroup)));
  return (row) => isOwn(row) || row.compatibilityGroup === newest;
}

function isOwn({ suite }: ResultRow): boolean {
  return suite === "own";
}
