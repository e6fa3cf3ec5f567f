import type { SamplesCounts } from "../../atlas/rows/samples-count.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { EditionAssumption } from "../../schema/logs/edition-assumption.ts";
import { roundOfPath } from "../../schema/logs/edition-name.ts";
import { type MlperfEdition, mlperfEditions } from "../../schema/logs/mlperf-round.ts";
import type { ResultFolder, ResultLog } from "../../schema/logs/result-folder.ts";
import { benchmarkOfFolder } from "../../score/submission/assemble-result.ts";
import { readSubmission } from "../../store/logs/read-submission.ts";
import { roundInLog, type RoundOfLog } from "../check/round-of-log.ts";
import type { LogTask } from "../logs/read-log.ts";

/** A result to score, and its round. */
export interface PlannedResult {
  folder: ResultFolder;
  edition: MlperfEdition;
  /** Present if neither the path nor the logs state the round. */
  assumption?: EditionAssumption | undefined;
}

/**
 * Finds the results in folders, each once.
 *
 * @param edition default: derived from the path of each folder, or else from its logs
 * @throws UserError what `readSubmission` throws, and `edition-unknown`
 */
export async function planScore(
  folders: readonly string[],
  edition: MlperfEdition | undefined,
): Promise<PlannedResult[]> {
  const found = new Map<string, ResultFolder>();
  for (const folder of folders)
    for (const result of await readSubmission(folder)) found.set(result.path, result);
  const planned: PlannedResult[] = [];
  for (const folder of found.values())
    planned.push({
      folder,
      ...(edition === undefined ? await roundOfFolder(folder) : { edition }),
    });
  return planned;
}

/** A round's folder is called `training_v5.0`, `training_results_v5.0`, `hpc_v3.0`; round 0.5 has `v0.5.0`. */
async function roundOfFolder({ path, logs }: ResultFolder): Promise<RoundOfLog> {
  const round = roundOfPath(path);
  if (round !== undefined) return { edition: round };
  const [log] = logs;
  if (log !== undefined) {
    const logged = await roundInLog({ absolutePath: log.path, path: log.name });
    if (logged !== undefined) return withLogCount(logged, logs.length);
  }
  const newest = mlperfEditions.findLast((edition) => edition.startsWith("training-"));
  throw new UserError("edition-unknown", "cannot determine the round from the path or the logs", {
    at: path,
    hint: `select the rules, for example \`--edition ${newest}\`; editions: ${mlperfEditions.join(", ")}`,
  });
}

/** An assumption of the first log is one of all logs of its folder. */
function withLogCount({ edition, assumption }: RoundOfLog, logCount: number): RoundOfLog {
  return assumption === undefined
    ? { edition }
    : { edition, assumption: { ...assumption, logCount } };
}

export interface ScoreTaskOptions {
  trustsStatus: boolean;
  /** Reads curves, too, in the same pass. */
  counts: SamplesCounts | undefined;
}

/** The task that reads one log of a result. */
export function scoreTask(
  log: ResultLog,
  { folder, edition }: PlannedResult,
  { trustsStatus, counts }: ScoreTaskOptions,
): LogTask {
  const { name, path, sizeBytes, nodeMeters, switchMeters } = log;
  const meters = folder.hasPower ? { nodes: nodeMeters, switches: switchMeters } : undefined;
  const curves = counts && { counts, benchmark: benchmarkOfFolder(folder) };
  const digest = { log: name, edition, trustsStatus, meters, curves };
  return { absolutePath: path, sizeBytes, edition, digest };
}
