import type { ImportOrigin } from "../../schema/atlas/results/import-origin.ts";
import type { PublishedRound } from "../../schema/atlas/rounds/published-round.ts";
import type { ResultContents } from "../../schema/atlas/rounds/round-contents.ts";
import type { MlperfEdition } from "../../schema/logs/mlperf-round.ts";
import type { ResultFolder } from "../../schema/logs/result-folder.ts";
import type { BenchmarkResult } from "../../schema/logs/submission.ts";
import { placeOfResult } from "./place-of-result.ts";
import type { LogTrace } from "./log-trace.ts";
import type { RunTrace } from "./read-curves.ts";
import { type NamingTables, rowOfResult, runName, runsOfResult } from "./row-of-result.ts";
import { type CountedSamples, countSamples } from "./count-samples.ts";
import { samplesCountOf, type SamplesCounts } from "./samples-count.ts";
import type { SamplesScale } from "./samples-scale.ts";

/** A scored result and the time series of its logs. */
export interface TracedResult {
  folder: ResultFolder;
  edition: MlperfEdition;
  result: BenchmarkResult;
  /** Keyed by file name of the log. */
  traces: ReadonlyMap<string, LogTrace>;
}

export interface ContentsContext {
  tables: ContentTables;
  counts: SamplesCounts;
  /** By name of the benchmark. */
  scaleOf: (benchmark: string) => SamplesScale;
  origin: ImportOrigin;
}

/** Makes the row, runs and curves of a scored result. */
export function contentsOfResult(
  { folder, edition, result, traces }: TracedResult,
  { tables, counts, scaleOf, origin }: ContentsContext,
): ResultContents {
  const loggedUnit = samplesCountOf(counts, result.benchmark).unit;
  const counted = countSamples(result, loggedUnit, scaleOf(result.benchmark));
  const place = placeOfResult(folder, edition, { rounds: tables.rounds, origin });
  const detailedRun = nearestToMedian(result);
  const ofLogs = new Map<string, RunTrace>();
  for (const { name } of folder.logs) {
    const trace = traces.get(name);
    if (trace === undefined) continue;
    const chosen = name === detailedRun ? trace.detailed : trace.usual;
    // A log whose benchmark differs from the result's may count samples in another unit.
    const factor = trace.samplesUnit === loggedUnit ? counted.curveFactor : undefined;
    ofLogs.set(name, withSamplesTimes(factor, chosen));
  }
  const precision = [...ofLogs.values()].find((trace) => trace.precision !== undefined)?.precision;
  const row = rowOfResult(result, place, { tables, precision, counted });
  const { rowId } = row;
  return {
    row,
    runs: runsOfResult(rowId, { result, counted }, (runId) => ofLogs.get(runId)),
    curves: [...ofLogs].flatMap(([log, { curves }]) =>
      curves.map((curve) => ({ rowId, run: runName(log), ...curve })),
    ),
  };
}

/** The tables for names and dates of published results. */
export interface ContentTables extends NamingTables {
  rounds: readonly PublishedRound[];
}

/** This run represents the result, so its curves keep more points. */
function nearestToMedian({ runs }: BenchmarkResult): string | undefined {
  const passed = runs
    .filter(({ fate, timeToTrainMs }) => fate.kind !== "failed" && timeToTrainMs !== undefined)
    .toSorted((a, b) => (a.timeToTrainMs ?? 0) - (b.timeToTrainMs ?? 0));
  return (passed[Math.floor((passed.length - 1) / 2)] ?? runs[0])?.runId;
}

/** Multiplies the counts of samples; removes them if the factor is unknown. */
function withSamplesTimes(factor: CountedSamples["curveFactor"], trace: RunTrace): RunTrace {
  if (factor === 1) return trace;
  const curves = trace.curves.map(({ samples, ...curve }) =>
    samples === undefined || factor === undefined
      ? curve
      : { ...curve, samples: samples.map((count) => count * factor) },
  );
  return { ...trace, curves };
}
