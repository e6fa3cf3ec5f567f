import { availableParallelism } from "node:os";
import { UserError } from "../foundation/user-error.ts";
import { checkableEditions, editionNamed, editionOfPath } from "../schema/edition-name.ts";
import type { CheckedLog } from "../schema/log-verdict.ts";
import type { MlperfEdition } from "../schema/mlperf-round.ts";
import type { CheckedPackage } from "../schema/package-finding.ts";
import { findLogs, type FoundLog } from "../store/find-logs.ts";
import { checkLogFile, type EditionClue, findEditionClue } from "./check-log-file.ts";
import { checkOnThreads, type IndexedTask } from "./check-logs-threads.ts";
import { checkPackages } from "./check-package.ts";
import { EditionShelf } from "./load-edition.ts";
import type { JudgedLog } from "./log-checker.ts";

export interface CheckRequest {
  /** Files and folders, absolute or from `workingFolder`. */
  paths: readonly string[];
  workingFolder: string;
  /** `training-5.1`. Default: read off each log's path, else off the log. */
  edition?: string | undefined;
  /** Leaves out logs that say another one. Default: every log. */
  division?: "closed" | "open" | undefined;
  /** The rules as they were applied at the round. Default false. */
  asPublished?: boolean;
  /** Default: one per available core, fewer where there is little to read. 1 is this thread alone. */
  threadCount?: number | undefined;
  /** The compiled check-log-thread, where it does not lie beside this file. */
  threadFile?: URL | undefined;
}

/** What happens while logs are checked; `finished` comes last. */
export type CheckEvent =
  | { kind: "found"; logCount: number; bytes: number; skippedFolders: readonly string[] }
  | { kind: "checked"; logCount: number; bytes: number }
  | { kind: "finished"; report: CheckReport };

export interface CheckReport {
  /** In the order of the arguments and, within one, of paths. */
  logs: CheckedLog[];
  packages: CheckedPackage[];
  /** Logs of the other division. */
  leftOutCount: number;
}

/**
 * Checks every log in the given files and folders, and what belongs to the results they make up. What is found is the
 * same for any number of threads. Nothing on disk is changed.
 *
 * @throws UserError what `findLogs` throws, and `edition-unknown`, `edition-without-rules`, `no-such-division`
 */
export async function* checkLogs(
  request: CheckRequest,
  signal: AbortSignal,
): AsyncGenerator<CheckEvent> {
  const asked = request.edition === undefined ? undefined : editionNamed(request.edition);
  const { logs: found, skippedFolders } = await findAll(request);
  const tasks: IndexedTask[] = [];
  for (const [index, { absolutePath, path, sizeBytes }] of found.entries()) {
    signal.throwIfAborted();
    const edition =
      asked ?? editionOfPath(absolutePath) ?? (await editionInLog(absolutePath, path));
    tasks.push({ index, sizeBytes, task: { absolutePath, edition } });
  }
  const bytes = tasks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  yield { kind: "found", logCount: tasks.length, bytes, skippedFolders };

  const judged: JudgedLog[] = [];
  for await (const answer of checkAll(tasks, request, signal)) {
    for (const { index, log } of answer) judged[index] = log;
    yield { kind: "checked", logCount: answer.length, bytes: bytesOf(answer, tasks) };
  }
  yield { kind: "finished", report: await assemble(found, judged, request.division) };
}

async function findAll({ paths, workingFolder }: CheckRequest) {
  const logs: FoundLog[] = [];
  const skippedFolders: string[] = [];
  const seen = new Set<string>();
  for (const path of paths) {
    const found = await findLogs(path, workingFolder);
    logs.push(...found.logs.filter(({ absolutePath }) => !seen.has(absolutePath)));
    for (const { absolutePath } of found.logs) seen.add(absolutePath);
    skippedFolders.push(...found.skippedFolders);
  }
  return { logs, skippedFolders };
}

async function editionInLog(
  absolutePath: string,
  path: string,
): Promise<MlperfEdition | undefined> {
  const clue = await findEditionClue(absolutePath);
  if (clue.kind === "known") return clue.edition;
  if (clue.kind === "no-lines") return undefined;
  if (clue.kind === "round-0.5") {
    throw new UserError("edition-without-rules", "no rules were written for round `training-0.5`", {
      at: path,
      saw: "the log's lines begin with `:::MLPv0.5.0`",
      hint: "MLPerf's rules begin with training-0.6; `pitwall log` shows any log",
    });
  }
  throw new UserError(
    "edition-unknown",
    `neither path nor content of \`${path}\` says which round's rules it is for`,
    { at: path, ...whatIsKnown(clue) },
  );
}

function whatIsKnown(clue: Exclude<EditionClue, { kind: "known" | "no-lines" | "round-0.5" }>) {
  if (clue.kind === "no-benchmark") {
    return {
      saw: "it never logs `submission_benchmark`",
      hint: `name the rules, for example \`--edition ${newestOf(checkableEditions)}\`; there are ${checkableEditions.join(", ")}`,
    };
  }
  const { benchmark, editions } = clue;
  return {
    saw:
      editions.length === 0
        ? `its benchmark \`${benchmark}\` is in no edition`
        : `its benchmark \`${benchmark}\` is in ${editions.join(", ")}`,
    hint: `name the rules, for example \`--edition ${newestOf(editions.length === 0 ? checkableEditions : editions)}\``,
  };
}

function newestOf(editions: readonly MlperfEdition[]): string {
  return editions.findLast((each) => each.startsWith("training")) ?? editions.at(-1) ?? "";
}

/**
 * A thread must warm up its own compiled code, which takes about as much work as checking this much: with less for
 * each, threads cost more than they bring.
 */
const leastBytesPerThread = 64 * 1024 * 1024;

async function* checkAll(
  tasks: readonly IndexedTask[],
  { threadCount: asked, asPublished = false, threadFile }: CheckRequest,
  signal: AbortSignal,
): AsyncGenerator<{ index: number; log: JudgedLog }[]> {
  const bytes = tasks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const worthwhile = Math.min(availableParallelism(), Math.floor(bytes / leastBytesPerThread));
  const threadCount = asked ?? worthwhile;
  if (threadCount > 1) {
    const file = threadFile ?? new URL("./check-log-thread.js", import.meta.url);
    const start = { tasks, asPublished, threadCount, threadFile: file };
    for await (const { judged } of checkOnThreads(start, signal)) yield judged;
    return;
  }
  const shelf = new EditionShelf(asPublished);
  for (const { index, task } of tasks) {
    signal.throwIfAborted();
    yield [{ index, log: await checkLogFile(task, shelf) }];
  }
}

function bytesOf(answer: readonly { index: number }[], tasks: readonly IndexedTask[]): number {
  return answer.reduce((sum, { index }) => sum + (tasks[index]?.sizeBytes ?? 0), 0);
}

async function assemble(
  found: readonly FoundLog[],
  judged: readonly JudgedLog[],
  division: "closed" | "open" | undefined,
): Promise<CheckReport> {
  const all = found.flatMap((place, index) => {
    const log = judged[index];
    return log === undefined ? [] : [{ place, ...log }];
  });
  // A log that does not say its division may be of this one.
  const kept = all.filter(
    ({ facts }) => division === undefined || (facts.division ?? division) === division,
  );
  if (kept.length === 0) {
    throw new UserError("no-such-division", `none of these logs is of the ${division} division`, {
      saw: `${all.length} of another one`,
      hint: "leave out `--division` to check them",
    });
  }
  return {
    logs: kept.map(({ place: { argument, path }, verdict }) => ({ argument, path, ...verdict })),
    packages: await checkPackages(kept),
    leftOutCount: all.length - kept.length,
  };
}
