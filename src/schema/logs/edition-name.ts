import { nearestWord } from "../../foundation/text/nearest-word.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import {
  benchmarksOfEdition,
  isMlperfEdition,
  type MlperfEdition,
  mlperfEditions,
} from "./mlperf-round.ts";

/** Rounds without published rules. */
const withoutRules: ReadonlySet<string> = new Set(["training-0.5", "hpc-0.7"]);

/** Whether logs of a round can be judged. */
export function hasRules(edition: MlperfEdition): boolean {
  return !withoutRules.has(edition);
}

/** The editions that logs can be checked by, oldest first. */
export const checkableEditions: readonly MlperfEdition[] = mlperfEditions.filter(hasRules);

/**
 * The edition that a user names: `training-5.1`, `training_v5.1`, `v5.1`, `5.1.0`, `hpc-3.0`.
 *
 * @throws UserError `edition-unknown`, `edition-without-rules`
 */
export function editionNamed(text: string): MlperfEdition {
  return requireRules(readName(text, checkableEditions), "--edition");
}

/**
 * The round that a user names, with rules or without.
 *
 * @throws UserError `edition-unknown`
 */
export function roundNamed(text: string): MlperfEdition {
  return readName(text, mlperfEditions);
}

/**
 * The edition that a path names by a folder like `training_results_v5.1`, `training_v5.1`, `hpc_v3.0` or `v0.7`;
 * the innermost such folder counts. Absent if there is none.
 *
 * @throws UserError `edition-unknown`, `edition-without-rules`
 */
export function editionOfPath(path: string): MlperfEdition | undefined {
  const round = roundOfPath(path);
  return round === undefined ? undefined : requireRules(round, path);
}

/**
 * The round that a path names, with rules or without.
 *
 * @throws UserError `edition-unknown`
 */
export function roundOfPath(path: string): MlperfEdition | undefined {
  const folders = path.split(/[/\\]/).toReversed();
  for (const [index, folder] of folders.entries()) {
    const match =
      /(?:^|[^a-z])(training|hpc)(?:_results)?[-_]v?(\d+\.\d+)(?!\.?\d)/i.exec(folder) ??
      /^()v(\d+\.\d+)(?:\.0)?$/i.exec(folder);
    if (match === null) continue;
    const usage = match[1] === "" ? usageAround(folders, index) : match[1]?.toLowerCase();
    const message = `unknown round \`${folder}\` in the path`;
    return requireKnown(`${usage}-${match[2]}`, { message, at: path, known: mlperfEditions });
  }
  return undefined;
}

/** `mlperf/hpc/v1.0` is one of HPC. */
function usageAround(folders: readonly string[], index: number): string {
  return folders.slice(index + 1).some((folder) => /^hpc(?:_results)?$/i.test(folder))
    ? "hpc"
    : "training";
}

function readName(text: string, known: readonly MlperfEdition[]): MlperfEdition {
  const plain = text.trim().toLowerCase();
  const match = /^(?:(training|hpc)(?:_results)?[-_ ]?)?v?(\d+\.\d+)(?:\.0)?$/.exec(plain);
  const id = match === null ? plain : `${match[1] ?? "training"}-${match[2]}`;
  return requireKnown(id, { message: `unknown edition \`${text}\``, at: "--edition", known });
}

function requireKnown(
  id: string,
  { message, at, known }: { message: string; at: string; known: readonly MlperfEdition[] },
): MlperfEdition {
  if (isMlperfEdition(id)) return id;
  const nearest = nearestWord(id, known);
  throw new UserError("edition-unknown", message, {
    at,
    hint:
      nearest === undefined
        ? `editions: ${known.join(", ")}`
        : `did you mean \`--edition ${nearest}\`? Editions: ${known.join(", ")}`,
  });
}

function requireRules(edition: MlperfEdition, at: string): MlperfEdition {
  if (hasRules(edition)) return edition;
  throw new UserError("edition-without-rules", `no rules exist for round \`${edition}\``, {
    at,
    hint: "rules exist from training-0.6 and hpc-1.0; `pitwall log` shows any log",
  });
}

/** The editions with rules for a benchmark, oldest first. */
export function editionsWithBenchmark(benchmark: string): readonly MlperfEdition[] {
  return checkableEditions.filter((edition) =>
    benchmarksOfEdition(edition).some((known) => known === benchmark),
  );
}
