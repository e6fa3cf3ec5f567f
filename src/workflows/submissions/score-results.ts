import type { LogTrace } from "../../atlas/rows/log-trace.ts";
import type { SamplesCounts } from "../../atlas/rows/samples-count.ts";
import type { BenchmarkResult, RunDigest } from "../../schema/logs/submission.ts";
import type { TrustedVerdict } from "../../schema/logs/trusted-verdict.ts";
import { assembleResult, type TrainSamplesUse } from "../../score/submission/assemble-result.ts";
import { readReferenceConvergence } from "../../store/catalogue/read-score-data.ts";
import type { LogReading, LogTask } from "../logs/read-log.ts";
import { readLogs } from "../logs/read-logs.ts";
import { type PlannedResult, type ScoreTaskOptions, scoreTask } from "./plan-score.ts";

/** Planned results to score, and logs to check in the same pass. */
export interface ResultsRequest {
  results: readonly PlannedResult[];
  /** Logs to check; those of the results are read once for both. Default: only the score's needs are checked. */
  logsToCheck?: readonly Omit<LogTask, "digest">[] | undefined;
  /** The criterion for whether a run counts. */
  verdict: TrustedVerdict;
  /** When BERT is compared by `train_samples` instead of `epoch_num`. Default `never`. */
  trainSamplesUse?: TrainSamplesUse;
  /** How each benchmark of the round counts samples. Default: no curves are read. */
  counts?: SamplesCounts | undefined;
  /** Default: one per available core, fewer if there is little to read. 1 is this thread alone. */
  threadCount?: number | undefined;
  /** The compiled read-logs-thread, if it is not in the folder of read-logs. */
  threadFile?: URL | undefined;
}

/** A result and the data from its logs. */
export interface ScoredResult {
  planned: PlannedResult;
  result: BenchmarkResult;
  /** Keyed by file name of the log; empty without `counts`. */
  traces: ReadonlyMap<string, LogTrace>;
}

export type ResultsEvent =
  | { kind: "found"; logCount: number; bytes: number }
  | { kind: "logs-read"; logCount: number; bytes: number }
  /** All logs are read. Results are in the order of the plan; readings by absolute path. */
  | { kind: "scored"; results: ScoredResult[]; readings: ReadonlyMap<string, LogReading> };

/** Scores planned results, reading each log once; the outcome is the same for any number of threads. */
export async function* scoreResults(
  request: ResultsRequest,
  signal: AbortSignal,
): AsyncGenerator<ResultsEvent> {
  const { results, verdict, threadCount, threadFile } = request;
  const tasks = joinTasks(request);
  yield { kind: "found", logCount: tasks.length, bytes: bytesOf(tasks) };
  const readings = new Map<string, LogReading>();
  const work = { tasks, asPublished: verdict === "as-published", threadCount, threadFile };
  for await (const done of readLogs(work, signal)) {
    const tasksDone = done.flatMap(({ index }) => tasks[index] ?? []);
    for (const [position, { absolutePath }] of tasksDone.entries()) {
      const reading = done[position]?.reading;
      if (reading !== undefined) readings.set(absolutePath, reading);
    }
    yield { kind: "logs-read", logCount: done.length, bytes: bytesOf(tasksDone) };
  }
  yield { kind: "scored", results: await assembleAll(results, readings, request), readings };
}

/** Every log that is scored or checked, once. */
function joinTasks({ results, logsToCheck, verdict, counts }: ResultsRequest): LogTask[] {
  const options: ScoreTaskOptions = { trustsStatus: verdict === "status", counts };
  const tasks = new Map<string, LogTask>();
  for (const result of results) {
    for (const log of result.folder.logs) {
      const task = scoreTask(log, result, options);
      // Without a check, logs whose status decides need no rules.
      const isJudged = logsToCheck !== undefined || !options.trustsStatus;
      tasks.set(log.path, isJudged ? task : { ...task, edition: undefined });
    }
  }
  for (const { absolutePath, sizeBytes, edition } of logsToCheck ?? []) {
    if (!tasks.has(absolutePath)) tasks.set(absolutePath, { absolutePath, sizeBytes, edition });
  }
  return [...tasks.values()];
}

async function assembleAll(
  results: readonly PlannedResult[],
  readings: ReadonlyMap<string, LogReading>,
  { trainSamplesUse = "never" }: ResultsRequest,
): Promise<ScoredResult[]> {
  const references = await readReferenceConvergence();
  return results.map((planned) => {
    const { folder, edition } = planned;
    const own = references.filter((record) => record.edition === edition);
    const digests: RunDigest[] = [];
    const traces = new Map<string, LogTrace>();
    for (const { path, name } of folder.logs) {
      const reading = readings.get(path);
      if (reading?.digest !== undefined) digests.push(reading.digest);
      if (reading?.trace !== undefined) traces.set(name, reading.trace);
    }
    const parts = { folder, edition, digests, references: own, trainSamplesUse };
    return { planned, result: assembleResult(parts), traces };
  });
}

function bytesOf(tasks: readonly LogTask[]): number {
  return tasks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
