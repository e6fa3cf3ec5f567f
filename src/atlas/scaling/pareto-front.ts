import type { MeasuredRow, Measure } from "../../schema/atlas/answers/figures.ts";
import type { FrontMember, LeftOut, ParetoFront } from "../../schema/atlas/answers/pareto.ts";
import { labelOf, mixedLabelsOf, valueOf } from "../rows/measures.ts";

/**
 * The Pareto-optimal results. One result dominates another if it is at least as good in every objective and better in one.
 * Lower is better in all objectives. Figures of different sources (measured and estimated energy, stated and computed cost) and weak
 * and strong scaling are not comparable, so such results do not dominate each other. Results without one of the figures are excluded and counted by reason.
 *
 * @param objectives two or more; members are sorted by the first
 */
export function paretoFront(
  rows: readonly MeasuredRow[],
  objectives: readonly Measure[],
): ParetoFront {
  const candidates: Candidate[] = [];
  const gaps = new Map<string, { gap: Gap; rows: MeasuredRow[] }>();
  for (const measured of rows) {
    const gap = firstGap(measured, objectives);
    if (gap === undefined) {
      const values = objectives.map((measure) => valueOf(measured.figures, measure) ?? 0);
      const kinds = objectives.map(
        (measure) => `${measured.row.scaling} ${labelOf(measured.figures, measure) ?? ""}`,
      );
      candidates.push({ measured, values, kinds, kind: kinds.join() });
      continue;
    }
    const key = `${gap.measure} ${gap.reason}`;
    const group = gaps.get(key) ?? { gap, rows: [] };
    group.rows.push(measured);
    gaps.set(key, group);
  }
  const front = candidates.filter((one) => !candidates.some((other) => dominates(other, one)));
  return {
    objectives,
    members: front
      .toSorted((a, b) => (a.values[0] ?? 0) - (b.values[0] ?? 0))
      .map((one): FrontMember => {
        const wins = objectives.filter((_, at) => isLeast(one, candidates, at));
        const alike = front.filter(({ kind }) => kind === one.kind);
        const tradeOff = wins.length > 0 ? undefined : tradeOffOf(one, alike, objectives);
        return { measured: one.measured, wins, tradeOff };
      }),
    mixedLabels: mixedLabelsOf(
      candidates.map(({ measured }) => measured),
      objectives,
    ),
    candidateCount: candidates.length,
    leftOut: [...gaps.values()].map(({ gap: { measure, reason }, rows }) => ({
      measure,
      reason,
      count: rows.length,
      accelerators: acceleratorsOf(rows),
    })),
  };
}

type Gap = Pick<LeftOut, "measure" | "reason">;

function acceleratorsOf(rows: readonly MeasuredRow[]): string[] {
  const counts = new Map<string, number>();
  for (const { row } of rows)
    if (row.accelerator !== undefined)
      counts.set(row.accelerator, (counts.get(row.accelerator) ?? 0) + 1);
  return [...counts].toSorted(([, a], [, b]) => b - a).map(([name]) => name);
}

interface Candidate {
  measured: MeasuredRow;
  /** One for each objective. */
  values: readonly number[];
  /** The scaling and label of each value; only values of the same kind are comparable. */
  kinds: readonly string[];
  /** All of `kinds`. */
  kind: string;
}

function isLeast(one: Candidate, candidates: readonly Candidate[], at: number): boolean {
  return candidates.every(
    ({ values, kinds }) =>
      kinds[at] !== one.kinds[at] || (values[at] ?? 0) >= (one.values[at] ?? 0),
  );
}

function firstGap({ figures }: MeasuredRow, objectives: readonly Measure[]): Gap | undefined {
  for (const measure of objectives) {
    const figure = figures[measure];
    if (figure.kind === "unknown") return { measure, reason: figure.reason };
  }
  return undefined;
}

function dominates(one: Candidate, other: Candidate): boolean {
  if (one.kind !== other.kind) return false;
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
