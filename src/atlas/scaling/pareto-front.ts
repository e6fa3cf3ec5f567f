import type { FigureGap, MeasuredRow, Measure } from "../../schema/atlas/figures.ts";
import type { FrontMember, ParetoFront } from "../../schema/atlas/pareto.ts";
import { valueOf } from "../rows/measures.ts";

/**
 * The results that no other one beats: whoever is at least as good in every objective, and better in one, beats. Less is
 * better in all. Results that lack a figure can neither win nor lose; they are counted with the reason.
 *
 * @param objectives two or more; members are in order of the first
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
  const front = candidates.filter((one) => !candidates.some((other) => beats(other, one)));
  const least = objectives.map((_, at) =>
    Math.min(...candidates.map(({ values }) => values[at] ?? 0)),
  );
  return {
    objectives,
    members: front
      .toSorted((a, b) => (a.values[0] ?? 0) - (b.values[0] ?? 0))
      .map((one): FrontMember => {
        const wins = objectives.filter((_, at) => one.values[at] === least[at]);
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

function beats(one: Candidate, other: Candidate): boolean {
  let isBetter = false;
  for (const [at, value] of one.values.entries()) {
    const against = other.values[at] ?? 0;
    if (value > against) return false;
    if (value < against) isBetter = true;
  }
  return isBetter;
}

/** Two objectives of which this one has the best of the first among all that take no more of the second. */
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
