import {
  isMlperfBenchmark,
  requiredRunCount as requiredRuns,
} from "../../schema/logs/mlperf-round.ts";
import type { CheckedPackage, PackageLocation } from "../../schema/logs/package-finding.ts";
import { checkPower, checkRuns, type PackageLog } from "../../score/check-runs.ts";
import { checkSystemFile } from "../../score/check-system-file.ts";
import {
  locationOfLogs,
  readPowerFolder,
  readSystemFile,
} from "../../store/logs/read-package-folder.ts";
import type { JudgedFile } from "./judged-file.ts";

/** Checks the logs of each folder as one result. Logs given by name are not grouped. */
export async function checkPackages(logs: readonly JudgedFile[]): Promise<CheckedPackage[]> {
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
  return packages;
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
