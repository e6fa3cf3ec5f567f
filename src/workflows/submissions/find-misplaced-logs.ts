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
    const packed = await packedNames(folder);
    if (packed.length > 0) {
      const problem = { kind: "logs-packed", names: packed } as const;
      items.push({ severity: "blocking", foundBy: "pitwall", place, problem });
    }
    const names = (await unreadNames(folder)).filter((name) => !packed.includes(name));
    if (names.length === 0) continue;
    const problem = { kind: "logs-not-read", names } as const;
    items.push({ severity: "warning", foundBy: "pitwall", place, problem });
  }
  return items;
}

async function packedNames({ pathParts }: ResultFolder): Promise<string[]> {
  const path = pathParts.join(sep);
  const listed = await listDirectory(path);
  if (listed.kind !== "listed") return [];
  return listed.entries
    .map(({ name }) => name)
    .filter((name) => /^result_\S*\.txt(?:\.gz)?$/u.test(name) && isPacked(join(path, name)))
    .toSorted();
}

/** `result-2.txt`, `Result_3.log`: nearly `result_<n>.txt`. */
const likeLog = /^results?[^a-z]*\d+\S*\.(?:txt|log|out)(?:\.gz)?$/iu;

async function unreadNames({ pathParts, logs }: ResultFolder): Promise<string[]> {
  const listed = await listDirectory(pathParts.join(sep));
  if (listed.kind !== "listed") return [];
  const read = new Set(logs.map(({ name }) => name));
  return listed.entries
    .map(({ name }) => name)
    .filter((name) => likeLog.test(name) && !read.has(name))
    .toSorted();
}
