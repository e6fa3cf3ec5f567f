import { join, sep } from "node:path";
import type { ResultFolder } from "../../schema/logs/result-folder.ts";
import type { SubmissionItem } from "../../schema/logs/submission-item.ts";
import { isPacked } from "../../store/logs/read-log-file.ts";
import { listDirectory } from "../../store/open-file.ts";

/** Logs that no upload has: outside the folders of a submission, or with names that the official tools do not read. */
export async function findMisplacedLogs(
  folders: readonly ResultFolder[],
): Promise<SubmissionItem[]> {
  const items: SubmissionItem[] = [];
  for (const folder of folders) {
    const { shownAs: place, isInSubmission } = folder;
    if (!isInSubmission) {
      const problem = { kind: "not-in-submission" } as const;
      items.push({ severity: "blocking", foundBy: "pitwall", place, problem });
      continue;
    }
    const misnamed = folder.logs.map(({ name }) => name).filter((name) => !officialName.test(name));
    if (misnamed.length > 0) {
      const problem = { kind: "logs-misnamed", names: misnamed } as const;
      items.push({ severity: "blocking", foundBy: "official", place, problem });
    }
    const listed = await namesIn(folder);
    const packed = listed.filter((name) => isPackedLog(folder, name));
    if (packed.length > 0) {
      const problem = { kind: "logs-packed", names: packed } as const;
      items.push({ severity: "blocking", foundBy: "pitwall", place, problem });
    }
    const names = unreadNames(folder, listed).filter((name) => !packed.includes(name));
    if (names.length === 0) continue;
    const problem = { kind: "logs-not-read", names } as const;
    items.push({ severity: "warning", foundBy: "pitwall", place, problem });
  }
  return items;
}

async function namesIn({ pathParts }: ResultFolder): Promise<string[]> {
  const listed = await listDirectory(pathParts.join(sep));
  return listed.kind === "listed" ? listed.entries.map(({ name }) => name).toSorted() : [];
}

function isPackedLog({ pathParts }: ResultFolder, name: string): boolean {
  return /^result_\S*\.txt(?:\.gz)?$/u.test(name) && isPacked(join(pathParts.join(sep), name));
}

/** Packed ones have an item of their own. */
const officialName = /^result_.*\.txt(?:\.gz)?$/u;

/** `result-2.txt`, `Result_3.log`: nearly `result_<n>.txt`. */
const likeLog = /^results?[^a-z]*\d+\S*\.(?:txt|log|out)(?:\.gz)?$/iu;

function unreadNames({ logs }: ResultFolder, listed: readonly string[]): string[] {
  const read = new Set(logs.map(({ name }) => name));
  return listed.filter((name) => likeLog.test(name) && !read.has(name));
}
