import { type CsvOptions, csvText } from "../../foundation/tables/csv.ts";
import type { BenchmarkResult } from "../../schema/logs/submission.ts";
import { officialVerdict } from "./official-csv.ts";

/** Pitwall's own CSV: one row per result, units in the headers, full precision, with counts and reasons. */
export function scoreCsv(results: readonly BenchmarkResult[], options: CsvOptions = {}): string {
  const heads = columns.map(([head]) => head);
  const rows = results.map((result) => columns.map(([, cell]) => cell(result) ?? ""));
  return csvText([heads, ...rows], options);
}

type Cell = string | number | undefined;

const columns: readonly (readonly [string, (result: BenchmarkResult) => Cell])[] = [
  ["edition", ({ edition }) => edition],
  ["folder", ({ folder }) => folder],
  ["submitter", ({ system }) => system.submitter ?? system.organisation],
  ["division", ({ division }) => division],
  ["availability", ({ system }) => system.availability],
  ["system", ({ system }) => system.systemName ?? system.folder],
  ["nodes", ({ system }) => system.nodeCount],
  ["accelerator_model", ({ system }) => system.acceleratorModelName],
  ["accelerators", ({ system }) => system.acceleratorCount],
  ["benchmark", ({ benchmark }) => benchmark],
  ["scaling", ({ scalingKind }) => scalingKind],
  ["runs", ({ runs }) => runs.length],
  ["counted_runs", (result) => countFates(result, "counted")],
  ["failed_runs", (result) => countFates(result, "failed")],
  ["score_minutes", (result) => ofScore(result, ({ scoreMs }) => scoreMs / 60_000)],
  ["unscaled_minutes", (result) => ofScore(result, ({ unscaledMs }) => unscaledMs / 60_000)],
  ["median_minutes", (result) => ofScore(result, ({ spread }) => spread.median / 60_000)],
  ["min_minutes", (result) => ofScore(result, ({ spread }) => spread.minimum / 60_000)],
  ["max_minutes", (result) => ofScore(result, ({ spread }) => spread.maximum / 60_000)],
  ["global_batch_size", ({ globalBatchSize }) => globalBatchSize],
  ["samples_to_converge", ({ samplesToConverge }) => samplesToConverge],
  ["convergence_check", ({ convergence }) => convergence.kind],
  ["official_outcome", ({ convergence }) => officialVerdict(convergence)?.message],
  ["convergence_passes", (result) => testOf(result)?.passes.toString()],
  ["reference_mean", (result) => testOf(result)?.referenceMean],
  ["smallest_acceptable_mean", (result) => testOf(result)?.smallestAcceptableMean],
  ["largest_speedup", (result) => testOf(result)?.largestSpeedup],
  ["p_value", (result) => testOf(result)?.pValue],
  ["committed_scaling_factor", ({ committedScalingFactor }) => committedScalingFactor],
  ["recomputed_scaling_factor", ({ recomputedScalingFactor }) => recomputedScalingFactor],
  ["energy_joules", ({ energy }) => (energy?.kind === "measured" ? energy.joules : undefined)],
  ["weak_models", ({ weak }) => (weak?.kind === "scored" ? weak.modelCount : undefined)],
  ["weak_instance_scale", ({ weak }) => (weak?.kind === "scored" ? weak.instanceScale : undefined)],
  [
    "weak_minutes",
    ({ weak }) => (weak?.kind === "scored" ? weak.timeToTrainAllMs / 60_000 : undefined),
  ],
  ["findings", ({ findings }) => findings.map(({ rule }) => rule).join(" ")],
];

function ofScore(
  { score }: BenchmarkResult,
  figure: (scored: Extract<BenchmarkResult["score"], { kind: "scored" }>) => number,
): number | undefined {
  return score.kind === "scored" ? figure(score) : undefined;
}

function testOf({ convergence }: BenchmarkResult) {
  return "test" in convergence ? convergence.test : undefined;
}

function countFates({ runs }: BenchmarkResult, kind: "counted" | "failed"): number {
  return runs.filter(({ fate }) => fate.kind === kind).length;
}
