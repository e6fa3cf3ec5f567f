import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import { withoutRepeats } from "../rows/repeated-rows.ts";
import { compareRoundNames } from "../rows/sort-results.ts";
import { scalingCurves, type ScalingCurves } from "./scaling-curves.ts";

/** The number of sizes of one curve that a round should have: the newest with four, else with three, else with two. */
const preferredSizes = [4, 3, 2];

/**
 * The scaling curves of results of one benchmark under their newest rules.
 *
 * @param options `hasRound`: the results are of requested rounds, which are all used; else those of the newest round with
 *   enough sizes
 */
export function selectScaling(
  found: readonly ResultRow[],
  { hasRound }: { hasRound: boolean },
): ScalingCurves {
  const newestGroup = Math.max(0, ...found.map(({ compatibilityGroup }) => compatibilityGroup));
  const alike = found.filter(({ compatibilityGroup }) => compatibilityGroup === newestGroup);
  return scalingCurves(withoutRepeats(hasRound ? alike : chooseRound(alike)));
}

/** Rounds differ in software, which would look like scaling: uses a single round if one has enough sizes of one curve. */
function chooseRound(rows: readonly ResultRow[]): readonly ResultRow[] {
  const rounds = [...new Set(rows.map(({ round }) => round))].toSorted(compareRoundNames);
  const bySize = rounds.map((round) => {
    const own = rows.filter((row) => row.round === round);
    const outcome = scalingCurves(own);
    return { own, sizeCount: outcome.kind === "curves" ? outcome.report.points.length : 0 };
  });
  for (const least of preferredSizes) {
    const newest = bySize.findLast(({ sizeCount }) => sizeCount >= least);
    if (newest !== undefined) return newest.own;
  }
  return rows;
}
