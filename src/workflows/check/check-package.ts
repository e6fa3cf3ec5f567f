import {
  isMlperfBenchmark,
  requiredRunCount as requiredRuns,
} from "../../schema/logs/mlperf-round.ts";
import type { CheckedPackage, PackageLocation } from "../../schema/logs/package-finding.ts";
import { checkPower, checkRuns, type PackageLog } from "../../score/submission/check-runs.ts";
import { checkSystemFile } from "../../score/submission/check-system-file.ts";
import {
  locationOfLogs,
  readPowerFolder,
  readSystemFile,
} from "../../store/logs/read-package-folder.ts";
import {
  largestFileBytes,
  walkSubmitter,
  type SubmitterFiles,
} from "../../store/logs/walk-submitter.ts";
import { checkSubmitterFiles } from "../../score/submission/check-submitter-files.ts";
import type { JudgedFile } from "./judged-file.ts";

export interface PackageChecks {
  packages: CheckedPackage[];
  /** By the absolute path of the submitter's folder. */
  submitterFiles: ReadonlyMap<string, SubmitterFiles>;
}

/** Checks the logs of each folder as one result. Logs given by name are not grouped. */
export async function checkPackages(logs: readonly JudgedFile[]): Promise<PackageChecks> {
  const folders = new Map<string, JudgedFile[]>();
  for (const log of logs) {
    if (log.file.isGivenByName) continue;
    const { absolutePath } = log.file;
    const folder = absolutePath.slice(0, -nameOf(absolutePath).length - 1);
    const members = folders.get(folder);
    if (members === undefined) folders.set(folder, [log]);
    else members.push(log);
  }
  const packages: CheckedPackage[] = [];
  for (const [folder, members] of folders) packages.push(await checkPackage(folder, members));
  const submitterFiles = new Map<string, SubmitterFiles>();
  packages.push(...(await checkSubmitters(folders, submitterFiles)));
  return { packages, submitterFiles };
}

/** Checks the files of each submitter whose results were found, and adds them to `walked`. */
async function checkSubmitters(
  folders: ReadonlyMap<string, readonly JudgedFile[]>,
  walked: Map<string, SubmitterFiles>,
): Promise<CheckedPackage[]> {
  const checked: CheckedPackage[] = [];
  for (const [folder, [first]] of folders) {
    const location = locationOfLogs(folder);
    if (first === undefined || location.kind !== "submission" || !isFileChecked(first)) continue;
    const { organisation, organisationPath } = location;
    if (walked.has(organisationPath)) continue;
    const files = await walkSubmitter(organisationPath);
    walked.set(organisationPath, files);
    const findings = checkSubmitterFiles(files, largestFileBytes);
    if (findings.length === 0) continue;
    const { argument, path, absolutePath } = first.file;
    const above = absolutePath.slice(organisationPath.length + 1).length;
    const shown = path.length > above ? path.slice(0, -above - 1) : organisation;
    checked.push({ argument, path: shown, kind: "submitter", organisation, runCount: 0, findings });
  }
  return checked;
}

/** Official since round 2.0. */
function isFileChecked({ verdict: { edition } }: JudgedFile): boolean {
  const version = /-(\d+)\./u.exec(edition ?? "")?.[1];
  return version !== undefined && Number(version) >= 2;
}

async function checkPackage(
  folder: string,
  members: readonly JudgedFile[],
): Promise<CheckedPackage> {
  const location = locationOfLogs(folder);
  const logs: PackageLog[] = members.map((member) => ({
    name: nameOf(member.file.absolutePath),
    facts: member.facts,
  }));
  const edition = members.find(({ verdict }) => verdict.edition !== undefined)?.verdict.edition;
  const findings = checkRuns(logs, { edition, location });
  if (location.kind === "submission") {
    const system = await readSystemFile(location);
    findings.push(...checkSystemFile(system, { edition }));
    findings.push(...checkPower(logs, await readPowerFolder(folder)));
  }
  const { argument = "", path = "" } = members[0]?.file ?? {};
  return { argument, path: folderOf(path), ...describeLocation(location, logs), findings };
}

function describeLocation(location: PackageLocation, logs: readonly PackageLog[]) {
  const logged = logs.find(({ facts }) => facts.benchmark !== undefined)?.facts.benchmark;
  const runCount = logs.length;
  if (location.kind === "folder") return { kind: location.kind, benchmark: logged, runCount };
  const { kind, organisation, system } = location;
  const benchmark = logged ?? location.benchmark;
  const requiredRunCount = isMlperfBenchmark(benchmark) ? requiredRuns(benchmark) : undefined;
  return { kind, organisation, system, benchmark, runCount, requiredRunCount };
}

function nameOf(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}

function folderOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".";
}
