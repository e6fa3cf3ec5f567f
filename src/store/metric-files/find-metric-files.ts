import { type Dirent, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { errorCode } from "../../foundation/errors/error-code.ts";
import { isMlflowRun } from "../mlflow/mlflow-run-folder.ts";

/** Folders deeper than this below the given one are not searched. */
const maximumDepth = 8;
/** Entries of folders that one search looks at. */
const maximumEntries = 50_000;
const metricFileName =
  /tfevents|\.wandb$|^(?:metrics|progress)\.csv$|^metrics\.jsonl?$|^trainer_state\.json$|^mlflow\.db$/u;
/** `.trash` holds deleted experiments of MLflow. */
const skippedFolder = /^(?:\.git|\.trash|node_modules|__pycache__|\.venv|venv)$/u;

/** The paths of files of metrics. */
export interface FoundMetricFiles {
  isFolder: boolean;
  files: string[];
  /** Folders of runs in an MLflow file store. */
  mlflowRuns: string[];
}

/** Files of metrics: the path itself if it is a file, those in it if it is a folder; none if it is missing. */
export function findMetricFiles(path: string): FoundMetricFiles {
  if (!isFolder(path)) return { isFolder: false, files: [path], mlflowRuns: [] };
  const found = { isFolder: true, files: [], mlflowRuns: [] };
  search(path, 0, { found, budget: { entries: maximumEntries } });
  return found;
}

function search(
  folder: string,
  depth: number,
  to: { found: FoundMetricFiles; budget: { entries: number } },
): void {
  const { found, budget } = to;
  const entries = entriesOf(folder);
  if (isMlflowRun(entries)) {
    budget.entries -= entries.length;
    found.mlflowRuns.push(folder);
    return;
  }
  for (const entry of entries) {
    budget.entries -= 1;
    if (budget.entries < 0) return;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (depth < maximumDepth && !skippedFolder.test(entry.name)) search(path, depth + 1, to);
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
