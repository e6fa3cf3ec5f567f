import { summarizeBenchmarks } from "../../atlas/rounds/summarize-benchmarks.ts";
import { summarizeRounds } from "../../atlas/rounds/summarize-rounds.ts";
import { selectResults, selectWithAliases } from "../../atlas/rows/select-results.ts";
import type { BenchmarkAlias } from "../../schema/atlas/rounds/benchmark-alias.ts";
import type { ResultsProblem } from "../../schema/atlas/results/results-problem.ts";
import type { BenchmarkSummary, RoundSummary } from "../../schema/atlas/rounds/round-summary.ts";
import { readBenchmarkFacts } from "../../store/catalogue/read-atlas-tables.ts";
import { type AtlasRequest, loadAtlas } from "./load-atlas.ts";

export interface RoundsRequest extends AtlasRequest {
  /** Patterns: `v4.0`, `v4.*`. Default: all rounds. */
  round: string | undefined;
  suite: string | undefined;
}

/**
 * Summaries of the rounds, in order.
 *
 * @throws UserError `unknown-round`, `unknown-suite`
 */
export async function showRounds(
  request: RoundsRequest,
): Promise<{ rounds: RoundSummary[]; problems: readonly ResultsProblem[] }> {
  const { rows, groups, problems } = await loadAtlas(request);
  const { round, suite } = request;
  const chosen = new Set(selectResults(rows, { round, suite }, groups).map(keyOf));
  return {
    rounds: summarizeRounds(rows, groups).filter((one) => chosen.has(keyOf(one))),
    problems,
  };
}

export interface BenchmarksRequest extends AtlasRequest {
  /** Patterns: `bert`, `llama*`. Default: all benchmarks. */
  benchmark: string | undefined;
  suite: string | undefined;
}

/**
 * Summaries of the benchmarks, in order of their first rounds.
 *
 * @throws UserError `unknown-benchmark`, `unknown-suite`
 */
export async function showBenchmarks(request: BenchmarksRequest): Promise<{
  benchmarks: BenchmarkSummary[];
  aliases: readonly BenchmarkAlias[];
  problems: readonly ResultsProblem[];
}> {
  const [{ rows, groups, problems }, facts] = await Promise.all([
    loadAtlas(request),
    readBenchmarkFacts(),
  ]);
  const { benchmark, suite } = request;
  const { rows: found, aliases } = selectWithAliases(rows, { benchmark, suite }, groups);
  const chosen = new Set(found.map(({ suite: of, benchmark: name }) => `${of}/${name}`));
  const benchmarks = summarizeBenchmarks(rows, facts, groups).filter((one) =>
    chosen.has(`${one.suite}/${one.benchmark}`),
  );
  return { benchmarks, aliases, problems };
}

function keyOf({ suite, round }: { suite: string; round: string }): string {
  return `${suite}/${round}`;
}
