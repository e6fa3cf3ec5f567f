import type { CompatibilityGroup } from "../../schema/atlas/answers/compatibility.ts";
import type { CompareRefusal, CompareSubject } from "../../schema/atlas/answers/comparison.ts";

/**
 * The reasons why results may not be compared; empty if they may. Own series are comparable if they have the same metric and
 * target. Published results are comparable if they trained the same
 * benchmark to the same target with the same timing rules; the compatibility table lists the rounds for which that holds.
 */
export function refusalsOf(
  subjects: readonly CompareSubject[],
  groups: readonly CompatibilityGroup[],
): CompareRefusal[] {
  const rows = subjects.map(({ measured }) => measured.row);
  const benchmarks = [...new Set(rows.map(({ benchmark }) => benchmark))];
  if (benchmarks.length > 1 && !haveOneTarget(subjects))
    return [{ kind: "benchmarks-differ", benchmarks }];
  const published = [...new Set(rows.map(({ suite }) => suite))].filter((suite) => suite !== "own");
  if (published.length > 1) return [{ kind: "suites-differ", suites: published }];
  const refusals: CompareRefusal[] = [];
  const numbers = new Set(
    rows.filter(({ suite }) => suite !== "own").map((row) => row.compatibilityGroup),
  );
  const [benchmark = ""] = benchmarks;
  if (numbers.size > 1) {
    const found = [...numbers].toSorted((a, b) => a - b);
    const reasons = changesBetween(groups, { suite: published[0] ?? "", benchmark, groups: found });
    refusals.push({ kind: "groups-differ", benchmark, groups: found, reasons });
  }
  if (new Set(rows.map(({ scaling }) => scaling)).size > 1)
    refusals.push({ kind: "scaling-differs" });
  const targets = [...new Set(subjects.flatMap(({ target }) => target ?? []))];
  if (targets.length > 1) refusals.push({ kind: "targets-differ", targets });
  return refusals;
}

/** Own series that reach for the same value of the same metric are comparable whatever their names. */
function haveOneTarget(subjects: readonly CompareSubject[]): boolean {
  const [first] = subjects;
  return (
    first?.target !== undefined &&
    subjects.every(
      ({ measured, target }) => measured.row.suite === "own" && target === first.target,
    )
  );
}

/** The changes from the first to the last of some groups of a benchmark, according to the table. */
export function changesBetween(
  groups: readonly CompatibilityGroup[],
  {
    suite,
    benchmark,
    groups: numbers,
  }: { suite: string; benchmark: string; groups: readonly number[] },
): string[] {
  const first = Math.min(...numbers);
  const last = Math.max(...numbers);
  return groups
    .filter(
      (known) =>
        known.suite === suite &&
        known.benchmark === benchmark &&
        known.group > first &&
        known.group <= last,
    )
    .flatMap(({ firstRound, reason }) =>
      reason === undefined ? [] : [`since ${firstRound}: ${reason}`],
    );
}
