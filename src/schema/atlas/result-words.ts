// The words that a result's columns may hold, apart from the schema: what reads results at every start needs no validator.

/** Where a result is from. */
export const suites = [
  "mlperf-training",
  "mlperf-hpc",
  "dawnbench",
  "nanogpt-speedrun",
  "own",
] as const;

/** MLPerf's availability categories; `rdi` is Research, Development, or Internal. */
export const availabilities = ["cloud", "on-premise", "preview", "rdi"] as const;

/** What a result's convergence is beside the reference's. */
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

/** What samples are counted in. */
export const samplesUnits = ["epochs", "samples", "steps", "tokens"] as const;

/** Where a parallel layout is from: the logs, or a published configuration file. */
export const layoutSources = ["log", "configuration"] as const;

export const energyLabels = ["measured", "estimated"] as const;
