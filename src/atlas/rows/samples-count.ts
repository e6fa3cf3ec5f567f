import type { MlperfEdition } from "../../schema/logs/mlperf-round.ts";
import type { ReferenceConvergence } from "../../schema/logs/reference-convergence.ts";

/** How the logs of a benchmark count samples. */
export interface SamplesCount {
  unit: ReferenceConvergence["unit"];
  /** Metadata fields that hold the count, in order of preference. */
  fields: readonly string[];
}

/** The counts of a round's benchmarks. Plain data that can be posted to threads. */
export interface SamplesCounts {
  byBenchmark: ReadonlyMap<string, SamplesCount>;
  /** For benchmarks without reference points. */
  other: SamplesCount;
}

/** Finds how each benchmark of a round counts samples; benchmarks without reference points count epochs. */
export function samplesCountsOf(
  edition: MlperfEdition,
  references: readonly ReferenceConvergence[],
): SamplesCounts {
  const byBenchmark = new Map<string, SamplesCount>();
  // References of the round itself replace those of other rounds; otherwise the newest one counts.
  const ofRound = references.filter((record) => record.edition === edition).toReversed();
  for (const record of [...references, ...ofRound])
    byBenchmark.set(record.benchmark, countOf(record));
  return { byBenchmark, other: { unit: "epochs", fields: ["epoch_num"] } };
}

export function samplesCountOf(
  { byBenchmark, other }: SamplesCounts,
  benchmark: string,
): SamplesCount {
  return byBenchmark.get(benchmark) ?? other;
}

/** Every field that one of the benchmarks uses. */
export function samplesFieldsOf({ byBenchmark, other }: SamplesCounts): string[] {
  return [...new Set([other, ...byBenchmark.values()].flatMap(({ fields }) => fields))];
}

function countOf({ benchmark, unit, logField }: ReferenceConvergence): SamplesCount {
  // NVIDIA's language models log the samples processed so far as `step`.
  const countsInStep = unit === "tokens" || (unit === "samples" && benchmark.startsWith("llama"));
  return { unit, fields: countsInStep ? [logField, "step"] : [logField] };
}
