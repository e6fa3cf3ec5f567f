import type { RaceReport } from "../../schema/run/race/race-report.ts";
import { fewestPairs } from "../../schema/run/race/race-report.ts";

/**
 * The arms of one round, in the order in which they run: forward, then backward, and so on (A B B A A B B A). Over every
 * two rounds each arm has the same mean position, so that a machine that slowly gets faster or slower favors none.
 */
export function armsOfRound<Arm>(arms: readonly Arm[], round: number): Arm[] {
  return round % 2 === 0 ? [...arms] : arms.toReversed();
}

/**
 * Half the width of the widest 95 % interval, as a fraction of its ratio; undefined while an interval is missing or has an
 * infinite end. The race with `--until` ends by this width alone: stopping at the first significant difference would
 * find one far too often.
 */
export function widestHalfWidth(arms: RaceReport["arms"]): number | undefined {
  const widths = arms
    .filter(({ isDropped }) => !isDropped)
    .flatMap(({ comparison }) => comparison ?? [])
    .map(({ interval }) => {
      const { low, high } = interval ?? {};
      if (low === undefined || high === undefined || low <= 0) return undefined;
      return Math.sqrt(high / low) - 1;
    });
  const known = widths.filter((width) => width !== undefined);
  return known.length === 0 || known.length < widths.length ? undefined : Math.max(...known);
}

/** Whether a race has all its runs, after a round that gave every arm `roundCount` of them. */
export function isRaceOver(
  { settings, arms }: Pick<RaceReport, "settings" | "arms">,
  roundCount: number,
): boolean {
  const { runs, until, maxRuns = runs } = settings;
  if (roundCount < runs) return false;
  if (until === undefined || roundCount >= maxRuns) return true;
  const width = roundCount < fewestPairs ? undefined : widestHalfWidth(arms);
  return width !== undefined && width <= until;
}
