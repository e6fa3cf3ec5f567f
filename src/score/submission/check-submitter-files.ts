import type { PackageFinding } from "../../schema/logs/package-finding.ts";

/** The files of a submitter that a Git repository does not take well. */
export interface UnsuitableFiles {
  unsuitableNames: readonly string[];
  largeFiles: readonly { path: string; bytes: number }[];
  brokenLinks: readonly string[];
}

const listedPaths = 20;

/** Checks the files of a submitter like MLPerf's repository checker. */
export function checkSubmitterFiles(
  { unsuitableNames, largeFiles, brokenLinks }: UnsuitableFiles,
  limitBytes: number,
): PackageFinding[] {
  const findings: PackageFinding[] = [];
  if (unsuitableNames.length > 0) {
    const paths = unsuitableNames.slice(0, listedPaths);
    findings.push({ rule: "names-unsuitable", count: unsuitableNames.length, paths });
  }
  if (largeFiles.length > 0) {
    const files = largeFiles.slice(0, listedPaths).map(({ path, bytes }) => ({ path, bytes }));
    findings.push({ rule: "files-too-large", count: largeFiles.length, limitBytes, files });
  }
  if (brokenLinks.length > 0) {
    const paths = brokenLinks.slice(0, listedPaths);
    findings.push({ rule: "links-broken", count: brokenLinks.length, paths });
  }
  return findings;
}
