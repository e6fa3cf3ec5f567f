// Column values, kept separate from the zod schema so that reading results at startup does not load zod.

/** The source of a result. */
export const suites = [
  "mlperf-training",
  "mlperf-hpc",
  "dawnbench",
  "nanogpt-speedrun",
  "own",
] as const;

/** MLPerf's availability categories; `rdi` is Research, Development, or Internal. */
export const availabilities = ["cloud", "on-premise", "preview", "rdi"] as const;

/**
 * What `scoreMs` is. `score`: the score by the rules of the suite, official or computed from the runs. `middle-run`: the
 * middle run before scaling, where the official score is not on record.
 */
export const scoreKinds = ["score", "middle-run"] as const;

/** How a result's convergence compares with the reference. */
export const rcpOutcomes = [
  "found",
  "interpolated",
  "smaller-batch",
  "missing",
  "too-fast",
  "insufficient",
  "not-checked",
] as const;

export const divisions = ["closed", "open"] as const;

/** HPC's two measures. */
export const scalings = ["strong", "weak"] as const;

/** The unit of samples. */
export const samplesUnits = ["epochs", "samples", "steps", "tokens"] as const;

/** Where a parallel layout is from: the logs, or a published configuration file. */
export const layoutSources = ["log", "configuration"] as const;

export const energyLabels = ["measured", "estimated"] as const;
