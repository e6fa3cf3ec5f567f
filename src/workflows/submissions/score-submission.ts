import { resolve } from "node:path";
import { passesAsPublished } from "../../rules/passes-as-published.ts";
import type { EditionAssumption } from "../../schema/logs/edition-assumption.ts";
import { roundNamed } from "../../schema/logs/edition-name.ts";
import type { RuleAmendment } from "../../schema/logs/rule-edition.ts";
import type { BenchmarkResult } from "../../schema/logs/submission.ts";
import type { TrustedVerdict } from "../../schema/logs/trusted-verdict.ts";
import { readRuleAmendments } from "../../store/catalogue/read-score-data.ts";
import { assembleCheck, type CheckReport } from "../check/assemble-check.ts";
import { joinAssumptions } from "../check/round-of-log.ts";
import type { JudgedFile } from "../check/judged-file.ts";
import { planCheck, type PlannedLog } from "../check/plan-check.ts";
import { UnpackedArguments } from "../logs/unpack-arguments.ts";
import { planScore } from "./plan-score.ts";
import { type ResultsEvent, scoreResults } from "./score-results.ts";

export interface ScoreRequest {
  /** Folders and archives of rounds, absolute or from `workingFolder`. */
  folders: readonly string[];
  workingFolder: string;
  /** `training-5.0`. Default: derived from the path of each folder. */
  edition?: string | undefined;
  /** Only results of this division. Default all. */
  division?: "closed" | "open" | undefined;
  /** The criterion for whether a run counts. Default `checker`. */
  verdict?: TrustedVerdict;
  /** Compare BERT by `train_samples` instead of `epoch_num`. Default false. */
  usesTrainSamples?: boolean;
  /** Checks the logs as well, in the same pass. Default false: only the score's needs are checked. */
  alsoChecks?: boolean | undefined;
  /** Default: one per available core, fewer if there is little to read. 1 is this thread alone. */
  threadCount?: number | undefined;
  /** The compiled read-logs-thread, if it is not in the folder of read-logs. */
  threadFile?: URL | undefined;
}

/** Results come last, in the order of folders, and then the check. */
export type ScoreEvent =
  | {
      kind: "found";
      resultCount: number;
      logCount: number;
      bytes: number;
      /** Rounds that neither paths nor logs state. */
      assumptions: readonly EditionAssumption[];
    }
  | { kind: "logs-read"; logCount: number; bytes: number }
  | { kind: "scored"; result: BenchmarkResult }
  /** Runs that do not count by the current rules, and would by the rules as applied at the round. */
  | { kind: "count-as-published"; runCount: number; resultCount: number }
  | { kind: "checked"; report: CheckReport };

/**
 * Scores every result in the folders, and checks their logs if requested, reading each log once. The outcome is the
 * same for any number of threads. Nothing on disk is changed; archives are unpacked to temporary folders.
 *
 * @throws UserError what `readSubmission` and `UnpackedArguments` throw, and `edition-unknown`; with `alsoChecks` also
 * what `findLogs` throws, and `no-such-division`
 */
export async function* scoreSubmission(
  request: ScoreRequest,
  signal: AbortSignal,
): AsyncGenerator<ScoreEvent> {
  const unpacked = new UnpackedArguments();
  try {
    await unpacked.open(request.folders, request.workingFolder, signal);
    yield* scoreUnpacked(request, unpacked, signal);
  } catch (error) {
    throw unpacked.restateError(error);
  } finally {
    await unpacked.close();
  }
}

async function* scoreUnpacked(
  request: ScoreRequest,
  unpacked: UnpackedArguments,
  signal: AbortSignal,
): AsyncGenerator<ScoreEvent> {
  const { verdict = "checker", division, workingFolder } = request;
  const { paths } = unpacked;
  const edition = request.edition === undefined ? undefined : roundNamed(request.edition);
  const folders = paths.map((path) => resolve(workingFolder, path));
  const results = await planScore(folders, edition);
  const logs =
    request.alsoChecks === true
      ? (await planCheck({ paths, workingFolder, edition }, signal)).logs
      : undefined;
  const { usesTrainSamples = false, threadCount, threadFile } = request;
  const trainSamplesUse = usesTrainSamples ? ("always" as const) : ("never" as const);
  const work = { results, logsToCheck: logs, verdict, trainSamplesUse, threadCount, threadFile };
  for await (const event of scoreResults(work, signal)) {
    switch (event.kind) {
      case "found":
        yield {
          ...event,
          resultCount: results.length,
          assumptions: joinAssumptions(results.map(({ assumption }) => assumption)),
        };
        break;
      case "logs-read":
        yield event;
        break;
      case "scored":
        yield* scoredOf(event, division, unpacked);
        if (verdict === "checker") yield* countedAsPublished(event, await readRuleAmendments());
        if (logs !== undefined)
          yield {
            kind: "checked",
            report: await assembleCheck(judgedFilesOf(logs, event, unpacked), division),
          };
    }
  }
}

type AllScored = Extract<ResultsEvent, { kind: "scored" }>;

function* scoredOf(
  { results }: AllScored,
  division: ScoreRequest["division"],
  unpacked: UnpackedArguments,
): Generator<Extract<ScoreEvent, { kind: "scored" }>> {
  for (const { result } of results) {
    if (division !== undefined && divisionOf(result) !== division) continue;
    const findings = result.findings.map((finding) =>
      "path" in finding ? { ...finding, path: unpacked.restate(finding.path) } : finding,
    );
    yield { kind: "scored", result: { ...result, findings } };
  }
}

function* countedAsPublished(
  { results, readings }: AllScored,
  amendments: readonly RuleAmendment[],
): Generator<ScoreEvent> {
  const counts = results.map(
    ({ planned }) =>
      planned.folder.logs.filter(({ path }) => {
        const verdict = readings.get(path)?.judged.verdict;
        return verdict?.verdict === "fail" && passesAsPublished(verdict, amendments);
      }).length,
  );
  const runCount = counts.reduce((sum, count) => sum + count, 0);
  const resultCount = counts.filter((count) => count > 0).length;
  if (runCount > 0) yield { kind: "count-as-published", runCount, resultCount };
}

function judgedFilesOf(
  logs: readonly PlannedLog[],
  { readings }: AllScored,
  unpacked: UnpackedArguments,
): JudgedFile[] {
  return logs.flatMap((log) => {
    const judged = readings.get(log.absolutePath)?.judged;
    const file = { ...log, argument: unpacked.restate(log.argument) };
    return judged === undefined ? [] : [{ file, ...judged }];
  });
}

/** Submitters write `closed`, `Closed` and `close`. */
function divisionOf({ division }: BenchmarkResult): "closed" | "open" | undefined {
  if (division === undefined) return undefined;
  return division.startsWith("close") ? "closed" : "open";
}
