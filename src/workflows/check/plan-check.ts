import { UserError } from "../../foundation/user-error.ts";
import { checkableEditions, roundOfPath } from "../../schema/logs/edition-name.ts";
import type { MlperfEdition } from "../../schema/logs/mlperf-round.ts";
import { findLogs, type FoundLog } from "../../store/logs/find-logs.ts";
import { type EditionClue, findEditionClue } from "./find-edition-clue.ts";

/** Logs to check. */
export interface CheckPlan {
  /** In the order of the arguments and, within one, of paths. */
  logs: PlannedLog[];
  /** Folders that were not searched. */
  skippedFolders: string[];
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
  const seen = new Set<string>();
  for (const path of asked.paths) {
    const found = await findLogs(path, asked.workingFolder);
    skippedFolders.push(...found.skippedFolders);
    for (const log of found.logs) {
      signal.throwIfAborted();
      if (seen.has(log.absolutePath)) continue;
      seen.add(log.absolutePath);
      const edition = asked.edition ?? roundOfPath(log.absolutePath) ?? (await roundInLog(log));
      logs.push({ ...log, edition });
    }
  }
  return { logs, skippedFolders };
}

async function roundInLog({ absolutePath, path }: FoundLog): Promise<MlperfEdition | undefined> {
  const clue = await findEditionClue(absolutePath);
  switch (clue.kind) {
    case "known":
      return clue.edition;
    case "no-lines":
      return undefined;
    case "round-0.5":
      return "training-0.5";
    case "benchmark":
    case "no-benchmark":
      throw new UserError(
        "edition-unknown",
        `cannot determine the round of \`${path}\` from its path or content`,
        { at: path, ...whatIsKnown(clue) },
      );
  }
}

function whatIsKnown(clue: Extract<EditionClue, { kind: "benchmark" | "no-benchmark" }>) {
  if (clue.kind === "no-benchmark") {
    return {
      saw: "the log has no `submission_benchmark`",
      hint: `select the rules, for example \`--edition ${newestOf(checkableEditions)}\`; editions: ${checkableEditions.join(", ")}`,
    };
  }
  const { benchmark, editions } = clue;
  return {
    saw:
      editions.length === 0
        ? `benchmark \`${benchmark}\` is not in any edition`
        : `benchmark \`${benchmark}\` is in ${editions.join(", ")}`,
    hint: `select the rules, for example \`--edition ${newestOf(editions.length === 0 ? checkableEditions : editions)}\``,
  };
}

function newestOf(editions: readonly MlperfEdition[]): string {
  return editions.findLast((each) => each.startsWith("training")) ?? editions.at(-1) ?? "";
}
