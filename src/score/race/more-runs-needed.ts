import { normal975, studentT975 } from "../../foundation/numbers/distributions.ts";
import { meanOf } from "../../foundation/numbers/statistics.ts";

/** The normal quantile for a power of 80 %. */
const normal80 = 0.841_621;
/** A difference that needs more runs than this is not worth deciding. */
const mostRuns = 1000;

/**
 * How many more pairs would decide the comparison with a probability of 80 %, if ratio and spread stay as they are.
 * Undefined above 1000: the arms hardly differ.
 *
 * @param logs log ratios of the pairs so far; infinite where one run missed
 * @param fewestPairs the smallest number of pairs that can decide
 */
export function moreRunsNeeded(
  logs: readonly number[],
  center: number,
  fewestPairs: number,
): number | undefined {
  const needed = Number.isFinite(meanOf(logs)) ? neededByMean(logs, center) : neededBySign(logs);
  if (needed === undefined) return undefined;
  return Math.max(1, Math.max(needed, fewestPairs) - logs.length);
}

/** The number of pairs at which Student's interval, with room for a power of 80 %, no longer reaches zero. */
function neededByMean(logs: readonly number[], center: number): number | undefined {
  const variance =
    logs.length < 2
      ? 0
      : logs.reduce((sum, value) => sum + (value - center) ** 2, 0) / (logs.length - 1);
  if (variance === 0) return center === 0 && logs.length > 1 ? undefined : logs.length;
  const isEnough = (count: number): boolean =>
    (studentT975(count - 1) + normal80) * Math.sqrt(variance / count) <= Math.abs(center);
  for (let count = 6; count <= mostRuns; count++) if (isEnough(count)) return count;
  return undefined;
}

/** Where runs missed, by the share of pairs in which one arm was faster. */
function neededBySign(logs: readonly number[]): number | undefined {
  const signs = logs.filter((value) => value !== 0);
  const share = signs.filter((value) => value > 0).length / Math.max(1, signs.length);
  const away = Math.abs(share - 0.5);
  if (signs.length === 0 || away === 0) return undefined;
  const needed = ((normal975 / 2 + normal80 * Math.sqrt(share * (1 - share))) / away) ** 2;
  return needed > mostRuns ? undefined : Math.ceil(needed);
}
