import { nearestWord } from "../../foundation/text/nearest-word.ts";
import { meanOf, summarise } from "../../foundation/numbers/statistics.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
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
import { olympicMean } from "../series/olympic-mean.ts";
import { checkConvergence, scalingFactorOf } from "./check-convergence.ts";
import { trimmedMean } from "./reference-points.ts";

/** A run to score. */
export interface RunToScore {
  runId: string;
  /** From `run_start` to `run_stop`, in milliseconds; undefined if the log lacks either key. */
  timeToTrainMs: number | undefined;
  /** Why the run failed. A failed run ranks as slowest. Undefined for a valid run. */
  failure?: RunFailure | undefined;
  /** The amount of training to reach the target, in the unit of the benchmark's reference points. */
  convergence?: number | undefined;
  energy?: RunEnergy | undefined;
}

export interface ScoringOptions {
  /** Example: `llama2_70b_lora`. */
  benchmark: string;
  /** Example: `training-5.0`. Only affects rules that differ between rounds. */
  edition: string;
  /** Reference points of this edition and benchmark. Default: none, which skips the convergence check. */
  references?: readonly ReferenceConvergence[];
  /** The batch size of all runs; required for the convergence check. */
  globalBatchSize?: number | undefined;
  /** The factor from `scaling.json`, set by the review committee. Default: 1. */
  scalingFactor?: number;
  /** Whether the committee accepted a failed convergence check. Default: false. */
  bypassesConvergence?: boolean;
}

/** A benchmark result under MLPerf rules. */
export interface MlperfScore {
  runs: RunRow[];
  score: TimeScore;
  convergence: ConvergenceCheck;
  /** The scaling factor from the reference points; undefined if it is unknown or the check failed. */
  recomputedScalingFactor: number | undefined;
  /** Undefined if no run has power logs. */
  energy: EnergyScore | undefined;
}

/** For ncf in round 0.5, the result uses the first 50 of 100 runs that converge. */
const ncfRunsCounted = 50;

/**
 * Scores the runs of one benchmark under MLPerf rules. Drops the fastest and the slowest run (four of each for unet3d);
 * failed runs rank as slowest. The score is the mean of the remaining runs, multiplied by the scaling factor.
 *
 * Times are in milliseconds and energies in joules. The order of runs matters only for ncf in round 0.5.
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

/** Returns all runs except the first 50 that converged, for ncf in round 0.5. Returns an empty set otherwise. */
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

/** True for counted runs and for valid runs dropped as fastest or slowest. */
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
  const inRunJoules: (number | undefined)[] = [];
  const intervalsMs: number[] = [];
  let runsEndedByLastReading = 0;
  for (const { runId, energy } of runs) {
    if (fates.has(runId)) continue;
    if (energy === undefined) return { kind: "not-scored", reason: "no-node-log" };
    if (energy.kind === "not-computable") return { kind: "not-scored", reason: energy.reason };
    joules.push(energy.joules);
    inRunJoules.push(energy.inRunJoules);
    if (energy.readingIntervalMs !== undefined) intervalsMs.push(energy.readingIntervalMs);
    if (energy.metersEndedByLastReading > 0) runsEndedByLastReading++;
  }
  const spread = summarise(joules);
  const known = inRunJoules.filter((value) => value !== undefined);
  return {
    kind: "measured",
    joules: spread.mean * scalingFactor,
    inRunJoules: known.length === joules.length ? meanOf(known) * scalingFactor : undefined,
    spread,
    readingIntervalMs: intervalsMs.length === 0 ? undefined : Math.max(...intervalsMs),
    runsEndedByLastReading,
  };
}

/**
 * Calculates the mean without the minimum and maximum for every benchmark, like the official summary. A run that did
 * not converge ranks as the maximum. Returns undefined with fewer than three runs or
 * more than one unconverged run.
 */
export function samplesToConverge(amounts: readonly (number | undefined)[]): number | undefined {
  const mean = trimmedMean(
    amounts.map((amount) => amount ?? Number.POSITIVE_INFINITY),
    1,
  );
  return Number.isFinite(mean) ? mean : undefined;
}
