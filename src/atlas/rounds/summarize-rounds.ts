import { groupBy } from "../../foundation/collections/group-by.ts";
import type { CompatibilityGroup } from "../../schema/atlas/answers/compatibility.ts";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import type { RoundSummary } from "../../schema/atlas/rounds/round-summary.ts";
import { suites } from "../../schema/atlas/results/result-words.ts";
import { compareRoundNames, compareRounds } from "../rows/sort-results.ts";
import { findRecords } from "./find-records.ts";

/**
 * Summarizes each round: counts, benchmarks that are new or gone, records, first appearances of accelerators, and the
 * largest system. In the order of `suites`, and of rounds.
 *
 * @param rows all rounds, because what is new depends on the earlier ones
 * @param groups name benchmarks of earlier rounds whose logs are missing
 */
export function summarizeRounds(
  rows: readonly ResultRow[],
  groups: readonly CompatibilityGroup[],
): RoundSummary[] {
  const bySuite = groupBy(rows, ({ suite }) => suite);
  return suites.flatMap((suite) => summarizeSuite(bySuite.get(suite) ?? [], groups));
}

function summarizeSuite(
  rows: readonly ResultRow[],
  groups: readonly CompatibilityGroup[],
): RoundSummary[] {
  const records = groupBy(findRecords(rows), ({ row }) => row.round);
  const seenAccelerators = new Set<string>();
  let previous: readonly string[] | undefined;
  const rounds = groupBy(rows.toSorted(compareRounds), ({ round }) => round);
  return [...rounds].flatMap(([round, ofRound]) => {
    const [first] = ofRound;
    if (first === undefined) return [];
    const benchmarks = distinct(ofRound.map(({ benchmark }) => benchmark));
    const accelerators = distinct(ofRound.flatMap((row) => row.accelerator ?? []));
    const newAccelerators = accelerators.filter((name) => !seenAccelerators.has(name));
    for (const name of newAccelerators) seenAccelerators.add(name);
    const summary: RoundSummary = {
      suite: first.suite,
      round,
      publishedOn: newestDay(ofRound),
      ...countsOf(ofRound),
      benchmarks,
      newBenchmarks: benchmarks.filter(
        (benchmark) =>
          previous !== undefined &&
          !previous.includes(benchmark) &&
          !isInEarlierRound({ suite: first.suite, benchmark, round }, groups),
      ),
      goneBenchmarks: (previous ?? []).filter((name) => !benchmarks.includes(name)),
      records: records.get(round) ?? [],
      newAccelerators,
      largest: largestBy(ofRound, ({ acceleratorCount }) => acceleratorCount),
      largestByNodes: largestBy(ofRound, ({ acceleratorCount, nodeCount }) =>
        acceleratorCount === undefined ? nodeCount : undefined,
      ),
    };
    previous = benchmarks;
    return [summary];
  });
}

function isInEarlierRound(
  { suite, benchmark, round }: Pick<ResultRow, "suite" | "benchmark" | "round">,
  groups: readonly CompatibilityGroup[],
): boolean {
  return groups.some(
    (group) =>
      group.suite === suite &&
      group.benchmark === benchmark &&
      compareRoundNames(group.firstRound, round) < 0,
  );
}

function countsOf(
  rows: readonly ResultRow[],
): Pick<RoundSummary, "resultCount" | "closedCount" | "openCount" | "submitters" | "systemCount"> {
  const bySubmitter = groupBy(rows, ({ submitter }) => submitter);
  return {
    resultCount: rows.length,
    closedCount: rows.filter(({ division }) => division === "closed").length,
    openCount: rows.filter(({ division }) => division === "open").length,
    submitters: distinct(bySubmitter.keys()).map((submitter) => ({
      submitter,
      resultCount: bySubmitter.get(submitter)?.length ?? 0,
    })),
    systemCount: new Set(rows.map(({ submitter, system }) => `${submitter}/${system}`)).size,
  };
}

/** Among equally large results, the fastest. */
function largestBy(
  rows: readonly ResultRow[],
  sizeOf: (row: ResultRow) => number | undefined,
): ResultRow | undefined {
  return rows
    .filter((row) => sizeOf(row) !== undefined)
    .toSorted(
      (a, b) =>
        (sizeOf(b) ?? 0) - (sizeOf(a) ?? 0) || (a.scoreMs ?? Infinity) - (b.scoreMs ?? Infinity),
    )[0];
}

function newestDay(rows: readonly ResultRow[]): string | undefined {
  return rows
    .flatMap(({ publishedOn }) => publishedOn ?? [])
    .toSorted()
    .at(-1);
}

function distinct(names: Iterable<string>): string[] {
  return [...new Set(names)].toSorted((a, b) => (a < b ? -1 : 1));
}
