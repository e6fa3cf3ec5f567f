import { nearestWord } from "../../foundation/nearest-word.ts";
import { meanOf, summarise } from "../../foundation/statistics.ts";
import { UserError } from "../../foundation/user-error.ts";
import {
  droppedAtEachEnd,
  isMlperfBenchmark,
  type MlperfBenchmark,
  mlperfBenchmarks,
} from "../../schema/logs/mlperf-round.ts";
import type { ReferenceConvergence } from "../../schema/logs/reference-convergence.ts";
import type {
  ConvergenceCheck,
  EnergyScore,
  RunEnergy,
  RunFailure,
  RunFate,
  RunRow,
  TimeScore,
} from "../../schema/logs/submission.ts";
import { olympicMean } from "../olympic-mean.ts";
import { checkConvergence, scalingFactorOf } from "./check-convergence.ts";
import { trimmedMean } from "./reference-points.ts";

/** One run to be scored. */
export interface RunToScore {
  runId: string;
  /** From `run_start` to `run_stop`, in milliseconds; absent where a log lacks either. */
  timeToTrainMs: number | undefined;
  /** Why the run does not count. Such a run is one of the slowest. Absent for a run that counts. */
  failure?: RunFailure | undefined;
  /** What the run needed to reach the target, in the unit of the benchmark's reference points. */
  convergence?: number | undefined;
  energy?: RunEnergy | undefined;
}

export interface ScoringOptions {
  /** `llama2_70b_lora`. */
  benchmark: string;
  /** `training-5.0`. It decides between rules only where they differ between rounds. */
  edition: string;
  /** Reference convergence points of this edition and benchmark. Default none: then convergence is not checked. */
  references?: readonly ReferenceConvergence[];
  /** Of all runs; needed to check convergence. */
  globalBatchSize?: number | undefined;
  /** What the review committee put into `scaling.json`. Default 1. */
  scalingFactor?: number;
  /** The committee let a failed convergence check pass. Default false. */
  bypassesConvergence?: boolean;
}

/** A benchmark result by MLPerf's rules. */
export interface MlperfScore {
  runs: RunRow[];
  score: TimeScore;
  convergence: ConvergenceCheck;
  /** The factor for the score from the reference points; absent if they do not determine one, or if the check failed. */
  recomputedScalingFactor: number | undefined;
  /** Absent where no run has power logs. */
  energy: EnergyScore | undefined;
}

/** Round 0.5's ncf: of 100 runs, the first 50 that converge make the result. */
const ncfRunsCounted = 50;

/**
 * Scores the runs of one benchmark by MLPerf's rules: the fastest and the slowest run are dropped (of unet3d four each),
 * a run that does not count is one of the slowest, and the mean of the rest is multiplied by the scaling factor.
 *
 * Times are milliseconds, energies joules. The order of the runs does not matter, except for round 0.5's ncf.
 *
 * @example
 * ```ts
 * import { scoreRuns } from "pitwall";
 *
 * const { score, runs } = scoreRuns(
 *   [601_200, 598_800, 612_000].map((timeToTrainMs, index) => ({ runId: `${index}`, timeToTrainMs })),
 *   { benchmark: "llama31_405b", edition: "training-5.1" },
 * );
 * if (score.kind === "scored") console.log(score.scoreMs, score.countedRuns);
 * for (const { runId, fate } of runs) console.log(runId, fate.kind);
 * ```
 *
 * @throws UserError `benchmark-unknown` if no round has such a benchmark
 */
export function scoreRuns(runs: readonly RunToScore[], options: ScoringOptions): MlperfScore {
  const benchmark = knownBenchmark(options.benchmark);
  const { scalingFactor = 1 } = options;
  const fates = decideFates(runs, benchmark, options.edition);
  const score = timeScore(runs, { fates, benchmark, scalingFactor });
  const convergence = convergenceOf(runs, benchmark, options);
  return {
    runs: runs.map((run) => ({
      runId: run.runId,
      timeToTrainMs: run.timeToTrainMs,
      convergence: run.convergence,
      joules: run.energy?.kind === "measured" ? run.energy.joules : undefined,
      fate: fates.get(run.runId) ?? { kind: "counted" },
    })),
    score,
    convergence,
    recomputedScalingFactor: scalingFactorOf(convergence),
    energy: energyScore(runs, fates, { score, scalingFactor }),
  };
}

function knownBenchmark(benchmark: string): MlperfBenchmark {
  if (isMlperfBenchmark(benchmark)) return benchmark;
  const nearest = nearestWord(benchmark, mlperfBenchmarks);
  throw new UserError("benchmark-unknown", `unknown MLPerf benchmark \`${benchmark}\``, {
    hint:
      nearest === undefined
        ? `benchmarks: ${mlperfBenchmarks.join(", ")}`
        : `did you mean \`${nearest}\`?`,
  });
}

function decideFates(
  runs: readonly RunToScore[],
  benchmark: MlperfBenchmark,
  edition: string,
): ReadonlyMap<string, RunFate> {
  const unneeded = unneededRuns(runs, benchmark, edition);
  const failed = new Map<string, RunFate>(
    runs.flatMap((run) => {
      const failure = failureOf(run);
      return failure === undefined ? [] : [[run.runId, { kind: "failed", failure }] as const];
    }),
  );
  const mean = officialMean(
    runs.filter((run) => !unneeded.has(run.runId)),
    benchmark,
  );
  const dropped =
    mean.kind === "scored"
      ? [
          ...mean.droppedSlowest.map((runId) => [runId, { kind: "slowest" }] as const),
          ...mean.droppedFastest.map((runId) => [runId, { kind: "fastest" }] as const),
        ]
      : [];
  const notNeeded = [...unneeded].map((runId) => [runId, { kind: "not-needed" }] as const);
  return new Map<string, RunFate>([...notNeeded, ...dropped, ...failed]);
}

/** Of round 0.5's ncf, all runs but the first 50 that converged. */
function unneededRuns(
  runs: readonly RunToScore[],
  benchmark: MlperfBenchmark,
  edition: string,
): ReadonlySet<string> {
  if (benchmark !== "ncf" || edition !== "training-0.5") return new Set();
  const needed = runs.filter((run) => failureOf(run) === undefined).slice(0, ncfRunsCounted);
  const kept = new Set(needed.map((run) => run.runId));
  return new Set(runs.map((run) => run.runId).filter((runId) => !kept.has(runId)));
}

function failureOf({ failure, timeToTrainMs }: RunToScore): RunFailure | undefined {
  return failure ?? (timeToTrainMs === undefined ? { kind: "no-clock" } : undefined);
}

function officialMean(runs: readonly RunToScore[], benchmark: MlperfBenchmark) {
  return olympicMean(
    runs.map((run) => ({
      runId: run.runId,
      timeToTrainMs: failureOf(run) === undefined ? run.timeToTrainMs : undefined,
    })),
    { dropCount: droppedAtEachEnd(benchmark) },
  );
}

interface Decided {
  fates: ReadonlyMap<string, RunFate>;
  benchmark: MlperfBenchmark;
  scalingFactor: number;
}

function timeScore(runs: readonly RunToScore[], decided: Decided): TimeScore {
  const { fates, benchmark, scalingFactor } = decided;
  const dropCount = droppedAtEachEnd(benchmark);
  const failed = runs.filter((run) => fates.get(run.runId)?.kind === "failed").length;
  const choosesRuns = [...fates.values()].some((fate) => fate.kind === "not-needed");
  if (!choosesRuns && failed > dropCount)
    return { kind: "too-many-failed", failed, allowed: dropCount };
  const counted = runs.flatMap(({ runId, timeToTrainMs }) =>
    fates.has(runId) || timeToTrainMs === undefined ? [] : [timeToTrainMs],
  );
  const need = dropCount * 2 + 1;
  if (counted.length === 0 || runs.length < need)
    return { kind: "too-few-runs", have: runs.length, need };
  const finished = runs.flatMap(({ runId, timeToTrainMs }) =>
    isInSpread(fates.get(runId)) && timeToTrainMs !== undefined ? [timeToTrainMs] : [],
  );
  const unscaledMs = meanOf(counted);
  return {
    kind: "scored",
    scoreMs: unscaledMs * scalingFactor,
    unscaledMs,
    countedRuns: counted.length,
    spread: summarise(finished),
  };
}

/** The runs that count and those dropped only for being the fastest or the slowest. */
function isInSpread(fate: RunFate | undefined): boolean {
  return fate === undefined || fate.kind === "fastest" || fate.kind === "slowest";
}

function convergenceOf(
  runs: readonly RunToScore[],
  benchmark: MlperfBenchmark,
  { references = [], globalBatchSize, edition, bypassesConvergence = false }: ScoringOptions,
): ConvergenceCheck {
  if (references.length === 0) return { kind: "not-checked", reason: "no-reference" };
  if (globalBatchSize === undefined) return { kind: "no-batch-size", found: [] };
  const amounts = runs.map((run) => run.convergence);
  return checkConvergence(
    { benchmark, edition, globalBatchSize, amounts, isBypassed: bypassesConvergence },
    references,
  );
}

function energyScore(
  runs: readonly RunToScore[],
  fates: ReadonlyMap<string, RunFate>,
  { score, scalingFactor }: { score: TimeScore; scalingFactor: number },
): EnergyScore | undefined {
  if (runs.every((run) => run.energy === undefined)) return undefined;
  if (score.kind !== "scored") return { kind: "not-scored", reason: "no-score" };
  const joules: number[] = [];
  let runsEndedByLastReading = 0;
  for (const { runId, energy } of runs) {
    if (fates.has(runId)) continue;
    if (energy === undefined) return { kind: "not-scored", reason: "no-node-log" };
    if (energy.kind === "not-computable") return { kind: "not-scored", reason: energy.reason };
    joules.push(energy.joules);
    if (energy.metersEndedByLastReading > 0) runsEndedByLastReading++;
  }
  const spread = summarise(joules);
  return { kind: "measured", joules: spread.mean * scalingFactor, spread, runsEndedByLastReading };
}

/**
 * As in the official summary: mean without the minimum and the maximum, for every benchmark. A run that did
 * not converge is the largest; with more of them than that there is no mean.
 */
export function samplesToConverge(amounts: readonly (number | undefined)[]): number | undefined {
  const mean = trimmedMean(
    amounts.map((amount) => amount ?? Number.POSITIVE_INFINITY),
    1,
  );
  return Number.isFinite(mean) ? mean : undefined;
}
