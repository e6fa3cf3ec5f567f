import type { BenchmarkFacts } from "../../schema/atlas/rounds/benchmark-facts.ts";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import { compareRoundNames } from "../rows/sort-results.ts";

/** The metric of the benchmark and the target in the round of a result; undefined if they are not on record. */
export function qualityOfRow(
  { suite, benchmark, round }: Pick<ResultRow, "suite" | "benchmark" | "round">,
  facts: readonly BenchmarkFacts[],
): { metric: string; target: string } | undefined {
  const known = facts.find((one) => one.suite === suite && one.benchmark === benchmark);
  const held = known?.targets.findLast(
    ({ firstRound }) => compareRoundNames(firstRound, round) <= 0,
  );
  return known === undefined || held === undefined
    ? undefined
    : { metric: known.metric, target: held.target };
}
