import type { LoggedRun } from "../../formats/logged-run.ts";
import type { LoggedValue } from "../../formats/logged-value.ts";
import { statusOf, valuesOfRows } from "../../formats/mlflow/database-values.ts";
import { inOrderOfTime } from "../../formats/mlflow/order-of-values.ts";
import { readMeta } from "../../formats/mlflow/read-meta.ts";
import { readMetricFile } from "../../formats/mlflow/read-metric-file.ts";
import { fileKind } from "../../store/open-file.ts";
import { readFirstBytes } from "../../store/results/read-pieces.ts";
import { type DatabaseRun, openMlflowDatabase } from "../../store/mlflow/mlflow-database.ts";
import {
  type MlflowRunFolder,
  mlflowRunFolders,
  namedTexts,
} from "../../store/mlflow/mlflow-folder.ts";

/** The runs of an MLflow tracking store. */
export interface MlflowStore {
  kind: "folder" | "database";
  /** Runs that are not deleted, oldest first. */
  runs: readonly LoggedRun[];
  /** The values of one run in order of time; none for an unknown run. A folder is read at each call. */
  valuesOf(runId: string): Promise<LoggedValue[]>;
  close(): Promise<void>;
}

/**
 * Opens an MLflow tracking store: a folder `mlruns` (or one experiment or one run in it), or a database `mlflow.db`, of
 * which a snapshot is read.
 *
 * @throws UserError `file-unreadable`, `mlflow-database-invalid`
 */
export async function openMlflow(path: string): Promise<MlflowStore> {
  return (await fileKind(path)) === "directory" ? openFolder(path) : openDatabase(path);
}

async function openFolder(path: string): Promise<MlflowStore> {
  const folders = new Map<string, string>();
  const runs: LoggedRun[] = [];
  for await (const found of mlflowRunFolders(path)) {
    const run = await runOfFolder(found);
    if (run === undefined) continue;
    folders.set(run.runId, found.folder);
    runs.push(run);
  }
  return {
    kind: "folder",
    runs: runs.toSorted((left, right) => (left.startMs ?? 0) - (right.startMs ?? 0)),
    async valuesOf(runId) {
      const folder = folders.get(runId);
      const values: LoggedValue[] = [];
      if (folder === undefined) return values;
      for await (const { name, text } of namedTexts(folder, "metrics"))
        for (const value of readMetricFile(name, text).values) values.push(value);
      return inOrderOfTime(values);
    },
    close: () => Promise.resolve(),
  };
}

/** Undefined for a deleted run. */
async function runOfFolder({
  folder,
  meta,
  experimentMeta,
}: MlflowRunFolder): Promise<LoggedRun | undefined> {
  const fields = readMeta(meta);
  const runId = fields?.get("run_id") ?? fields?.get("run_uuid");
  if (fields === undefined || runId === undefined) return undefined;
  if (fields.get("lifecycle_stage") === "deleted") return undefined;
  const parameters = new Map<string, string>();
  for await (const { name, text } of namedTexts(folder, "params")) parameters.set(name, text);
  const experiment = experimentMeta === undefined ? undefined : readMeta(experimentMeta);
  return {
    runId,
    name: nonEmpty(fields.get("run_name")),
    experiment: nonEmpty(experiment?.get("name")),
    status: statusOf(fields.get("status") ?? ""),
    startMs: timeOf(fields.get("start_time")),
    endMs: timeOf(fields.get("end_time")),
    parameters,
  };
}

async function openDatabase(path: string): Promise<MlflowStore> {
  const database = await openMlflowDatabase(path);
  return {
    kind: "database",
    runs: database.runs().map((run) => runOfRow(run, database.parametersOf(run.run_uuid))),
    valuesOf: (runId) => Promise.resolve(valuesOfRows(database.metricsOf(runId))),
    close: () => database.close(),
  };
}

function runOfRow(run: DatabaseRun, parameters: ReadonlyMap<string, string>): LoggedRun {
  return {
    runId: run.run_uuid,
    name: nonEmpty(run.name ?? undefined),
    experiment: run.experiment ?? undefined,
    status: statusOf(run.status ?? ""),
    startMs: run.start_time ?? undefined,
    endMs: run.end_time ?? undefined,
    parameters,
  };
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" || text === "null" ? undefined : text;
}

function timeOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/u.test(text) ? Number(text) : undefined;
}

const databaseMagic = Buffer.from("SQLite format 3\0");

/** Whether a path is an MLflow tracking store, by its content. */
export async function isMlflowStore(path: string): Promise<boolean> {
  if ((await fileKind(path)) === "directory") return hasMlflowRuns(path);
  const first = await readFirstBytes(path, databaseMagic.length);
  return first.kind === "read" && databaseMagic.equals(first.bytes);
}

async function hasMlflowRuns(folder: string): Promise<boolean> {
  for await (const _ of mlflowRunFolders(folder)) return true;
  return false;
}
