import { median } from "../../foundation/statistics.ts";
import type { CompatibilityGroup } from "../../schema/atlas/compatibility.ts";
import type { LaunchConfiguration } from "../../schema/atlas/launch-configuration.ts";
import type { Availability, ResultRow, Suite } from "../../schema/atlas/result-row.ts";
import type { ResultRun } from "../../schema/atlas/result-run.ts";
import type { Accelerator } from "../../schema/catalogue.ts";
import type { BenchmarkResult, RunFate, RunFailure } from "../../schema/logs/submission.ts";
import { findConfiguration } from "./find-configuration.ts";
import { nameAccelerator } from "../names/name-accelerator.ts";
import { nameBenchmark } from "../names/name-benchmark.ts";
import type { RunTrace } from "./read-curves.ts";

/** The identity of a result, from its folder and round. */
export interface ResultPlace {
  suite: Suite;
  /** `v5.0`. */
  round: string;
  publishedOn: string | undefined;
  /** The folders between the organization's and the benchmark's, without `results`. */
  system: string;
  /** A link to the folder, or its path. */
  source: string;
  samplesUnit: NonNullable<ResultRow["samplesUnit"]> | undefined;
}

/** The tables for names of results. */
export interface NamingTables {
  accelerators: readonly Accelerator[];
  compatibility: readonly CompatibilityGroup[];
  configurations: readonly LaunchConfiguration[];
}

/** Creates the atlas row of a scored result. */
export function rowOfResult(
  result: BenchmarkResult,
  place: ResultPlace,
  { tables, precision }: { tables: NamingTables; precision: string | undefined },
): ResultRow {
  const { system, benchmark } = result;
  const { suite, round, publishedOn, source } = place;
  const counts = countsOf(result);
  const split = findConfiguration(
    {
      edition: result.edition,
      submitter: system.organisation,
      benchmark,
      globalBatchSize: result.globalBatchSize,
      nodeCount: counts.nodeCount,
      acceleratorCount: counts.acceleratorCount,
    },
    tables.configurations,
  );
  const { precision: configured, ...degrees } = split;
  const named = nameAccelerator(
    system.acceleratorModelName,
    `${system.systemName ?? ""} ${place.system}`,
    tables.accelerators,
  );
  return {
    rowId: rowIdOf(result, place),
    suite,
    round,
    // Descriptions spell a submitter inconsistently or omit it; the folder name is the round's name for it.
    submitter: system.organisation,
    system: place.system,
    benchmarkAsPublished: benchmark,
    ...nameBenchmark(benchmark, { suite, round }, tables.compatibility),
    scaling: result.scalingKind,
    edition: result.edition,
    ...timesOf(result),
    scoreKind: "score",
    scalingFactor: result.committedScalingFactor,
    rcpOutcome: rcpOutcomeOf(result.convergence),
    source,
    ...degrees,
    publishedOn,
    division: divisionOf(result.division),
    availability: availabilityOf(system.availability),
    systemName: system.systemName,
    ...counts,
    accelerator: named?.name,
    acceleratorFamily: named?.family,
    acceleratorAsPublished: system.acceleratorModelName,
    framework: system.framework,
    ...convergenceOf(result, place),
    globalBatchSize: positive(result.globalBatchSize),
    precision: precision ?? configured,
    layoutSource: Object.keys(degrees).length > 0 ? ("configuration" as const) : undefined,
    ...energyOf(result),
    note: noteOf(result, place),
  };
}

/** `mlperf-training/v5.0/Dell/XE9680x8/bert`. */
export function rowIdOf(result: BenchmarkResult, { suite, round, system }: ResultPlace): string {
  const folder = result.benchmarkFolder ?? result.benchmark;
  return [
    suite,
    round,
    result.system.organisation,
    system,
    folder,
    ...(result.scalingKind === "weak" ? ["weak"] : []),
    ...(result.subfolder === undefined ? [] : [result.subfolder]),
  ].join("/");
}

/** The runs of a result, with facts from their logs that the score does not contain. */
export function runsOfResult(
  rowId: string,
  { runs }: BenchmarkResult,
  traceOf: (runId: string) => RunTrace | undefined,
): ResultRun[] {
  return runs.map((run) => {
    const trace = traceOf(run.runId);
    return {
      rowId,
      run: runName(run.runId),
      fate: run.fate.kind,
      failure: failureOf(run.fate),
      timeToTrainMs: notNegative(run.timeToTrainMs),
      samplesToConverge: run.convergence,
      seed: trace?.seed,
      joules: run.joules,
      initMs: trace?.initMs,
    };
  });
}

/** A log's name without its ending. */
export function runName(log: string): string {
  return log.replace(/\.txt$/, "");
}

function failureOf(fate: RunFate): string | undefined {
  if (fate.kind !== "failed") return undefined;
  const { failure } = fate;
  const says: Record<RunFailure["kind"], string> = {
    "not-compliant": failure.kind === "not-compliant" ? failure.failingKeys.join(", ") : "",
    "checker-crash": "checker-crash",
    "not-converged": "not-converged",
    "no-clock": "no-clock",
  };
  return says[failure.kind] || failure.kind;
}

type Times = Pick<
  ResultRow,
  | "runCount"
  | "convergedRunCount"
  | "scoreMs"
  | "unscaledMs"
  | "fastestMs"
  | "medianMs"
  | "slowestMs"
  | "modelCount"
>;

function timesOf({ runs, score, weak, scalingKind }: BenchmarkResult): Times {
  const passed = runs.filter(({ fate }) => fate.kind !== "failed");
  const times = passed.flatMap(({ timeToTrainMs }) => notNegative(timeToTrainMs) ?? []);
  const spread =
    times.length === 0
      ? {}
      : { fastestMs: Math.min(...times), medianMs: median(times), slowestMs: Math.max(...times) };
  const counts = { runCount: runs.length, convergedRunCount: passed.length, ...spread };
  if (scalingKind === "weak") {
    if (weak?.kind !== "scored") return counts;
    const { timeToTrainAllMs, modelCount } = weak;
    return { ...counts, scoreMs: timeToTrainAllMs, unscaledMs: timeToTrainAllMs, modelCount };
  }
  if (score.kind !== "scored") return counts;
  return { ...counts, scoreMs: score.scoreMs, unscaledMs: score.unscaledMs };
}

function countsOf({ system, weak }: BenchmarkResult): {
  nodeCount: number | undefined;
  acceleratorCount: number | undefined;
} {
  const whole = weak?.kind === "scored" ? weak.acceleratorCount : undefined;
  return {
    nodeCount: positive(system.nodeCount),
    acceleratorCount: positive(system.acceleratorCount ?? whole),
  };
}

function convergenceOf(
  { samplesToConverge, convergence }: BenchmarkResult,
  { samplesUnit }: ResultPlace,
): Pick<ResultRow, "samplesToConverge" | "samplesUnit"> {
  const test = "test" in convergence ? convergence.test : undefined;
  const unit = test?.unit ?? samplesUnit;
  return unit === undefined ? {} : { samplesUnit: unit, samplesToConverge };
}

function rcpOutcomeOf(check: BenchmarkResult["convergence"]): NonNullable<ResultRow["rcpOutcome"]> {
  switch (check.kind) {
    case "found":
    case "interpolated":
    case "smaller-batch":
      return check.test.passes || check.isBypassed ? check.kind : "too-fast";
    case "missing":
      return "missing";
    case "insufficient":
      return "insufficient";
    case "no-batch-size":
    case "not-stated":
    case "not-checked":
      return "not-checked";
  }
}

function energyOf({ energy }: BenchmarkResult): Pick<ResultRow, "energyJoules" | "energyLabel"> {
  if (energy?.kind !== "measured") return {};
  return { energyJoules: energy.joules, energyLabel: "measured" };
}

/** Submitters write `closed`, `Closed` and `close`. */
function divisionOf(text: string | undefined): "closed" | "open" | undefined {
  const plain = text?.trim().toLowerCase() ?? "";
  if (plain.startsWith("close")) return "closed";
  return plain.startsWith("open") ? "open" : undefined;
}

/** Published values include `onprem`, `Available on premise`, `cloud`, `Available in cloud`, `preview` and `research`. */
function availabilityOf(text: string | undefined): Availability | undefined {
  const plain = text?.toLowerCase() ?? "";
  if (/preview/.test(plain)) return "preview";
  if (/\brdi\b|research|internal/.test(plain)) return "rdi";
  if (/cloud/.test(plain)) return "cloud";
  return /available|on[- ]?prem/.test(plain) ? "on-premise" : undefined;
}

function noteOf(
  { system, benchmark, subfolder, weak, findings }: BenchmarkResult,
  { round }: ResultPlace,
): string | undefined {
  const notes = [
    system.countsFrom === "entry-file" && round === "v0.5"
      ? "counts are the cluster's, as entry.json has them; a run may have used fewer"
      : undefined,
    weak?.kind === "scored" && weak.instanceScale !== undefined
      ? `each model trained on ${weak.instanceScale} accelerators, or nodes where there are none`
      : undefined,
    // Habana's BERT of round 1.0 is in its own folder below `resnet`.
    subfolder === undefined || subfolder === benchmark
      ? undefined
      : `set aside by the submitter in ${subfolder}`,
    findings.some(({ rule }) => rule === "run-repeated") ? "a run is in it twice" : undefined,
  ].filter((note) => note !== undefined);
  return notes.length === 0 ? undefined : notes.join("; ");
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined;
}

function notNegative(value: number | undefined): number | undefined {
  return value !== undefined && value >= 0 ? value : undefined;
}
