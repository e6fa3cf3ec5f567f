import { roundNamed } from "../../schema/logs/edition-name.ts";
import type { MlperfEdition } from "../../schema/logs/mlperf-round.ts";
import type { BenchmarkResult, RunDigest } from "../../schema/logs/submission.ts";
import { readReferenceConvergence } from "../../store/catalogue/read-score-data.ts";
import { assembleCheck, type CheckReport } from "../check/assemble-check.ts";
import { assembleResult } from "../../score/submission/assemble-result.ts";
import { planCheck, type PlannedLog } from "../check/plan-check.ts";
import { type PlannedResult, planScore, scoreTask } from "./plan-score.ts";
import type { LogReading, LogTask } from "../logs/read-log.ts";
import { readLogs } from "../logs/read-logs.ts";
import type { TrustedVerdict } from "../../schema/logs/trusted-verdict.ts";

export interface ScoreRequest {
  folders: readonly string[];
  /** `training-5.0`. Default: read off the path of each folder. */
  edition?: string | undefined;
  /** Only results of this division. Default all. */
  division?: "closed" | "open" | undefined;
  /** Whose word decides whether a run counts. Default `checker`. */
  verdict?: TrustedVerdict;
  /** Compare BERT by `train_samples` instead of `epoch_num`. Default false. */
  usesTrainSamples?: boolean;
  /** Checks the logs in these as well, in the same pass. Default: nothing is checked but what a score needs. */
  alsoCheck?: { paths: readonly string[]; workingFolder: string } | undefined;
  /** Default: one per available core, fewer where there is little to read. 1 is this thread alone. */
  threadCount?: number | undefined;
  /** The compiled read-logs-thread, where it does not lie beside this file. */
  threadFile?: URL | undefined;
}

/** What happens while a submission is scored; results come last, in the order of folders, and then the check. */
export type ScoreEvent =
  | { kind: "found"; resultCount: number; logCount: number; bytes: number }
  | { kind: "logs-read"; logCount: number; bytes: number }
  | { kind: "scored"; result: BenchmarkResult }
  | { kind: "checked"; report: CheckReport };

/**
 * Scores every result in the folders, and checks their logs if asked, reading each log once. What is found is the same
 * for any number of threads. Nothing on disk is changed.
 *
 * @throws UserError what `readSubmission` throws, and `edition-unknown`; with `alsoCheck` also what `findLogs` throws,
 * and `no-such-division`
 */
export async function* scoreSubmission(
  request: ScoreRequest,
  signal: AbortSignal,
): AsyncGenerator<ScoreEvent> {
  const { verdict = "checker", division, threadCount, threadFile } = request;
  const edition = request.edition === undefined ? undefined : roundNamed(request.edition);
  const results = await planScore(request.folders, edition);
  const logs = await planAlso(request, { edition, signal });
  const tasks = joinTasks(results, logs, verdict === "status");
  const bytes = bytesOf(tasks);
  yield { kind: "found", resultCount: results.length, logCount: tasks.length, bytes };

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

  for (const result of await assembleAll(results, readings, request)) {
    if (division === undefined || divisionOf(result) === division) yield { kind: "scored", result };
  }
  if (logs === undefined) return;
  const placed = logs.flatMap((place) => {
    const judged = readings.get(place.absolutePath)?.judged;
    return judged === undefined ? [] : [{ place, ...judged }];
  });
  yield { kind: "checked", report: await assembleCheck(placed, division) };
}

async function planAlso(
  { alsoCheck }: ScoreRequest,
  { edition, signal }: { edition: MlperfEdition | undefined; signal: AbortSignal },
): Promise<readonly PlannedLog[] | undefined> {
  if (alsoCheck === undefined) return undefined;
  return (await planCheck({ ...alsoCheck, edition }, signal)).logs;
}

/** Every log that is scored or checked, once. */
function joinTasks(
  results: readonly PlannedResult[],
  logs: readonly PlannedLog[] | undefined,
  trustsStatus: boolean,
): LogTask[] {
  const tasks = new Map<string, LogTask>();
  for (const result of results) {
    for (const log of result.folder.logs) {
      const task = scoreTask(log, result, { trustsStatus });
      // Where the log's own word counts and nobody asks for a check, no rules are needed.
      const isJudged = logs !== undefined || !trustsStatus;
      tasks.set(log.path, isJudged ? task : { ...task, edition: undefined });
    }
  }
  for (const { absolutePath, sizeBytes, edition } of logs ?? []) {
    if (!tasks.has(absolutePath)) tasks.set(absolutePath, { absolutePath, sizeBytes, edition });
  }
  return [...tasks.values()];
}

async function assembleAll(
  results: readonly PlannedResult[],
  readings: ReadonlyMap<string, LogReading>,
  { usesTrainSamples = false }: ScoreRequest,
): Promise<BenchmarkResult[]> {
  const references = await readReferenceConvergence();
  return results.map(({ folder, edition }) =>
    assembleResult({
      folder,
      edition,
      digests: folder.logs.flatMap(({ path }): RunDigest[] => {
        const digest = readings.get(path)?.digest;
        return digest === undefined ? [] : [digest];
      }),
      references: references.filter((record) => record.edition === edition),
      usesTrainSamples,
    }),
  );
}

function bytesOf(tasks: readonly LogTask[]): number {
  return tasks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** Submitters write `closed`, `Closed` and `close`. */
function divisionOf({ division }: BenchmarkResult): "closed" | "open" | undefined {
  if (division === undefined) return undefined;
  return division.startsWith("close") ? "closed" : "open";
}
