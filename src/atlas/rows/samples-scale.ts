import type { CompatibilityGroup } from "../../schema/atlas/answers/compatibility.ts";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import { isMlperfEdition, type MlperfEdition } from "../../schema/logs/mlperf-round.ts";
import type { ReferenceConvergence } from "../../schema/logs/reference-convergence.ts";
import { nameBenchmark } from "../names/name-benchmark.ts";
import { roundOfEdition } from "./place-of-result.ts";

export type SamplesUnit = NonNullable<ResultRow["samplesUnit"]>;

/** The unit in which all rows of a benchmark count samples, and what the reference needs. */
export interface SamplesScale {
  unit: SamplesUnit;
  /** Smallest and largest number of a reference run; absent for benchmarks without references. */
  reference: { least: number; most: number } | undefined;
}

/**
 * The training cases of benchmarks that some rounds count in epochs and others in samples. 3D U-Net: the 168 training
 * cases of KiTS19, logged as `train_samples`.
 */
const samplesPerEpoch: Readonly<Record<string, number>> = { unet3d: 168 };

/** Finds the scale of a round's benchmarks, by their current names. The unit is the one of the newest references. */
export function samplesScalesOf(
  edition: MlperfEdition,
  references: readonly ReferenceConvergence[],
  groups: readonly CompatibilityGroup[],
): (benchmark: string) => SamplesScale {
  const named = references.flatMap((record) =>
    isMlperfEdition(record.edition)
      ? [{ record, ...nameBenchmark(record.benchmark, roundOfEdition(record.edition), groups) }]
      : [],
  );
  return (published) => {
    const own = nameBenchmark(published, roundOfEdition(edition), groups);
    const ofBenchmark = named.filter(({ benchmark }) => benchmark === own.benchmark);
    const unit = ofBenchmark.at(-1)?.record.unit ?? "epochs";
    const ofGroup = ofBenchmark.filter(
      ({ compatibilityGroup: group }) => group === own.compatibilityGroup,
    );
    const ofRound = ofGroup.filter(({ record }) => record.edition === edition);
    const nearest = [ofRound, ofGroup, ofBenchmark].find((found) => found.length > 0) ?? [];
    const amounts = nearest.flatMap(({ record }) => {
      const factor = factorBetween(record.unit, unit, {
        benchmark: own.benchmark,
        globalBatchSize: record.globalBatchSize,
      });
      return factor === undefined ? [] : record.convergence.map((amount) => amount * factor);
    });
    return {
      unit,
      reference:
        amounts.length === 0
          ? undefined
          : { least: Math.min(...amounts), most: Math.max(...amounts) },
    };
  };
}

/** The factor from one unit to another; undefined if it is not known. */
export function factorBetween(
  from: SamplesUnit,
  to: SamplesUnit,
  { benchmark, globalBatchSize }: { benchmark: string; globalBatchSize: number | undefined },
): number | undefined {
  if (from === to) return 1;
  if (to !== "samples") return undefined;
  if (from === "epochs") return samplesPerEpoch[benchmark];
  return from === "steps" ? globalBatchSize : undefined;
}
