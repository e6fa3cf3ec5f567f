import { median } from "../../foundation/numbers/statistics.ts";
import type { CompatibilityGroup } from "../../schema/atlas/answers/compatibility.ts";
import type { Availability, ResultRow } from "../../schema/atlas/results/result-row.ts";
import type { ResultRun } from "../../schema/atlas/results/result-run.ts";
import type { BenchmarkResult, RunFate, RunFailure } from "../../schema/logs/submission.ts";
import type { CountedSamples } from "./count-samples.ts";
import { type HardwareTables, hardwareOfResult } from "./hardware-of-result.ts";
import { nameBenchmark } from "../names/name-benchmark.ts";
import { nameOrganisation } from "../names/name-organisation.ts";
import type { ResultPlace } from "./place-of-result.ts";
import type { RunTrace } from "./read-curves.ts";

/** The tables for names of results. */
export interface NamingTables extends HardwareTables {
  compatibility: readonly CompatibilityGroup[];
}

export interface RowContext {
  tables: NamingTables;
  /** As logged. */
  precision: string | undefined;
  counted: CountedSamples;
}

/** Creates the atlas row of a scored result. */
export function rowOfResult(
  result: BenchmarkResult,
  place: ResultPlace,
  { tables, precision, counted }: RowContext,
): ResultRow {
  const { system, benchmark } = result;
  const { suite, round, publishedOn, source } = place;
  const rowId = rowIdOf(result, place);
  const hardware = hardwareOfResult(result, { rowId, systemFolder: place.system }, tables);
  return {
    rowId,
    suite,
    round,
    // Descriptions spell a submitter inconsistently or omit it; the folder name is the round's name for it.
    submitter: nameOrganisation(system.organisation),
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
    publishedOn,
    division: divisionOf(result.division),
    availability: availabilityOf(system.availability),
    systemName: system.systemName,
    framework: system.framework,
    samplesToConverge: counted.mean,
    samplesUnit: counted.unit,
    globalBatchSize: positive(result.globalBatchSize),
    ...hardware.fields,
    precision: precision ?? hardware.fields.precision,
    ...energyOf(result),
    note: noteOf(result, [hardware.note, counted.note]),
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
  { result, counted }: { result: BenchmarkResult; counted: CountedSamples },
  traceOf: (runId: string) => RunTrace | undefined,
): ResultRun[] {
  return result.runs.map((run, index) => {
    const trace = traceOf(run.runId);
    return {
      rowId,
      run: runName(run.runId),
      fate: run.fate.kind,
      failure: failureOf(run.fate),
      timeToTrainMs: notNegative(run.timeToTrainMs),
      samplesToConverge: counted.amounts[index],
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
  | "modelsPerMinute"
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
    const { timeToTrainAllMs, modelCount, modelsPerMinute } = weak;
    return {
      ...counts,
      scoreMs: timeToTrainAllMs,
      unscaledMs: timeToTrainAllMs,
      modelCount,
      modelsPerMinute,
    };
  }
  if (score.kind !== "scored") return counts;
  return { ...counts, scoreMs: score.scoreMs, unscaledMs: score.unscaledMs };
}

function rcpOutcomeOf(check: BenchmarkResult["convergence"]): NonNullable<ResultRow["rcpOutcome"]> {
  switch (check.kind) {
    case "found":
    case "interpolated":
    case "smaller-batch":
      // Without a mean, such as for a single run, the check decides nothing.
      if (check.test.submissionMean === undefined) return "not-checked";
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

function energyOf({
  energy,
}: BenchmarkResult): Pick<ResultRow, "energyJoules" | "energyLabel" | "inRunEnergyJoules"> {
  if (energy?.kind !== "measured") return {};
  return {
    energyJoules: energy.joules,
    energyLabel: "measured",
    inRunEnergyJoules: energy.inRunJoules,
  };
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
  { system, weak, findings }: BenchmarkResult,
  others: readonly (string | undefined)[],
): string | undefined {
  const organisation = nameOrganisation(system.organisation);
  const notes = [
    organisation.toLowerCase() === system.organisation.toLowerCase()
      ? undefined
      : `submitted as ${system.organisation}`,
    weak?.kind === "scored" && weak.instanceScale !== undefined
      ? `each model trained on ${weak.instanceScale} accelerators, or nodes where there are none`
      : undefined,
    findings.some(({ rule }) => rule === "run-repeated") ? "a run is in it twice" : undefined,
    ...others,
  ].filter((note) => note !== undefined);
  return notes.length === 0 ? undefined : notes.join("; ");
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined;
}

function notNegative(value: number | undefined): number | undefined {
  return value !== undefined && value >= 0 ? value : undefined;
}
