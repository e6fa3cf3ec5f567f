import { roundNamed } from "../../schema/logs/edition-name.ts";
import type { BenchmarkResult } from "../../schema/logs/submission.ts";
import type { TrustedVerdict } from "../../schema/logs/trusted-verdict.ts";
import { assembleCheck, type CheckReport } from "../check/assemble-check.ts";
import type { JudgedFile } from "../check/judged-file.ts";
import { planCheck, type PlannedLog } from "../check/plan-check.ts";
import { planScore } from "./plan-score.ts";
import { type ResultsEvent, scoreResults } from "./score-results.ts";

export interface ScoreRequest {
  folders: readonly string[];
  /** `training-5.0`. Default: derived from the path of each folder. */
  edition?: string | undefined;
  /** Only results of this division. Default all. */
  division?: "closed" | "open" | undefined;
  /** The criterion for whether a run counts. Default `checker`. */
  verdict?: TrustedVerdict;
  /** Compare BERT by `train_samples` instead of `epoch_num`. Default false. */
  usesTrainSamples?: boolean;
  /** Checks the logs in these as well, in the same pass. Default: only the score's needs are checked. */
  alsoCheck?: { paths: readonly string[]; workingFolder: string } | undefined;
  /** Default: one per available core, fewer if there is little to read. 1 is this thread alone. */
  threadCount?: number | undefined;
  /** The compiled read-logs-thread, if it is not in the folder of read-logs. */
  threadFile?: URL | undefined;
}

/** Results come last, in the order of folders, and then the check. */
export type ScoreEvent =
  | { kind: "found"; resultCount: number; logCount: number; bytes: number }
  | { kind: "logs-read"; logCount: number; bytes: number }
  | { kind: "scored"; result: BenchmarkResult }
  | { kind: "checked"; report: CheckReport };

/**
 * Scores every result in the folders, and checks their logs if requested, reading each log once. The outcome is the
 * same for any number of threads. Nothing on disk is changed.
 *
 * @throws UserError what `readSubmission` throws, and `edition-unknown`; with `alsoCheck` also what `findLogs` throws,
 * and `no-such-division`
 */
export async function* scoreSubmission(
  request: ScoreRequest,
  signal: AbortSignal,
): AsyncGenerator<ScoreEvent> {
  const { verdict = "checker", division, alsoCheck } = request;
  const edition = request.edition === undefined ? undefined : roundNamed(request.edition);
  const results = await planScore(request.folders, edition);
  const logs = alsoCheck && (await planCheck({ ...alsoCheck, edition }, signal)).logs;
  const { usesTrainSamples = false, threadCount, threadFile } = request;
  const trainSamplesUse = usesTrainSamples ? ("always" as const) : ("never" as const);
  const work = { results, logsToCheck: logs, verdict, trainSamplesUse, threadCount, threadFile };
  for await (const event of scoreResults(work, signal)) {
    switch (event.kind) {
      case "found":
        yield { ...event, resultCount: results.length };
        break;
      case "logs-read":
        yield event;
        break;
      case "scored":
        yield* scoredOf(event, request);
        if (logs !== undefined)
          yield {
            kind: "checked",
            report: await assembleCheck(judgedFilesOf(logs, event), division),
          };
    }
  }
}

type AllScored = Extract<ResultsEvent, { kind: "scored" }>;

function* scoredOf(
  { results }: AllScored,
  { division }: ScoreRequest,
): Generator<Extract<ScoreEvent, { kind: "scored" }>> {
  for (const { result } of results)
    if (division === undefined || divisionOf(result) === division) yield { kind: "scored", result };
}

function judgedFilesOf(logs: readonly PlannedLog[], { readings }: AllScored): JudgedFile[] {
  return logs.flatMap((log) => {
    const judged = readings.get(log.absolutePath)?.judged;
    return judged === undefined ? [] : [{ file: log, ...judged }];
  });
}

/** Submitters write `closed`, `Closed` and `close`. */
function divisionOf({ division }: BenchmarkResult): "closed" | "open" | undefined {
  if (division === undefined) return undefined;
  return division.startsWith("close") ? "closed" : "open";
}
