import { nearestWord } from "../foundation/nearest-word.ts";
import { UserError } from "../foundation/user-error.ts";
import { isMlperfEdition, type MlperfEdition, mlperfEditions } from "../schema/mlperf-round.ts";
import type { ReferenceConvergence } from "../schema/reference-convergence.ts";
import type { BenchmarkResult, RunDigest } from "../schema/submission.ts";
import { readReferenceConvergence } from "../store/read-score-data.ts";
import { readSubmission, type ResultFolder } from "../store/read-submission.ts";
import { assembleResult } from "./assemble-result.ts";
import { digestLog } from "./digest-log.ts";
import { createJudge, type Judge, type TrustedVerdict } from "./judge-log.ts";

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
}

/** What happens while a submission is scored. */
export type ScoreEvent =
  | { kind: "found"; resultCount: number; logCount: number }
  | { kind: "log-read"; bytes: number }
  | { kind: "scored"; result: BenchmarkResult };

/**
 * Scores every result in the folders, one after the other. Nothing on disk is changed.
 *
 * @throws UserError what `readSubmission` throws, and `edition-unknown`, `no-such-division`
 */
export async function* scoreSubmission(
  request: ScoreRequest,
  signal: AbortSignal,
): AsyncGenerator<ScoreEvent> {
  const folders = await findFolders(request);
  const asked = request.edition === undefined ? undefined : parseEdition(request.edition);
  const editions = folders.map((folder) => asked ?? editionOfFolder(folder));
  const logCount = folders.reduce((sum, folder) => sum + folder.logs.length, 0);
  yield { kind: "found", resultCount: folders.length, logCount };

  const references = await readReferenceConvergence();
  const judges = new Map<MlperfEdition, Judge>();
  for (const [index, folder] of folders.entries()) {
    const edition = editions[index] ?? editionOfFolder(folder);
    const judge = judges.get(edition) ?? (await createJudge(edition, request.verdict ?? "checker"));
    judges.set(edition, judge);
    const digests: RunDigest[] = [];
    for (const log of folder.logs) {
      signal.throwIfAborted();
      const { digest, bytes } = await digestLog(log, { judge, hasPower: folder.hasPower });
      digests.push(digest);
      yield { kind: "log-read", bytes };
    }
    const result = assembleResult({
      folder,
      edition,
      digests,
      references: referencesOf(references, edition),
      usesTrainSamples: request.usesTrainSamples ?? false,
    });
    if (request.division === undefined || divisionOf(result) === request.division)
      yield { kind: "scored", result };
  }
}

async function findFolders({ folders }: ScoreRequest): Promise<ResultFolder[]> {
  const found = new Map<string, ResultFolder>();
  for (const folder of folders)
    for (const result of await readSubmission(folder)) found.set(result.path, result);
  return [...found.values()];
}

function referencesOf(
  references: readonly ReferenceConvergence[],
  edition: MlperfEdition,
): readonly ReferenceConvergence[] {
  return references.filter((record) => record.edition === edition);
}

/** Submitters write `closed`, `Closed` and `close`. */
export function divisionOf({ division }: BenchmarkResult): "closed" | "open" | undefined {
  if (division === undefined) return undefined;
  return division.startsWith("close") ? "closed" : "open";
}

/** `training-5.0`, `training_v5.0`, `v5.0.0`, `5.0`. */
function parseEdition(text: string): MlperfEdition {
  const plain = text.trim().toLowerCase();
  const match = /^(?:(training|hpc)[-_ ]?)?v?(\d+\.\d+)(?:\.0)?$/.exec(plain);
  const id = match === null ? plain : `${match[1] ?? "training"}-${match[2]}`;
  if (isMlperfEdition(id)) return id;
  throw unknownEdition(`no edition \`${text}\` is known`, id, "--edition");
}

/** A round's folder is called `training_v5.0`, `training_results_v5.0`, `hpc_v3.0`; round 0.5 has `v0.5.0`. */
function editionOfFolder({ path }: ResultFolder): MlperfEdition {
  for (const part of path.split(/[/\\]/).toReversed()) {
    const match = /(training|hpc)(?:_results)?[-_]v?(\d+\.\d+)/.exec(part);
    const id =
      match === null ? (part === "v0.5.0" ? "training-0.5" : undefined) : `${match[1]}-${match[2]}`;
    if (id === undefined) continue;
    if (isMlperfEdition(id)) return id;
    throw unknownEdition(`the path names a round that is not known, \`${part}\``, id, path);
  }
  throw unknownEdition("the path does not say which round this is", undefined, path);
}

function unknownEdition(message: string, id: string | undefined, at: string): UserError {
  const nearest = id === undefined ? undefined : nearestWord(id, mlperfEditions);
  const newest = mlperfEditions.findLast((edition) => edition.startsWith("training-"));
  return new UserError("edition-unknown", message, {
    at,
    hint: `name the rules with \`--edition ${nearest ?? newest}\`; known are ${mlperfEditions.join(", ")}`,
  });
}
