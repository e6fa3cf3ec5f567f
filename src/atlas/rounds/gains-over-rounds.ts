import type { CompatibilityGroup } from "../../schema/atlas/answers/compatibility.ts";
import type { Gains, GainStep } from "../../schema/atlas/answers/gains.ts";
import type { ResultRow, ScoreKind } from "../../schema/atlas/results/result-row.ts";
import { changesBetween } from "../compare/may-compare.ts";
import { compareRoundNames } from "../rows/sort-results.ts";

/** Moore's law as used for comparison: a doubling every 24 months. */
export const mooreDoublingDays = (24 * 365.2425) / 12;

export type GainsOutcome =
  | { kind: "gains"; gains: Gains }
  | { kind: "too-few-rounds"; rounds: readonly string[] };

/**
 * The best result of each round and its gain over the first round: by shortest time, or per chip by fewest
 * accelerator-minutes. Rounds of another compatibility group are included, because published claims include them; they are
 * marked, with what changed. If the best of any round is a middle run, all rounds are compared by their middle runs.
 *
 * @param rows of one suite and benchmark; those without a score (per chip: or accelerators) and weakly scaled ones do
 *   not count
 */
export function gainsOverRounds(
  rows: readonly ResultRow[],
  groups: readonly CompatibilityGroup[],
  per: Gains["per"] = "system",
): GainsOutcome {
  const byScore = bestOfRounds(rows, { per, basis: "score" });
  const isOfScores = byScore.best.every(({ row }) => row.scoreKind === "score");
  const basis = isOfScores ? "score" : "middle-run";
  const { best, implausible } = isOfScores ? byScore : bestOfRounds(rows, { per, basis });
  const [first] = best;
  const last = best.at(-1);
  if (first === undefined || last === undefined || best.length < 2)
    return { kind: "too-few-rounds", rounds: best.map(({ row }) => row.round) };
  const steps = best.map(({ row, value }, index): GainStep => {
    const before = best[index - 1];
    return {
      round: row.round,
      publishedOn: row.publishedOn,
      row,
      value,
      gainOverFirst: first.value / value,
      gainOverPrevious: (before ?? first).value / value,
      bestGain: first.value / leastOf(best.slice(0, index + 1)).value,
      mooreGain: mooreGain(daysBetween(first.row.publishedOn, row.publishedOn)),
      change: before === undefined ? { kind: "none" } : changeOf(before.row, row, groups),
    };
  });
  const { round: _last, gain: totalGain, ...total } = spanOf(first, last);
  const alike = best.filter(({ row }) => row.compatibilityGroup === last.row.compatibilityGroup);
  const isComparable = first.row.compatibilityGroup === last.row.compatibilityGroup;
  return {
    kind: "gains",
    gains: {
      benchmark: first.row.benchmark,
      per,
      basis,
      division: commonDivision(best.map(({ row }) => row)),
      steps,
      totalGain,
      ...total,
      best: spanOf(first, leastOf(best)),
      isSameHardware: isSameHardware(best.map(({ row }) => row)),
      weakCount: rows.filter(({ scaling }) => scaling === "weak").length,
      implausible,
      isComparable,
      withinLastGroup: isComparable ? undefined : gainWithin(alike),
    },
  };
}

/** The gain between two steps, with Moore's law over the time between their publications. */
function spanOf(first: BestOfRound, last: BestOfRound): Gains["best"] {
  const days = daysBetween(first.row.publishedOn, last.row.publishedOn);
  const gain = first.value / last.value;
  return {
    round: last.row.round,
    gain,
    days,
    mooreGain: mooreGain(days),
    doublingMonths:
      days === undefined || days === 0 || gain <= 1
        ? undefined
        : days / (365.2425 / 12) / Math.log2(gain),
  };
}

/** The earliest of the best, if several are equal. */
function leastOf(steps: readonly BestOfRound[]): BestOfRound {
  return steps.reduce((least, one) => (one.value < least.value ? one : least));
}

function gainWithin(alike: readonly BestOfRound[]): Gains["withinLastGroup"] {
  const [first] = alike;
  const last = alike.at(-1);
  if (first === undefined || last === undefined || first === last) return undefined;
  const best = leastOf(alike);
  return {
    from: first.row.round,
    gain: first.value / last.value,
    best: { round: best.row.round, gain: first.value / best.value },
  };
}

function isSameHardware(rows: readonly ResultRow[]): boolean {
  const [first] = rows;
  if (first?.accelerator === undefined || first.acceleratorCount === undefined) return false;
  return rows.every(
    ({ accelerator, acceleratorCount }) =>
      accelerator === first.accelerator && acceleratorCount === first.acceleratorCount,
  );
}

/** The compared value in milliseconds, per chip or for the whole system; by default of the score. */
export function gainValue(
  row: ResultRow,
  per: Gains["per"],
  basis: ScoreKind = "score",
): number | undefined {
  const timeMs = basis === "score" ? row.scoreMs : row.medianMs;
  if (row.scoreMs === undefined || timeMs === undefined || row.scaling === "weak") return undefined;
  if (per === "system") return timeMs;
  return row.acceleratorCount === undefined ? undefined : timeMs * row.acceleratorCount;
}

interface BestOfRound {
  row: ResultRow;
  value: number;
}

/** Rules unchanged, new hardware has gained at most 7 times per chip in a round; a greater gain is an error in the counts. */
const highestChipGain = 10;

function bestOfRounds(
  rows: readonly ResultRow[],
  { per, basis }: Pick<Gains, "per" | "basis">,
): { best: BestOfRound[]; implausible: Gains["implausible"] } {
  const rounds = new Map<string, BestOfRound[]>();
  for (const row of rows) {
    const value = gainValue(row, per, basis);
    if (value === undefined || value <= 0) continue;
    const members = rounds.get(row.round) ?? [];
    members.push({ row, value });
    rounds.set(row.round, members);
  }
  const best: BestOfRound[] = [];
  const implausible: Gains["implausible"][number][] = [];
  for (const [, members] of [...rounds].toSorted(([a], [b]) => compareRoundNames(a, b))) {
    const before = best.at(-1);
    for (const one of members.toSorted((a, b) => a.value - b.value)) {
      const gainOverPrevious = before === undefined ? 1 : before.value / one.value;
      const isAlike = before?.row.compatibilityGroup === one.row.compatibilityGroup;
      if (per === "system" || !isAlike || gainOverPrevious <= highestChipGain) {
        best.push(one);
        break;
      }
      implausible.push({ rowId: one.row.rowId, gainOverPrevious });
    }
  }
  return { best, implausible };
}

function changeOf(
  before: ResultRow,
  row: ResultRow,
  groups: readonly CompatibilityGroup[],
): GainStep["change"] {
  const [from, to] = [before.compatibilityGroup, row.compatibilityGroup];
  if (from === to) return { kind: "none" };
  const { suite, benchmark } = row;
  const reasons = changesBetween(groups, { suite, benchmark, groups: [from, to] });
  return { kind: "group", from, to, reason: reasons.join("; ") || "the rules changed" };
}

function commonDivision(rows: readonly ResultRow[]): string | undefined {
  const divisions = new Set(rows.map(({ division }) => division));
  return divisions.size === 1 ? rows[0]?.division : undefined;
}

/** Whole days and fractions; `2018-12` counts as the first day of that month. */
export function daysBetween(from: string | undefined, to: string | undefined): number | undefined {
  if (from === undefined || to === undefined) return undefined;
  const days = (Date.parse(to) - Date.parse(from)) / 86_400_000;
  return Number.isFinite(days) ? days : undefined;
}

function mooreGain(days: number | undefined): number | undefined {
  return days === undefined ? undefined : 2 ** (days / mooreDoublingDays);
}
