import { UserError } from "../../foundation/errors/user-error.ts";
import type { CheckedLog } from "../../schema/logs/log-verdict.ts";
import type { CheckedPackage } from "../../schema/logs/package-finding.ts";
import type { SubmitterFiles } from "../../store/logs/walk-submitter.ts";
import { checkPackages } from "./check-package.ts";
import type { JudgedFile } from "./judged-file.ts";

export interface CheckReport {
  /** In the order of the arguments and, within one, of paths. */
  logs: CheckedLog[];
  /** Folders of logs that were checked. */
  packages: CheckedPackage[];
  /** The files of the submitters of these folders, by the absolute path of the submitter. */
  submitterFiles: ReadonlyMap<string, SubmitterFiles>;
  /** Logs of the other division. */
  leftOutCount: number;
}

/**
 * Assembles the findings of logs and checks the files that belong to them.
 *
 * @param division excludes logs that name another division
 * @throws UserError `no-such-division`
 */
export async function assembleCheck(
  logs: readonly JudgedFile[],
  division: "closed" | "open" | undefined,
): Promise<CheckReport> {
  // A log without a division may belong to this one.
  const kept = logs.filter(
    ({ facts }) => division === undefined || (facts.division ?? division) === division,
  );
  if (kept.length === 0) {
    throw new UserError(
      "no-such-division",
      `none of these logs belongs to the ${division} division`,
      {
        saw: `${logs.length} of another division`,
        hint: "omit `--division` to check them",
      },
    );
  }
  return {
    logs: kept.map(({ file: { argument, path }, verdict }) => ({ argument, path, ...verdict })),
    ...(await checkPackages(kept.filter(({ verdict }) => verdict.verdict !== "not-judged"))),
    leftOutCount: logs.length - kept.length,
  };
}
