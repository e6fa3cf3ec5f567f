import { nearestWord } from "../foundation/nearest-word.ts";
import { UserError } from "../foundation/user-error.ts";
import {
  benchmarksOfEdition,
  isMlperfEdition,
  type MlperfEdition,
  mlperfEditions,
} from "./mlperf-round.ts";

/** Rounds whose logs no published rules were written for. */
const withoutRules: ReadonlySet<string> = new Set(["training-0.5", "hpc-0.7"]);

/** The editions that logs can be checked by, oldest first. */
export const checkableEditions: readonly MlperfEdition[] = mlperfEditions.filter(
  (edition) => !withoutRules.has(edition),
);

/**
 * The edition that a user names: `training-5.1`, `training_v5.1`, `v5.1`, `5.1.0`, `hpc-3.0`.
 *
 * @throws UserError `edition-unknown`, `edition-without-rules`
 */
export function editionNamed(text: string): MlperfEdition {
  const plain = text.trim().toLowerCase();
  const match = /^(?:(training|hpc)(?:_results)?[-_ ]?)?v?(\d+\.\d+)(?:\.0)?$/.exec(plain);
  const id = match === null ? plain : `${match[1] ?? "training"}-${match[2]}`;
  return requireRules(id, { message: `no edition \`${text}\` is known`, at: "--edition" });
}

/**
 * The edition that a path names by a folder like `training_results_v5.1`, `training_v5.1`, `hpc_v3.0` or `v0.7`;
 * the innermost such folder counts. Absent if there is none.
 *
 * @throws UserError `edition-unknown`, `edition-without-rules`
 */
export function editionOfPath(path: string): MlperfEdition | undefined {
  const folders = path.split(/[/\\]/).toReversed();
  for (const [index, folder] of folders.entries()) {
    const match =
      /(?:^|[^a-z])(training|hpc)(?:_results)?[-_]v?(\d+\.\d+)(?!\.?\d)/i.exec(folder) ??
      /^()v(\d+\.\d+)(?:\.0)?$/i.exec(folder);
    if (match === null) continue;
    const usage = match[1] === "" ? usageAround(folders, index) : match[1]?.toLowerCase();
    return requireRules(`${usage}-${match[2]}`, {
      message: `the path names a round that is not known, \`${folder}\``,
      at: path,
    });
  }
  return undefined;
}

/** `mlperf/hpc/v1.0` is one of HPC. */
function usageAround(folders: readonly string[], index: number): string {
  return folders.slice(index + 1).some((folder) => /^hpc(?:_results)?$/i.test(folder))
    ? "hpc"
    : "training";
}

function requireRules(id: string, { message, at }: { message: string; at: string }): MlperfEdition {
  if (withoutRules.has(id)) {
    throw new UserError("edition-without-rules", `no rules were written for round \`${id}\``, {
      at,
      hint: "MLPerf's rules begin with training-0.6 and hpc-1.0; `pitwall log` shows any log",
    });
  }
  if (isMlperfEdition(id)) return id;
  const nearest = nearestWord(id, checkableEditions);
  throw new UserError("edition-unknown", message, {
    at,
    hint:
      nearest === undefined
        ? `known are ${checkableEditions.join(", ")}`
        : `did you mean \`--edition ${nearest}\`? Known are ${checkableEditions.join(", ")}`,
  });
}

/** The editions with rules for a benchmark, oldest first. */
export function editionsWithBenchmark(benchmark: string): readonly MlperfEdition[] {
  return checkableEditions.filter((edition) =>
    benchmarksOfEdition(edition).some((known) => known === benchmark),
  );
}
