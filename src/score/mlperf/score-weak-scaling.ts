import { type MlperfBenchmark, requiredRunCount } from "../../schema/logs/mlperf-round.ts";
import type { RunDigest, WeakScore } from "../../schema/logs/submission.ts";

/**
 * HPC's weak scaling: how many models a whole system trains in which time.
 *
 * @param counted the runs that obey the rules; each trains one model
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

/** Accelerators per model, from the logs; nodes if nodes have no accelerators. Several values if the logs differ. */
export function instanceScales(runs: readonly RunDigest[]): number[] {
  const scales = runs.flatMap(({ nodeCount, acceleratorsPerNode }) =>
    nodeCount === undefined || acceleratorsPerNode === undefined
      ? []
      : [nodeCount * Math.max(acceleratorsPerNode, 1)],
  );
  return [...new Set(scales)];
}
