import { type MlperfBenchmark, requiredRunCount } from "../../schema/logs/mlperf-round.ts";
import type { RunDigest, WeakScore } from "../../schema/logs/submission.ts";

/**
 * HPC weak scaling: the number of models that a full system trains per unit of time.
 *
 * @param counted the compliant runs; each trains one model
 * @param acceleratorCount of the whole system
 * @see MLPerf HPC training rules, "Weak scaling"
 */
export function scoreWeakScaling(
  counted: readonly RunDigest[],
  benchmark: MlperfBenchmark,
  acceleratorCount: number | undefined,
): WeakScore {
  const need = requiredRunCount(benchmark);
  const have = counted.length;
  if (have < need) return { kind: "too-few-models", have, need };
  const starts = counted.flatMap((run) => run.runStartMs ?? []);
  const stops = counted.flatMap((run) => run.runStopMs ?? []);
  const timeToTrainAllMs = Math.max(...stops) - Math.min(...starts);
  return {
    kind: "scored",
    timeToTrainAllMs,
    modelCount: have,
    instanceScale: instanceScales(counted)[0],
    acceleratorCount,
    modelsPerMinute: have / (timeToTrainAllMs / 60_000),
  };
}

/** Returns the distinct numbers of accelerators per model in the logs, or of nodes if nodes have no accelerators. */
export function instanceScales(runs: readonly RunDigest[]): number[] {
  const scales = runs.flatMap(({ nodeCount, acceleratorsPerNode }) =>
    nodeCount === undefined || acceleratorsPerNode === undefined
      ? []
      : [nodeCount * Math.max(acceleratorsPerNode, 1)],
  );
  return [...new Set(scales)];
}
