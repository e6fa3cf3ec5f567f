import type { CheckedClaim, Claim, ClaimCheck } from "../../schema/atlas/answers/claim.ts";
import type { CompatibilityGroup } from "../../schema/atlas/answers/compatibility.ts";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import { changesBetween } from "../compare/may-compare.ts";

/** Compares a claim with the results; `agrees` within the rounding of the claim. */
export function checkClaim(
  claim: Claim,
  rows: readonly ResultRow[],
  groups: readonly CompatibilityGroup[],
): CheckedClaim {
  const looked = lookUp(claim.check, rows);
  if (looked.kind === "missing")
    return {
      claim,
      found: { kind: "no-results", missing: looked.missing },
      groupChange: undefined,
    };
  const { value, ends } = looked;
  const agrees = Math.abs(value / claim.value - 1) <= claim.roundingFraction;
  const rowIds = ends.map(({ rowId }) => rowId);
  return {
    claim,
    found: { kind: agrees ? "agrees" : "differs", value, rowIds },
    groupChange: groupChangeOf(claim.check, ends, groups),
  };
}

type LookedUp =
  | { kind: "found"; value: number; ends: readonly ResultRow[] }
  | { kind: "missing"; missing: string };

function lookUp(check: ClaimCheck, rows: readonly ResultRow[]): LookedUp {
  switch (check.kind) {
    case "fastest": {
      const best = fastest(rows, check);
      if (best === undefined) return missing(check.benchmark, check.round);
      return { kind: "found", value: best.scoreMs / 60_000, ends: [best] };
    }
    case "gain":
      return gainOf(rows, check);
    case "gain-from-stated": {
      const to = fastest(rows, { ...check, round: check.to });
      if (to === undefined) return missing(check.benchmark, check.to);
      return { kind: "found", value: (check.statedMinutes * 60_000) / to.scoreMs, ends: [to] };
    }
    case "result":
      return ofRow(rows, check.rowId, "time", ({ scoreMs }) => scaled(scoreMs, 1 / 60_000));
    case "cost-at-price":
      return ofRow(rows, check.rowId, "time or size", ({ scoreMs, acceleratorCount }) =>
        scaled(
          scoreMs,
          (acceleratorCount ?? Number.NaN) * (check.usdPerAcceleratorHour / 3_600_000),
        ),
      );
    case "largest":
      return largestOf(rows, check);
  }
}

function gainOf(
  rows: readonly ResultRow[],
  check: Extract<ClaimCheck, { kind: "gain" }>,
): LookedUp {
  const [from, to] = [check.from, check.to].map((round) => fastest(rows, { ...check, round }));
  if (from === undefined) return missing(check.benchmark, check.from);
  if (to === undefined) return missing(check.benchmark, check.to);
  return { kind: "found", value: from.scoreMs / to.scoreMs, ends: [from, to] };
}

function largestOf(
  rows: readonly ResultRow[],
  { suite, round }: { suite: string; round: string },
): LookedUp {
  const largest = rows
    .filter((row) => row.suite === suite && row.round === round)
    .reduce<ResultRow | undefined>(
      (most, row) => ((row.acceleratorCount ?? 0) > (most?.acceleratorCount ?? 0) ? row : most),
      undefined,
    );
  if (largest?.acceleratorCount === undefined) return missing("results", round);
  return { kind: "found", value: largest.acceleratorCount, ends: [largest] };
}

function ofRow(
  rows: readonly ResultRow[],
  wanted: string,
  what: string,
  read: (row: ResultRow) => number | undefined,
): LookedUp {
  const row = rows.find(({ rowId }) => rowId === wanted);
  const value = row === undefined ? undefined : read(row);
  if (row === undefined || value === undefined) return missing(what, wanted);
  return { kind: "found", value, ends: [row] };
}

function scaled(value: number | undefined, factor: number): number | undefined {
  return value === undefined || Number.isNaN(factor) ? undefined : value * factor;
}

function missing(what: string, round: string): LookedUp {
  return { kind: "missing", missing: `${what} of ${round}` };
}

/** The fastest closed, strongly scaled result of a round. */
function fastest(
  rows: readonly ResultRow[],
  wanted: {
    suite: string;
    benchmark: string;
    round: string;
    acceleratorCount?: number | undefined;
  },
): (ResultRow & { scoreMs: number }) | undefined {
  return rows
    .filter(
      (row): row is ResultRow & { scoreMs: number } =>
        row.scoreMs !== undefined &&
        row.suite === wanted.suite &&
        row.round === wanted.round &&
        row.benchmark === wanted.benchmark &&
        row.division === "closed" &&
        row.scaling === "strong" &&
        (wanted.acceleratorCount === undefined || row.acceleratorCount === wanted.acceleratorCount),
    )
    .reduce<(ResultRow & { scoreMs: number }) | undefined>(
      (best, row) => (best === undefined || row.scoreMs < best.scoreMs ? row : best),
      undefined,
    );
}

function groupChangeOf(
  check: ClaimCheck,
  ends: readonly ResultRow[],
  groups: readonly CompatibilityGroup[],
): string | undefined {
  const last = ends.at(-1);
  if (last === undefined || (check.kind !== "gain" && check.kind !== "gain-from-stated"))
    return undefined;
  // A stated figure refers to the first round, as is usual for such claims.
  const from = check.kind === "gain" ? (ends[0]?.compatibilityGroup ?? 1) : 1;
  const numbers = [from, last.compatibilityGroup];
  const { suite, benchmark } = last;
  const reasons = changesBetween(groups, { suite, benchmark, groups: numbers });
  return reasons.length === 0 ? undefined : reasons.join("; ");
}
