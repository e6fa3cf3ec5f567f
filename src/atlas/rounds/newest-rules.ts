import type { ResultRow } from "../../schema/atlas/result-row.ts";

/**
 * Whether a row follows the newest rules that any of the rows follows: those of the highest compatibility group. One's own
 * runs have no group, and stand beside every one.
 */
export function underNewestRules(rows: readonly ResultRow[]): (row: ResultRow) => boolean {
  const newest = Math.max(0, ...rows.map((row) => (isOwn(row) ? 0 : row.compatibilityGroup)));
  return (row) => isOwn(row) || row.compatibilityGroup === newest;
}

function isOwn({ suite }: ResultRow): boolean {
  return suite === "own";
}
