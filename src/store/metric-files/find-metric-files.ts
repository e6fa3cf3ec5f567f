import { type Dirent, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { errorCode } from "../../foundation/error-code.ts";

/** Folders deeper than this below the given one are not searched. */
const maximumDepth = 8;
/** Entries of folders that one search looks at. */
const maximumEntries = 50_000;
const metricFileName =
  /tfevents|\.wandb$|^(?:metrics|progress)\.csv$|^metrics\.jsonl?$|^trainer_state\.json$/u;
const skippedFolder = /^(?:\.git|node_modules|__pycache__|\.venv|venv)$/u;

/** Files of metrics: the path itself if it is a file, those in it if it is a folder; none if it is missing. */
export function findMetricFiles(path: string): { isFolder: boolean; files: string[] } {
  if (!isFolder(path)) return { isFolder: false, files: [path] };
  const files: string[] = [];
  const budget = { entries: maximumEntries };
  search(path, 0, { files, budget });
  return { isFolder: true, files };
}

function search(
  folder: string,
  depth: number,
  found: { files: string[]; budget: { entries: number } },
): void {
  for (const entry of entriesOf(folder)) {
    found.budget.entries -= 1;
    if (found.budget.entries < 0) return;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (depth < maximumDepth && !skippedFolder.test(entry.name)) search(path, depth + 1, found);
    } else if (metricFileName.test(entry.name) && !entry.isFIFO() && !entry.isSocket()) {
      found.files.push(path);
    }
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    // A path that cannot be accessed is reported when it is opened as a file.
    if (errorCode(error) === undefined) throw error;
    return false;
  }
}

function entriesOf(folder: string): Dirent[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    // A folder that was removed meanwhile, or that may not be read, has no files to follow.
    if (errorCode(error) === undefined) throw error;
    return [];
  }
}
