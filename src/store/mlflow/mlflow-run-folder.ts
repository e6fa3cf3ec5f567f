import { closeSync, readdirSync, readFileSync, statSync } from "node:fs";
import type { Dirent } from "node:fs";
import { join } from "node:path";
import { errorCode } from "../../foundation/errors/error-code.ts";
import { openFileSync } from "../open-file.ts";

const metaFile = "meta.yaml";
const metricsFolder = "metrics";
/** Names of metrics may contain slashes, which are folders. */
const maximumDepth = 16;

/** Whether the entries of a folder are those of a run in an MLflow file store. An experiment has no metrics. */
export function isMlflowRun(entries: readonly Dirent[]): boolean {
  return (
    entries.some((entry) => entry.name === metaFile && entry.isFile()) &&
    entries.some((entry) => entry.name === metricsFolder && entry.isDirectory())
  );
}

/** The text of a run's `meta.yaml`; undefined if it cannot be read now. */
export function readMlflowMeta(run: string): string | undefined {
  const opened = openFileSync(join(run, metaFile), { followsLinks: true });
  if (opened.kind !== "opened") return undefined;
  try {
    return readFileSync(opened.fd, "utf8");
  } finally {
    closeSync(opened.fd);
  }
}

/** When a run's `meta.yaml` was written last, milliseconds since the epoch; 0 if it is missing. */
export function metaChangedMs(run: string): number {
  return changedMs(join(run, metaFile));
}

/** Whether the file of a metric was written at or after a time. */
export function hasMetricSince(run: string, sinceMs: number): boolean {
  return [...mlflowMetrics(run).values()].some((path) => changedMs(path) >= sinceMs);
}

/** The file of each metric of a run, by name: the name `val/acc` is a file in a folder. */
export function mlflowMetrics(run: string): Map<string, string> {
  const files = new Map<string, string>();
  add(files, join(run, metricsFolder), "");
  return files;
}

function add(files: Map<string, string>, folder: string, prefix: string): void {
  if (prefix.split("/").length > maximumDepth) return;
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isFile()) files.set(`${prefix}${entry.name}`, path);
    if (entry.isDirectory()) add(files, path, `${prefix}${entry.name}/`);
  }
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    // A folder that does not exist yet, or that may not be read, has no metrics.
    if (errorCode(error) === undefined) throw error;
    return [];
  }
}

function changedMs(path: string): number {
  try {
    return statSync(path).mtimeMs;
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return 0;
  }
}
