import { stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { LogCauseReader } from "../../../rules/causes/log-cause-reader.ts";
import { editionNamed } from "../../../schema/logs/edition-name.ts";
import type { CheckedLog } from "../../../schema/logs/log-verdict.ts";
import { clockedMs } from "../../../score/mlperf/clock.ts";
import { LogFactsReader } from "../../../score/mlperf/log-facts.ts";
import { diskRunStore } from "../../../store/records/disk-run-store.ts";
import type { RunRecord, RunStore } from "../../../store/records/run-store.ts";
import { rereadRun } from "./reread-run.ts";

/** The arguments of a check: recorded runs with their verdicts, and the other arguments. */
export interface CheckedRecords {
  logs: CheckedLog[];
  /** The other arguments, in their order. */
  rest: string[];
}

/**
 * Checks the runs among the arguments, each against the rules of its verdict: a run or series by name, the folder of a
 * record, or the `log.txt` in one. A running run is checked as if its log ended here.
 *
 * @param edition as the user writes it, instead of the recorded one
 * @throws UserError `edition-unknown`, `edition-without-rules`
 */
export async function checkRecords(
  { paths, workingFolder, edition }: RecordsToCheck,
  store: RunStore,
): Promise<CheckedRecords> {
  const used = edition === undefined ? undefined : editionNamed(edition);
  const logs: CheckedLog[] = [];
  const rest: string[] = [];
  for (const argument of paths) {
    const records = await recordsOf(argument, resolve(workingFolder, argument), store);
    if (records.length === 0) rest.push(argument);
    for (const record of records) logs.push(await checkedLog(record, used));
  }
  return { logs, rest };
}

export interface RecordsToCheck {
  paths: readonly string[];
  workingFolder: string;
  edition?: string | undefined;
}

async function recordsOf(argument: string, path: string, store: RunStore): Promise<RunRecord[]> {
  const kind = await kindOf(path);
  if (kind === "file" && basename(path) !== "log.txt") return [];
  if (kind === undefined) return namedRecords(argument, store);
  const folder = kind === "file" ? dirname(path) : path;
  if ((await kindOf(resolve(folder, "run.json"))) !== "file") return [];
  // The record's home is two folders up; the record is looked up there by name.
  return openAll([basename(folder)], diskRunStore(resolve(folder, "../..")));
}

async function kindOf(path: string): Promise<"file" | "folder" | undefined> {
  // A missing or unreadable path is not a record; the check of logs reports it.
  const status = await stat(path).catch(() => undefined);
  if (status === undefined) return undefined;
  return status.isDirectory() ? "folder" : "file";
}

async function namedRecords(name: string, store: RunStore): Promise<RunRecord[]> {
  const meant = await store.resolve(name);
  if (meant.kind === "run") return openAll([meant.runId], store);
  return meant.kind === "series" ? openAll(meant.runIds, store) : [];
}

async function openAll(runIds: readonly string[], store: RunStore): Promise<RunRecord[]> {
  const opened = await Promise.all(runIds.map((runId) => store.open(runId)));
  return opened.flatMap((each) => (each.kind === "opened" ? [each.record] : []));
}

async function checkedLog(record: RunRecord, edition: string | undefined): Promise<CheckedLog> {
  const facts = new LogFactsReader();
  const causes = new LogCauseReader();
  const { rules } = await rereadRun(record, {
    edition,
    isOver: true,
    alsoTake: (line) => {
      facts.push(line);
      causes.push(line);
    },
  });
  if (rules === undefined) throw new Error("a log that is over has a verdict");
  const logged = facts.finish();
  const { benchmark, division } = logged;
  const path = record.logPath;
  return {
    // The reader of logs finds the file by this path.
    argument: path,
    path,
    edition: rules.edition,
    benchmark,
    division,
    verdict: rules.verdict === "pass" ? "pass" : "fail",
    officialCheckerCrashes: rules.verdict === "crash",
    failingKeys: rules.failingKeys,
    timeToTrainMs: clockedMs(logged),
    findings: rules.findings,
    warnings: rules.warnings,
    causes: causes.finish(undefined),
  };
}
