import type { FigureGap, MeasuredRow, Measure } from "../../schema/atlas/figures.ts";
import type { FrontMember, ParetoFront } from "../../schema/atlas/pareto.ts";
import { valueOf } from "../rows/measures.ts";

/**
 * The Pareto-optimal results. One result dominates another if it is at least as good in every objective and better in one.
 * Lower is better in all objectives. Results without one of the figures are excluded and counted by reason.
 *
 * @param objectives two or more; members are sorted by the first
 */
export function paretoFront(
  rows: readonly MeasuredRow[],
  objectives: readonly Measure[],
): ParetoFront {
  const candidates: Candidate[] = [];
  const gaps = new Map<string, { measure: Measure; reason: FigureGap; count: number }>();
  for (const measured of rows) {
    const gap = firstGap(measured, objectives);
    if (gap === undefined) {
      const values = objectives.map((measure) => valueOf(measured.figures, measure) ?? 0);
      candidates.push({ measured, values });
      continue;
    }
    const key = `${gap.measure} ${gap.reason}`;
    gaps.set(key, { ...gap, count: (gaps.get(key)?.count ?? 0) + 1 });
  }
  const front = candidates.filter((one) => !candidates.some((other) => dominates(other, one)));
  const minimum = objectives.map((_, at) =>
    Math.min(...candidates.map(({ values }) => values[at] ?? 0)),
  );
  return {
    objectives,
    members: front
      .toSorted((a, b) => (a.values[0] ?? 0) - (b.values[0] ?? 0))
      .map((one): FrontMember => {
        const wins = objectives.filter((_, at) => one.values[at] === minimum[at]);
        const tradeOff = wins.length > 0 ? undefined : tradeOffOf(one, front, objectives);
        return { measured: one.measured, wins, tradeOff };
      }),
    candidateCount: candidates.length,
    leftOut: [...gaps.values()],
  };
}

interface Candidate {
  measured: MeasuredRow;
  /** One for each objective. */
  values: readonly number[];
}

function firstGap(
  { figures }: MeasuredRow,
  objectives: readonly Measure[],
): { measure: Measure; reason: FigureGap } | undefined {
  for (const measure of objectives) {
    const figure = figures[measure];
    if (figure.kind === "unknown") return { measure, reason: figure.reason };
  }
  return undefined;
}

function dominates(one: Candidate, other: Candidate): boolean {
  let isBetter = false;
  for (const [at, value] of one.values.entries()) {
    const against = other.values[at] ?? 0;
    if (value > against) return false;
    if (value < against) isBetter = true;
  }
  return isBetter;
}

/** Two objectives: this member has the best value of the first among all members with no more of the second. */
function tradeOffOf(
  one: Candidate,
  front: readonly Candidate[],
  objectives: readonly Measure[],
): FrontMember["tradeOff"] {
  for (const [at, best] of objectives.entries())
    for (const [limit, within] of objectives.entries()) {
      if (at === limit) continue;
      const isBest = front.every(
        ({ values }) =>
          (values[limit] ?? 0) > (one.values[limit] ?? 0) ||
          (values[at] ?? 0) >= (one.values[at] ?? 0),
      );
      if (isBest) return { best, within };
    }
  return undefined;
}
