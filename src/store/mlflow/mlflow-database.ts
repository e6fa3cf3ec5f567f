import { copyFile, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { z } from "zod";
import { errorCode, errorMessage } from "../../foundation/errors/error-code.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import { fileKind, refusalOf, unreadableFile } from "../open-file.ts";

const databaseRun = z.object({
  run_uuid: z.string(),
  name: z.string().nullable(),
  experiment: z.string().nullable(),
  status: z.string().nullable(),
  start_time: z.number().nullable(),
  end_time: z.number().nullable(),
});
export type DatabaseRun = z.output<typeof databaseRun>;

const metricRow = z.object({
  key: z.string(),
  value: z.number(),
  timestamp: z.coerce.number(),
  step: z.coerce.number(),
  is_nan: z.coerce.boolean(),
});
const databaseMetric = metricRow.transform(metricOf);
export type DatabaseMetric = z.output<typeof databaseMetric>;

/** A value with its run, and its place in the order of insertion. */
const rowOfRun = metricRow
  .extend({ run_uuid: z.string(), row: z.coerce.number() })
  .transform((found) => ({ ...metricOf(found), runId: found.run_uuid, row: found.row }));
export type DatabaseRowOfRun = z.output<typeof rowOfRun>;

const databaseParameter = z.object({ key: z.string(), value: z.string() });

const olderRun = z.object({ run_uuid: z.string() });
const newestRow = z.object({ row: z.coerce.number() });

function metricOf({ key, value, timestamp, step, is_nan: isNan }: z.output<typeof metricRow>) {
  return { key, value, timestampMs: timestamp, step, isNan };
}

/** A copy of an MLflow tracking database, as it was when it was opened. */
export interface MlflowDatabase {
  /** All runs that are not deleted, oldest first. */
  runs(): DatabaseRun[];
  metricsOf(runId: string): DatabaseMetric[];
  parametersOf(runId: string): Map<string, string>;
  /** The place of the newest value; 0 if there is none. */
  newestRow(): number;
  /** Values after a place, of runs that are not deleted and began at or after a time. */
  metricsAfter(row: number, { startedMs }: { startedMs: number }): DatabaseRowOfRun[];
  /** The runs that began before a time, and have values after a place that were logged at or after that time. */
  olderRunsAfter(row: number, { startedMs }: { startedMs: number }): string[];
  close(): Promise<void>;
}

/**
 * Opens an MLflow tracking database (`mlflow.db`) for reading.
 *
 * The file is copied first, with its write-ahead log: SQLite writes lock files beside a database even to read it, and
 * reading a write-ahead log without shared memory requires exclusive access. The user's files stay unchanged.
 *
 * @throws UserError `file-unreadable`, `mlflow-database-invalid`, `mlflow-database-busy`
 */
export async function openMlflowDatabase(path: string): Promise<MlflowDatabase> {
  const kind = await fileKind(path);
  if (kind === "missing") throw unreadableFile(path, { kind: "missing" });
  if (kind !== "file") throw unreadableFile(path, { kind: "not-regular", found: kind });
  const folder = await mkdtemp(join(tmpdir(), "pitwall-mlflow-"));
  const removeCopy = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const copy = await copyDatabase(path, folder);
    const { default: sqlite } = await import("node-sqlite3-wasm");
    const database = new sqlite.Database(copy, { fileMustExist: true });
    try {
      database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA trusted_schema = OFF");
      const rows = <Row>(
        row: z.ZodType<Row>,
        sql: string,
        values: (string | number)[] = [],
      ): Row[] => read(path, () => z.array(row).parse(database.all(sql, values)));
      // Fails for a file that is not a database.
      rows(databaseRun, runsQuery);
      return {
        runs: () => rows(databaseRun, runsQuery),
        metricsOf: (runId) => rows(databaseMetric, metricsQuery, [runId]),
        parametersOf: (runId) =>
          new Map(
            rows(databaseParameter, parametersQuery, [runId]).map(({ key, value }) => [key, value]),
          ),
        newestRow: () => rows(newestRow, newestRowQuery)[0]?.row ?? 0,
        metricsAfter: (row, { startedMs }) => rows(rowOfRun, rowsAfterQuery, [row, startedMs]),
        olderRunsAfter: (row, { startedMs }) =>
          rows(olderRun, olderRunsQuery, [row, startedMs]).map((run) => run.run_uuid),
        close: async () => {
          database.close();
          await removeCopy();
        },
      };
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    await removeCopy();
    throw error;
  }
}

const runsQuery = `
  SELECT runs.run_uuid, runs.name, experiments.name AS experiment, runs.status, runs.start_time, runs.end_time
  FROM runs LEFT JOIN experiments USING (experiment_id)
  WHERE runs.lifecycle_stage = 'active' ORDER BY runs.start_time, runs.run_uuid`;
const metricsQuery =
  "SELECT key, value, timestamp, step, is_nan FROM metrics WHERE run_uuid = ? ORDER BY timestamp, step";
const newestRowQuery = "SELECT coalesce(max(rowid), 0) AS row FROM metrics";
const rowsAfterQuery = `
  SELECT metrics.rowid AS row, run_uuid, key, value, timestamp, step, is_nan
  FROM metrics JOIN runs USING (run_uuid)
  WHERE metrics.rowid > ? AND runs.start_time >= ? AND runs.lifecycle_stage = 'active'
  ORDER BY metrics.rowid`;
const olderRunsQuery = `
  SELECT DISTINCT run_uuid FROM metrics JOIN runs USING (run_uuid)
  WHERE metrics.rowid > ?1 AND runs.start_time < ?2 AND metrics.timestamp >= ?2`;
const parametersQuery = "SELECT key, value FROM params WHERE run_uuid = ?";

function read<Answer>(path: string, query: () => Answer): Answer {
  try {
    return query();
  } catch (error) {
    const saw = error instanceof z.ZodError ? "a column has another type" : errorMessage(error);
    throw new UserError(
      "mlflow-database-invalid",
      `cannot read \`${basename(path)}\` as an MLflow database`,
      {
        at: path,
        saw,
        hint: "expected a SQLite database of an MLflow tracking server, by default `mlflow.db`; if a program is writing it, try again",
        cause: error,
      },
    );
  }
}

/** SQLite's files beside a database: a copy without them lacks the newest commits or is inconsistent. */
const companions = ["-wal", "-journal"] as const;
const maximumTries = 5;

/**
 * Copies a database that may be in use. The copy is consistent if the main file did not change meanwhile: a transaction
 * writes to the journal or the write-ahead log before the main file, and those are copied after it.
 */
async function copyDatabase(path: string, folder: string): Promise<string> {
  const copy = join(folder, "copy.db");
  for (let tries = 0; tries < maximumTries; tries += 1) {
    const before = await stateOf(path);
    await copyOver(path, copy);
    for (const suffix of companions) await copyOver(`${path}${suffix}`, `${copy}${suffix}`);
    if ((await stateOf(path)) === before) return copy;
  }
  throw new UserError("mlflow-database-busy", `cannot copy \`${basename(path)}\``, {
    at: path,
    saw: `a program changed it during each of ${maximumTries} copies`,
    hint: "try again when the program writes less, or after it has ended",
  });
}

async function copyOver(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to);
  } catch (error) {
    const isCompanion = companions.some((suffix) => from.endsWith(suffix));
    if (!isCompanion || errorCode(error) !== "ENOENT") throw unreadableFile(from, refusalOf(error));
    await rm(to, { force: true });
  }
}

/** Changes with each write to the main file. */
async function stateOf(path: string): Promise<string> {
  const found = await stat(path).catch((error: unknown) => refusalOf(error).kind);
  return typeof found === "string" ? found : `${found.size} ${found.mtimeMs}`;
}
