import type { EditionAssumption } from "../../schema/logs/edition-assumption.ts";
import { roundOfPath } from "../../schema/logs/edition-name.ts";
import type { MlperfEdition } from "../../schema/logs/mlperf-round.ts";
import { findLogs, type FoundLog } from "../../store/logs/find-logs.ts";
import { joinAssumptions, roundInLog } from "./round-of-log.ts";

/** Logs to check. */
export interface CheckPlan {
  /** In the order of the arguments and, within one, of paths. */
  logs: PlannedLog[];
  /** Folders that were not searched. */
  skippedFolders: string[];
  /** Rounds that logs do not state. */
  assumptions: EditionAssumption[];
}

export interface PlannedLog extends FoundLog {
  /** May have no rules; undefined if the log has no MLPerf line. */
  edition: MlperfEdition | undefined;
}

export interface LogsAsked {
  /** Files and folders, absolute or from `workingFolder`. */
  paths: readonly string[];
  workingFolder: string;
  /** Default: derived from each log's path, or else from the log. */
  edition: MlperfEdition | undefined;
}

/**
 * Finds the logs of all arguments, each once, and the round of each.
 *
 * @throws UserError what `findLogs` throws, and `edition-unknown`
 */
export async function planCheck(asked: LogsAsked, signal: AbortSignal): Promise<CheckPlan> {
  const logs: PlannedLog[] = [];
  const skippedFolders: string[] = [];
  const assumptions: (EditionAssumption | undefined)[] = [];
  const seen = new Set<string>();
  for (const path of asked.paths) {
    const found = await findLogs(path, asked.workingFolder);
    skippedFolders.push(...found.skippedFolders);
    for (const log of found.logs) {
      signal.throwIfAborted();
      if (seen.has(log.absolutePath)) continue;
      seen.add(log.absolutePath);
      const stated = asked.edition ?? roundOfPath(log.absolutePath);
      const read = stated === undefined ? await roundInLog(log) : undefined;
      assumptions.push(read?.assumption);
      logs.push({ ...log, edition: stated ?? read?.edition });
    }
  }
  return { logs, skippedFolders, assumptions: joinAssumptions(assumptions) };
}
