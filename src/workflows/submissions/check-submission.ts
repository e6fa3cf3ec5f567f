import { stat } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { benchmarkNamed } from "../../schema/logs/mlperf-round.ts";
import type { EditionAssumption } from "../../schema/logs/edition-assumption.ts";
import type { ResultFolder } from "../../schema/logs/result-folder.ts";
import type { BenchmarkResult } from "../../schema/logs/submission.ts";
import type { SubmissionItem } from "../../schema/logs/submission-item.ts";
import {
  compareSubmittedNames,
  submittedNames,
} from "../../score/submission/compare-submitted-names.ts";
import { listSubmissionItems } from "../../score/submission/list-submission-items.ts";
import { readAccelerators } from "../../store/catalogue/catalogue.ts";
import { readReferenceConvergence } from "../../store/catalogue/read-score-data.ts";
import { walkSubmitter } from "../../store/logs/walk-submitter.ts";
import { readSubmission } from "../../store/logs/read-submission.ts";
import { listDirectory } from "../../store/open-file.ts";
import { findMisplacedLogs } from "./find-misplaced-logs.ts";
import { readSubmissionNames } from "./read-submission-names.ts";
import type { CheckReport } from "../check/assemble-check.ts";
import { scoreSubmission } from "./score-submission.ts";

export interface SubmissionRequest {
  folder: string;
  workingFolder: string;
  edition: string | undefined;
}

export interface SubmissionReport {
  items: SubmissionItem[];
  resultCount: number;
  logCount: number;
  /** Rounds that neither paths nor logs state; absent if all do. */
  assumedEditions?: readonly EditionAssumption[];
}

/**
 * Checks a submission before its upload: logs, runs, system descriptions, convergence, names and code. Nothing on disk
 * is changed.
 *
 * @throws UserError what `scoreSubmission` throws
 */
export async function checkSubmission(
  { folder, workingFolder, edition }: SubmissionRequest,
  signal: AbortSignal,
): Promise<SubmissionReport> {
  const results: BenchmarkResult[] = [];
  let checked: CheckReport | undefined;
  let assumed: readonly EditionAssumption[] = [];
  const request = { folders: [folder], workingFolder, edition, alsoChecks: true };
  for await (const event of scoreSubmission(request, signal)) {
    if (event.kind === "found") assumed = event.assumptions;
    if (event.kind === "scored") results.push(event.result);
    if (event.kind === "checked") checked = event.report;
  }
  const { logs = [], packages = [], submitterFiles = new Map() } = checked ?? {};
  const references = await readReferenceConvergence();
  const folders = await readFolders(resolve(workingFolder, folder));
  const missingCode = await findMissingCode(folders);
  const accelerators = (await readAccelerators()).map(({ name }) => name);
  const names: SubmissionItem[] = [];
  for (const each of folders) {
    const logged = submittedNames(each, await readSubmissionNames(each));
    names.push(...compareSubmittedNames(logged, accelerators));
  }
  names.push(
    ...(await findMisplacedLogs(folders)),
    ...(await findOuterLinks(folders, submitterFiles)),
  );
  const found = { logs, packages, results, references, names, missingCode };
  const items = listSubmissionItems(found);
  return {
    items,
    resultCount: results.length,
    logCount: logs.length,
    ...(assumed.length === 0 ? {} : { assumedEditions: assumed }),
  };
}

/** An archive has been unpacked and removed by now: its code and placeholders are not looked for. */
async function readFolders(folder: string): Promise<ResultFolder[]> {
  const status = await stat(folder);
  return status.isDirectory() ? readSubmission(folder) : [];
}

async function findOuterLinks(
  folders: readonly ResultFolder[],
  walked: CheckReport["submitterFiles"],
): Promise<SubmissionItem[]> {
  const submitters = new Map(
    folders
      .filter(({ isInSubmission }) => isInSubmission)
      .map((folder) => [submitterPath(folder), folder.organisation]),
  );
  const items: SubmissionItem[] = [];
  for (const [path, place] of submitters) {
    // Only submitters of rounds whose files the official tools check were walked.
    const { outerLinks: paths } = walked.get(path) ?? (await walkSubmitter(path));
    if (paths.length === 0) continue;
    const problem = { kind: "links-lead-out", paths } as const;
    items.push({ severity: "warning", foundBy: "pitwall", place, problem });
  }
  return items;
}

function submitterPath({ pathParts }: ResultFolder): string {
  return pathParts.slice(0, pathParts.lastIndexOf("results")).join(sep);
}

/** Submitters put the code of each benchmark into `benchmarks/<benchmark>`. */
async function findMissingCode(folders: readonly ResultFolder[]): Promise<string[]> {
  const missing = new Set<string>();
  for (const folder of folders) {
    const { isInSubmission, benchmarkFolder, organisation } = folder;
    if (!isInSubmission || benchmarkFolder === undefined) continue;
    const listed = await listDirectory(join(submitterPath(folder), "benchmarks"));
    const names = listed.kind === "listed" ? listed.entries.map(({ name }) => name) : [];
    const benchmark = benchmarkNamed(benchmarkFolder);
    if (!names.some((name) => benchmarkNamed(name) === benchmark))
      missing.add(`${organisation}/benchmarks/${benchmarkFolder}`);
  }
  return [...missing];
}
