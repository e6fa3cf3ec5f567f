import { createLogReader } from "../../mllog/log-reader.ts";
import { createCurveReader, type RunTrace } from "../../atlas/rows/read-curves.ts";
import {
  type ResultPlace,
  rowOfResult,
  runName,
  runsOfResult,
} from "../../atlas/rows/row-of-result.ts";
import type { ResultRow } from "../../schema/atlas/result-row.ts";
import type { ResultRun } from "../../schema/atlas/result-run.ts";
import type { RoundManifest } from "../../schema/atlas/round-manifest.ts";
import type { RunCurve } from "../../schema/atlas/run-curve.ts";
import type { MlperfEdition } from "../../schema/logs/mlperf-round.ts";
import type { ReferenceConvergence } from "../../schema/logs/reference-convergence.ts";
import type { LogLine } from "../../schema/logs/log-event.ts";
import { OfficialClock } from "../../score/clock.ts";
import type { BenchmarkResult } from "../../schema/logs/submission.ts";
import { readLogFile } from "../../store/logs/read-log-file.ts";
import { readReferenceConvergence } from "../../store/catalogue/read-score-data.ts";
import type { ResultLog } from "../../schema/logs/result-folder.ts";
import { readResultTables, type ResultTables } from "../../store/results/naming-tables.ts";
import { writeResults } from "../../store/results/write-results.ts";
import { roundNamed } from "../../schema/logs/edition-name.ts";
import { describeMissing } from "../../atlas/rounds/describe-missing-logs.ts";
import { placeOfResult, roundOfEdition } from "../../atlas/rows/place-of-result.ts";
import { type PlannedResult, planScore } from "../submissions/plan-score.ts";
import { scoreSubmission } from "../submissions/score-submission.ts";
import { type OpenSource, openResultSources } from "./open-result-sources.ts";

export interface ImportRequest {
  /** Folders and archives of rounds, organisations or systems. */
  sources: readonly string[];
  /** The folder that holds a folder for each round. */
  into: string;
  /** `training-5.1`. Default: as the path of each result says. */
  edition?: string | undefined;
  /** `pitwall 0.1.0`. */
  importedBy: string;
}

/** What happens while rounds are imported. */
export type ImportEvent =
  | { kind: "unpacking"; archive: string }
  | { kind: "unpacked"; archive: string; fileCount: number; linkCount: number }
  | { kind: "found"; resultCount: number; logCount: number }
  /** A part of the logs was read; `stage` 1 scores them, 2 reads their curves. */
  | { kind: "logs-read"; stage: 1 | 2; logCount: number }
  | { kind: "imported"; folder: string; manifest: RoundManifest };

/** Points kept of each series of a run; of the quality twice as many. More of the run nearest to the median. */
const pointsPerSeries = { usual: 24, median: 120 };

/**
 * Turns published rounds into rows, runs and curves on disk. A round is written whole or not at all, and replaces what
 * was imported of it before.
 *
 * @throws UserError what the sources are not: `source-missing`, `archive-…`, `not-a-submission`, `edition-unknown`
 */
export async function* importResults(
  request: ImportRequest,
  signal: AbortSignal,
): AsyncGenerator<ImportEvent> {
  const sources = openResultSources(request.sources, signal);
  const opened: OpenSource[] = [];
  try {
    for await (const event of sources) {
      if (event.kind === "opened") opened.push(event.source);
      else yield event;
    }
    yield* importFolders(
      request,
      opened.map(({ folder }) => folder),
      signal,
    );
  } finally {
    for (const source of opened) await source.close();
  }
}

async function* importFolders(
  { edition, into, importedBy }: ImportRequest,
  folders: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<ImportEvent> {
  const planned = await planScore(folders, edition === undefined ? undefined : roundNamed(edition));
  const logCount = planned.reduce((sum, { folder }) => sum + folder.logs.length, 0);
  yield { kind: "found", resultCount: planned.length, logCount };
  const tables = await readResultTables();
  const references = await readReferenceConvergence();
  for (const id of new Set(planned.map((one) => one.edition))) {
    const paths = planned.filter((one) => one.edition === id).map(({ folder }) => folder.path);
    const round: RoundContents = { rows: [], runs: [], curves: [], results: [], logCount: 0 };
    for await (const scored of scoreRound(paths, id, signal)) {
      if (scored.kind === "logs-read") {
        yield { kind: "logs-read", stage: 1, logCount: scored.logCount };
        continue;
      }
      signal.throwIfAborted();
      await addResult(round, { ...scored, tables, references });
      yield { kind: "logs-read", stage: 2, logCount: scored.planned.folder.logs.length };
    }
    const manifest = manifestOf(id, round, tables);
    yield { kind: "imported", ...(await writeResults(into, { manifest, ...round }, importedBy)) };
  }
}

type RoundEvent =
  | { kind: "logs-read"; logCount: number }
  | { kind: "scored"; planned: PlannedResult; result: BenchmarkResult };

/**
 * Scores the results of one round as it was judged at the time. Of round 0.6 the logs' own word counts: the rules
 * there are fail all of Google's logs, whose results were published all the same.
 */
async function* scoreRound(
  paths: readonly string[],
  edition: MlperfEdition,
  signal: AbortSignal,
): AsyncGenerator<RoundEvent> {
  const planned = await planScore(paths, edition);
  const verdict = edition === "training-0.6" ? "status" : "as-published";
  let index = 0;
  for await (const event of scoreSubmission({ folders: paths, edition, verdict }, signal)) {
    if (event.kind === "logs-read") yield { kind: "logs-read", logCount: event.logCount };
    if (event.kind !== "scored") continue;
    // Results come in the order of the plan.
    const place = planned[index++];
    if (place !== undefined) yield { kind: "scored", planned: place, result: event.result };
  }
}

interface RoundContents {
  rows: ResultRow[];
  runs: ResultRun[];
  curves: RunCurve[];
  results: BenchmarkResult[];
  logCount: number;
}

interface ResultParts {
  planned: PlannedResult;
  result: BenchmarkResult;
  tables: ResultTables;
  references: readonly ReferenceConvergence[];
}

async function addResult(round: RoundContents, parts: ResultParts): Promise<void> {
  const { planned, result, tables, references } = parts;
  const { folder, edition } = planned;
  const convergence = convergenceFields(edition, result.benchmark, references);
  const place: ResultPlace = {
    ...placeOfResult(folder, edition, tables.rounds),
    samplesUnit: convergence.unit,
  };
  const medianRun = nearestToMedian(result);
  const traces = new Map<string, RunTrace>();
  for (const log of folder.logs) {
    const mostPoints = log.name === medianRun ? pointsPerSeries.median : pointsPerSeries.usual;
    traces.set(log.name, await traceLog(log, convergence.fields, mostPoints));
  }
  const precision = [...traces.values()].find((trace) => trace.precision !== undefined)?.precision;
  const row = rowOfResult(result, place, { tables, precision });
  round.rows.push(row);
  round.runs.push(...runsOfResult(row.rowId, result, (runId) => traces.get(runId)));
  for (const [log, { curves }] of traces) {
    for (const curve of curves)
      round.curves.push({ rowId: row.rowId, run: runName(log), ...curve });
  }
  round.results.push(result);
  round.logCount += folder.logs.length;
}

async function traceLog(
  { path }: ResultLog,
  samplesFields: readonly string[],
  mostPoints: number,
): Promise<RunTrace> {
  const reader = createLogReader();
  const curves = createCurveReader(samplesFields);
  const clock = new OfficialClock();
  const push = (line: LogLine): void => {
    curves.push(line);
    if (line.kind === "event") clock.push(line.event.key, line.event.timeMs);
  };
  for await (const piece of readLogFile(path)) {
    if (piece.kind === "bytes") reader.push(piece.bytes).forEach(push);
  }
  reader.end().forEach(push);
  return curves.finish({ runStartMs: clock.start, runStopMs: clock.stop }, mostPoints);
}

/** Its curves are kept in more detail: it is the run that stands for the result. */
function nearestToMedian({ runs }: BenchmarkResult): string | undefined {
  const passed = runs
    .filter(({ fate, timeToTrainMs }) => fate.kind !== "failed" && timeToTrainMs !== undefined)
    .toSorted((a, b) => (a.timeToTrainMs ?? 0) - (b.timeToTrainMs ?? 0));
  return (passed[Math.floor((passed.length - 1) / 2)] ?? runs[0])?.runId;
}

/** What a benchmark's logs count samples in; rounds without reference points count epochs. */
function convergenceFields(
  edition: MlperfEdition,
  benchmark: string,
  references: readonly ReferenceConvergence[],
): { unit: ReferenceConvergence["unit"] | undefined; fields: readonly string[] } {
  // BERT of that round logs epochs, steps or samples as `epoch_num`, as each submitter liked.
  if (edition === "training-0.7" && benchmark === "bert") return { unit: undefined, fields: [] };
  const ofBenchmark = references.filter((record) => record.benchmark === benchmark);
  const known = ofBenchmark.find((record) => record.edition === edition) ?? ofBenchmark.at(-1);
  if (known === undefined) return { unit: "epochs", fields: ["epoch_num"] };
  const { unit, logField } = known;
  // NVIDIA's language models log samples seen so far as `step`.
  const countsInStep = unit === "tokens" || (unit === "samples" && benchmark.startsWith("llama"));
  return { unit, fields: countsInStep ? [logField, "step"] : [logField] };
}

function manifestOf(
  edition: MlperfEdition,
  { results, logCount }: RoundContents,
  { rounds }: ResultTables,
): Omit<RoundManifest, "schemaVersion" | "files" | "resultCount" | "runCount" | "importedBy"> {
  const { suite, round } = roundOfEdition(edition);
  const published = rounds.find((one) => one.suite === suite && one.round === round);
  return {
    suite,
    round,
    publishedOn: published?.publishedOn,
    sourceRepository: published?.repository ?? "unknown",
    licence: published?.licence ?? "unknown",
    changes:
      "Each result became one row and each log one run; evaluations, loss, step times and throughput were thinned, and names of accelerators and benchmarks made uniform beside the published ones. No score was changed.",
    logCount,
    missing: describeMissing(results, { logCount, published }),
  };
}
