import { UserError } from "../../foundation/errors/user-error.ts";
import type { EditionAssumption } from "../../schema/logs/edition-assumption.ts";
import { editionNamed } from "../../schema/logs/edition-name.ts";
import { assembleCheck, type CheckReport } from "./assemble-check.ts";
import type { JudgedLog } from "../logs/log-checker.ts";
import type { JudgedFile } from "./judged-file.ts";
import { planCheck, type PlannedLog } from "./plan-check.ts";
import { readLogs } from "../logs/read-logs.ts";
import { UnpackedArguments } from "../logs/unpack-arguments.ts";

export interface CheckRequest {
  /** Files, folders and archives of rounds, absolute or from `workingFolder`. */
  paths: readonly string[];
  workingFolder: string;
  /** `training-5.1`. Default: derived from each log's path, or else from the log. */
  edition?: string | undefined;
  /** Excludes logs that name another division. Default: every log. */
  division?: "closed" | "open" | undefined;
  /** The rules as they were applied at the round. Default false. */
  asPublished?: boolean;
  /** Default: one per available core, fewer if there is little to read. 1 is this thread alone. */
  threadCount?: number | undefined;
  /** The compiled read-logs-thread, if it is not in the folder of this module. */
  threadFile?: URL | undefined;
}

/** Events while logs are checked; `finished` is the last. */
export type CheckEvent =
  | {
      kind: "found";
      logCount: number;
      bytes: number;
      skippedFolders: readonly string[];
      assumptions: readonly EditionAssumption[];
    }
  | { kind: "checked"; logCount: number; bytes: number }
  | { kind: "finished"; report: CheckReport };

/**
 * Checks every log in the given files, folders and archives, and the files that belong to their results. The findings are
 * the same for any number of threads. Nothing on disk is changed; archives are unpacked to temporary folders.
 *
 * @throws UserError what `findLogs` and `UnpackedArguments` throw, and `edition-unknown`, `no-such-division`; `edition-without-rules` if no
 * log is of a round with rules
 */
export async function* checkLogs(
  request: CheckRequest,
  signal: AbortSignal,
): AsyncGenerator<CheckEvent> {
  const unpacked = new UnpackedArguments();
  try {
    await unpacked.open(request.paths, request.workingFolder, signal);
    yield* checkUnpacked(request, unpacked, signal);
  } catch (error) {
    throw unpacked.restateError(error);
  } finally {
    await unpacked.close();
  }
}

async function* checkUnpacked(
  request: CheckRequest,
  unpacked: UnpackedArguments,
  signal: AbortSignal,
): AsyncGenerator<CheckEvent> {
  const { workingFolder, division, asPublished = false, threadCount, threadFile } = request;
  const edition = request.edition === undefined ? undefined : editionNamed(request.edition);
  const plan = { paths: unpacked.paths, workingFolder, edition };
  const { logs, skippedFolders, assumptions } = await planCheck(plan, signal);
  yield { kind: "found", logCount: logs.length, bytes: bytesOf(logs), skippedFolders, assumptions };

  const judged: JudgedLog[] = [];
  const tasks = logs.map(({ absolutePath, sizeBytes, edition }) => ({
    absolutePath,
    sizeBytes,
    edition,
  }));
  const work = { tasks, asPublished, threadCount, threadFile };
  for await (const readings of readLogs(work, signal)) {
    for (const { index, reading } of readings) judged[index] = reading.judged;
    const bytes = bytesOf(readings.flatMap(({ index }) => logs[index] ?? []));
    yield { kind: "checked", logCount: readings.length, bytes };
  }
  const judgedFiles = logs.flatMap((file, index): JudgedFile[] => {
    const log = judged[index];
    const argument = unpacked.restate(file.argument);
    return log === undefined ? [] : [{ file: { ...file, argument }, ...log }];
  });
  const report = await assembleCheck(judgedFiles, division);
  requireJudged(report, logs);
  yield { kind: "finished", report };
}

function bytesOf(logs: readonly { sizeBytes: number }[]): number {
  return logs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

function requireJudged(report: CheckReport, logs: readonly PlannedLog[]): void {
  if (report.logs.some(({ verdict }) => verdict !== "not-judged")) return;
  const rounds = [...new Set(logs.map((log) => `\`${log.edition}\``))];
  throw new UserError("edition-without-rules", `no rules exist for ${rounds.join(", ")}`, {
    at: report.logs[0]?.path,
    saw: `${report.logs.length === 1 ? "1 log" : `${report.logs.length} logs`} of such a round, and no other logs`,
    hint: "rules exist from training-0.6 and hpc-1.0; `pitwall log` shows any log",
  });
}
