import { groupBy } from "../../foundation/collections/group-by.ts";
import type { BenchmarkFacts } from "../../schema/atlas/rounds/benchmark-facts.ts";
import type { CompatibilityGroup } from "../../schema/atlas/answers/compatibility.ts";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import type { BenchmarkLink, BenchmarkSummary } from "../../schema/atlas/rounds/round-summary.ts";
import { compareRounds } from "../rows/sort-results.ts";
import { bestOfRounds, findRecords } from "./find-records.ts";

/**
 * Summarizes each benchmark with results: its target and data set, its rounds, what it replaced and what replaced it,
 * and the fastest result of each round.
 */
export function summarizeBenchmarks(
  rows: readonly ResultRow[],
  facts: readonly BenchmarkFacts[],
  groups: readonly CompatibilityGroup[],
): BenchmarkSummary[] {
  const rounds = roundsOfBenchmarks(rows);
  const linkTo = (suite: string, benchmark: string | undefined): BenchmarkLink | undefined => {
    if (benchmark === undefined) return undefined;
    const known = rounds.get(keyOf({ suite, benchmark }));
    return { benchmark, firstRound: known?.[0], lastRound: known?.at(-1) };
  };
  return [...groupBy(rows, keyOf)].flatMap(([key, ofBenchmark]) => {
    const [first] = ofBenchmark;
    if (first === undefined) return [];
    const { suite, benchmark } = first;
    const known = facts.find((one) => keyOf(one) === key);
    const records = new Set(findRecords(ofBenchmark).map(({ row }) => row));
    const aliases = groups.filter((one) => keyOf(one) === key).flatMap((one) => one.aliases);
    return {
      suite,
      benchmark,
      facts: known,
      aliases: [...new Set(aliases)],
      rounds: rounds.get(key) ?? [],
      resultCount: ofBenchmark.length,
      predecessor: linkTo(suite, known?.predecessor),
      successor: linkTo(suite, known?.successor),
      bestOfRounds: bestOfRounds(ofBenchmark).map((row) => ({ row, isRecord: records.has(row) })),
    };
  });
}

function roundsOfBenchmarks(rows: readonly ResultRow[]): Map<string, string[]> {
  const byBenchmark = groupBy(rows.toSorted(compareRounds), keyOf);
  return new Map(
    [...byBenchmark].map(([key, found]) => [key, [...new Set(found.map(({ round }) => round))]]),
  );
}

function keyOf({ suite, benchmark }: { suite: string; benchmark: string }): string {
  return `${suite}/${benchmark}`;
}
