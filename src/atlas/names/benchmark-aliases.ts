import type { CompatibilityGroup } from "../../schema/atlas/answers/compatibility.ts";
import type { BenchmarkAlias } from "../../schema/atlas/rounds/benchmark-alias.ts";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import { matchesGlob } from "./glob-pattern.ts";

/** The pattern that selects rows by their current benchmark name, and the alias it was written as. */
export interface ResolvedBenchmark {
  pattern: string;
  alias: BenchmarkAlias | undefined;
}

/**
 * Resolves a benchmark name that rounds have used for another benchmark: `ssd` has meant RetinaNet since v2.0. The
 * current name takes precedence if a candidate has it.
 *
 * @param candidates rows that match the other filters, such as the round
 */
export function resolveBenchmark(
  pattern: string,
  candidates: readonly ResultRow[],
  groups: readonly CompatibilityGroup[],
): ResolvedBenchmark {
  const group = groups.find(
    ({ aliases, benchmark }) =>
      benchmark !== pattern.toLowerCase() && aliases.some((alias) => matchesGlob(alias, pattern)),
  );
  if (group === undefined) return { pattern, alias: undefined };
  const { benchmark } = group;
  const isCurrentName = candidates.some((row) => matchesGlob(row.benchmark, pattern));
  const others = candidates.filter((row) => row.benchmark === benchmark);
  if (isCurrentName) {
    const rounds = roundsOf(
      others.filter(({ benchmarkAsPublished }) => matchesGlob(benchmarkAsPublished, pattern)),
    );
    const alias = { kind: "left-out", wanted: pattern, benchmark, rounds } as const;
    return { pattern, alias: rounds.length === 0 ? undefined : alias };
  }
  const alias = { kind: "shown", wanted: pattern, benchmark, rounds: roundsOf(others) } as const;
  return { pattern: benchmark, alias: others.length === 0 ? undefined : alias };
}

function roundsOf(rows: readonly ResultRow[]): string[] {
  return [...new Set(rows.map(({ round }) => round))].toSorted();
}
