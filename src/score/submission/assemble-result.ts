import { nearestWord } from "../../foundation/text/nearest-word.ts";
import {
  benchmarkNamed,
  benchmarksOfEdition,
  isMlperfBenchmark,
  type MlperfEdition,
  requiredRunCount,
} from "../../schema/logs/mlperf-round.ts";
import type { ReferenceConvergence } from "../../schema/logs/reference-convergence.ts";
import type {
  BenchmarkResult,
  ConvergenceCheck,
  RunDigest,
  RunFailure,
  SubmissionFinding,
  TimeScore,
} from "../../schema/logs/submission.ts";
import {
  type MlperfScore,
  type RunToScore,
  samplesToConverge,
  scoreRuns,
} from "../mlperf/score-runs.ts";
import { instanceScales, scoreWeakScaling } from "../mlperf/score-weak-scaling.ts";
import type { ResultFolder } from "../../schema/logs/result-folder.ts";
import { describeSystem, systemFindings } from "./describe-submitted-system.ts";
import { clockedMs } from "../mlperf/clock.ts";
import { repeatedRuns } from "./repeated-runs.ts";

/** A folder with its digested logs and the references for comparison. */
export interface ResultParts {
  folder: ResultFolder;
  edition: MlperfEdition;
  digests: readonly RunDigest[];
  /** The references of this edition. */
  references: readonly ReferenceConvergence[];
  trainSamplesUse: TrainSamplesUse;
}

/** When BERT's convergence is read from `train_samples` instead of `epoch_num`. */
export type TrainSamplesUse = "never" | "instead-of-placeholders" | "always";

/** Creates the result of one system on one benchmark from its log digests. */
export function assembleResult(parts: ResultParts): BenchmarkResult {
  const { folder, edition, digests } = parts;
  const system = describeSystem(folder, digests);
  const division = (system.division ?? firstOf(digests, "division"))?.toLowerCase();
  const benchmarks = distinct(digests.map((digest) => digest.benchmark));
  const benchmark = benchmarks[0] ?? benchmarkOfFolder(folder);
  const scored = scoreFolder(parts, { benchmark, benchmarks, division });
  const isWeak = folder.scalingKind === "weak";
  const counted = digests.filter((digest) => failureOf(digest, edition) === undefined);
  const weak =
    isWeak && isMlperfBenchmark(benchmark)
      ? scoreWeakScaling(counted, benchmark, system.acceleratorCount)
      : undefined;
  const committedScalingFactor = folder.scaling.kind === "read" ? folder.scaling.factor : 1;
  const result: Omit<BenchmarkResult, "findings"> = {
    edition,
    folder: folder.shownAs,
    system,
    division,
    benchmark,
    benchmarkFolder: folder.benchmarkFolder,
    scalingKind: folder.scalingKind,
    subfolder: folder.subfolder,
    globalBatchSize: firstOf(digests, "globalBatchSize"),
    optimizer: firstOf(digests, "optimizer"),
    requiredRuns: isMlperfBenchmark(benchmark) ? requiredRunCount(benchmark) : undefined,
    weak,
    samplesToConverge: samplesToConverge(scored.runs.map((run) => run.convergence)),
    committedScalingFactor,
    ...scored,
  };
  return {
    ...result,
    findings: [
      ...benchmarkFindings(result, benchmarks, folder),
      ...runFindings(result, digests),
      ...placeholderFindings(parts, benchmark),
      ...(folder.isInSubmission ? systemFindings(folder, system) : []),
      ...scalingFindings(result, folder),
    ],
  };
}

/** Returns the benchmark for logs that do not name one, from the folder name. */
export function benchmarkOfFolder({ benchmarkFolder, systemFolder }: ResultFolder): string {
  return benchmarkNamed(benchmarkFolder ?? systemFolder);
}

interface FolderBenchmark {
  benchmark: string;
  /** All benchmarks that the logs name. */
  benchmarks: readonly string[];
  division: string | undefined;
}

function scoreFolder(
  { folder, edition, digests, references, trainSamplesUse }: ResultParts,
  { benchmark, benchmarks, division }: FolderBenchmark,
): MlperfScore {
  const runs = digests.map((digest) => toRun(digest, { edition, trainSamplesUse, benchmark }));
  if (benchmarks.length > 1) return unscored(runs, "benchmarks-differ");
  if (!isMlperfBenchmark(benchmark)) return unscored(runs, "benchmark-unknown");
  const scored = scoreRuns(runs, {
    benchmark,
    edition,
    references: references.filter((record) => record.benchmark === benchmark),
    globalBatchSize: firstOf(digests, "globalBatchSize"),
    scalingFactor: folder.scaling.kind === "read" ? folder.scaling.factor : 1,
    bypassesConvergence: folder.asksForBypass,
  });
  const reason = whyNotChecked({ folder, digests, division, trainSamplesUse });
  return reason === undefined
    ? scored
    : { ...scored, convergence: reason, recomputedScalingFactor: undefined };
}

function unscored(
  runs: readonly RunToScore[],
  reason: Extract<TimeScore, { kind: "not-scored" }>["reason"],
): MlperfScore {
  return {
    runs: runs.map(({ runId, timeToTrainMs, convergence, failure }) => ({
      runId,
      timeToTrainMs,
      convergence,
      joules: undefined,
      fate: failure === undefined ? { kind: "counted" } : { kind: "failed", failure },
    })),
    score: { kind: "not-scored", reason },
    convergence: {
      kind: "not-checked",
      reason: reason === "benchmarks-differ" ? "benchmarks-differ" : "no-reference",
    },
    recomputedScalingFactor: undefined,
    energy: undefined,
  };
}

/** Returns why convergence is not checked, for reasons that `scoreRuns` cannot detect. */
function whyNotChecked({
  folder,
  digests,
  division,
  trainSamplesUse,
}: Pick<ResultParts, "folder" | "digests" | "trainSamplesUse"> & {
  division: string | undefined;
}): ConvergenceCheck | undefined {
  if (folder.scalingKind === "weak") return { kind: "not-checked", reason: "weak-scaling" };
  if (division?.startsWith("open") === true)
    return { kind: "not-checked", reason: "open-division" };
  const found = distinct(digests.map((digest) => digest.globalBatchSize));
  if (found.length > 1) return { kind: "no-batch-size", found };
  if (trainSamplesUse === "always") return undefined;
  const silent = digests.filter(({ convergence }) => convergence.kind === "not-stated");
  const [first] = silent;
  if (first?.convergence.kind !== "not-stated") return undefined;
  return { kind: "not-stated", field: first.convergence.field, logs: silent.map(({ log }) => log) };
}

function toRun(
  digest: RunDigest,
  {
    edition,
    trainSamplesUse,
    benchmark,
  }: { edition: MlperfEdition; trainSamplesUse: TrainSamplesUse; benchmark: string },
): RunToScore {
  const { convergence, trainSamples } = digest;
  const stated = convergence.kind === "converged" ? convergence.amount : undefined;
  const readsSamples =
    benchmark === "bert" &&
    (trainSamplesUse === "always" ||
      (trainSamplesUse === "instead-of-placeholders" && hasPlaceholder(digest)));
  return {
    runId: digest.log,
    timeToTrainMs: timeToTrainMs(digest, edition),
    failure: failureOf(digest, edition),
    convergence: readsSamples && convergence.kind !== "not-converged" ? trainSamples : stated,
    energy: digest.energy,
  };
}

/** Some BERT programs count the whole training as one epoch, which is not a number of samples. */
function hasPlaceholder({ convergence, trainSamples = 0 }: RunDigest): boolean {
  return convergence.kind === "converged" && convergence.amount === 1 && trainSamples > 1;
}

function placeholderFindings(
  { digests, trainSamplesUse }: ResultParts,
  benchmark: string,
): SubmissionFinding[] {
  const runs = benchmark === "bert" ? digests.filter(hasPlaceholder).length : 0;
  if (runs === 0) return [];
  return [{ rule: "samples-placeholder", runs, isReplaced: trainSamplesUse !== "never" }];
}

/** Minigo in round 0.6 logs no stop, because its models are evaluated after the run. */
function timeToTrainMs(digest: RunDigest, edition: MlperfEdition): number | undefined {
  if (edition === "training-0.6" && digest.evaluatedOfflineMs !== undefined)
    return digest.evaluatedOfflineMs;
  return clockedMs(digest);
}

function failureOf(digest: RunDigest, edition: MlperfEdition): RunFailure | undefined {
  const { judgement, status } = digest;
  const isEvaluatedOffline = edition === "training-0.6" && digest.evaluatedOfflineMs !== undefined;
  const isConverged =
    status === "success" || isEvaluatedOffline || stopsWithoutStatus(digest, edition);
  if (judgement.kind === "checked" && judgement.verdict !== "pass") {
    if (!isConverged) return { kind: "not-converged", status };
    return judgement.verdict === "crash"
      ? { kind: "checker-crash" }
      : { kind: "not-compliant", failingKeys: judgement.failingKeys };
  }
  // The official checker ignores the status. Without a checker, only the status shows whether a run converged.
  if (judgement.kind === "self-reported" && !isConverged) return { kind: "not-converged", status };
  return timeToTrainMs(digest, edition) === undefined ? { kind: "no-clock" } : undefined;
}

/** Some HPC 0.7 logs contain `run_stop` without a status; that round has no other indication of success. */
function stopsWithoutStatus({ status, runStopMs }: RunDigest, edition: MlperfEdition): boolean {
  return edition === "hpc-0.7" && status === undefined && runStopMs !== undefined;
}

function benchmarkFindings(
  { benchmark, benchmarkFolder, edition }: Omit<BenchmarkResult, "findings">,
  benchmarks: readonly string[],
  { isInSubmission }: ResultFolder,
): SubmissionFinding[] {
  const findings: SubmissionFinding[] = [];
  if (benchmarks.length > 1) findings.push({ rule: "benchmarks-differ", benchmarks });
  const known = benchmarksOfEdition(edition);
  if (!isMlperfBenchmark(benchmark)) {
    const nearest = nearestWord(benchmark, known);
    findings.push({ rule: "benchmark-unknown", benchmark, nearest });
  } else if (!known.includes(benchmark))
    findings.push({ rule: "benchmark-not-in-edition", benchmark, edition });
  const folder = benchmarkFolder === undefined ? undefined : benchmarkNamed(benchmarkFolder);
  const isNamed = isInSubmission && folder !== undefined && benchmarks.length === 1;
  if (isNamed && folder !== benchmark)
    findings.push({ rule: "folder-names-another-benchmark", folder, logged: benchmark });
  return findings;
}

function runFindings(
  result: Omit<BenchmarkResult, "findings">,
  digests: readonly RunDigest[],
): SubmissionFinding[] {
  const { requiredRuns: need, scalingKind, energy, subfolder } = result;
  const findings: SubmissionFinding[] = [];
  const have = digests.length;
  const isOff = need !== undefined && (scalingKind === "weak" ? have < need : have !== need);
  if (isOff) findings.push({ rule: "run-count", have, need });
  const batchSizes = distinct(digests.map((digest) => digest.globalBatchSize));
  if (batchSizes.length > 1) findings.push({ rule: "batch-sizes-differ", batchSizes });
  findings.push(...repeatedRuns(digests));
  const scales = scalingKind === "weak" ? instanceScales(digests) : [];
  if (scales.length > 1) findings.push({ rule: "instance-scales-differ", scales });
  if (energy?.kind === "measured" && energy.runsEndedByLastReading > 0)
    findings.push({ rule: "power-ends-at-last-reading", runs: energy.runsEndedByLastReading });
  if (subfolder !== undefined) findings.push({ rule: "set-aside", folder: subfolder });
  return findings;
}

/** Committed factors have at most six digits. */
const scalingTolerance = 1e-5;

function scalingFindings(
  { recomputedScalingFactor: factor, committedScalingFactor }: Omit<BenchmarkResult, "findings">,
  { scaling }: ResultFolder,
): SubmissionFinding[] {
  const isNeeded = factor !== undefined && factor > 1 + scalingTolerance;
  switch (scaling.kind) {
    case "invalid":
      return [{ rule: "scaling-file-invalid", path: scaling.path, reason: scaling.reason }];
    case "none":
      return isNeeded ? [{ rule: "scaling-file-missing", path: scaling.path, factor }] : [];
    case "read": {
      const isEqual =
        factor !== undefined && Math.abs(committedScalingFactor / factor - 1) < scalingTolerance;
      return isEqual
        ? []
        : [{ rule: "scaling-differs", committed: committedScalingFactor, factor }];
    }
  }
}

function firstOf<Name extends "globalBatchSize" | "optimizer" | "division">(
  digests: readonly RunDigest[],
  name: Name,
): RunDigest[Name] {
  return digests.find((digest) => digest[name] !== undefined)?.[name];
}

function distinct<Value>(values: readonly (Value | undefined)[]): Value[] {
  return [...new Set(values.filter((value): value is Value => value !== undefined))];
}
