import { copyFile, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { z } from "zod";
import { errorCode, errorMessage } from "../../foundation/error-code.ts";
import { UserError } from "../../foundation/user-error.ts";
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

const databaseMetric = z
  .object({
    key: z.string(),
    value: z.number(),
    timestamp: z.coerce.number(),
    step: z.coerce.number(),
    is_nan: z.coerce.boolean(),
  })
  .transform(({ timestamp, is_nan: isNan, ...row }) => ({ ...row, timestampMs: timestamp, isNan }));
export type DatabaseMetric = z.output<typeof databaseMetric>;

const databaseParameter = z.object({ key: z.string(), value: z.string() });

/** A copy of an MLflow tracking database, as it was when it was opened. */
export interface MlflowDatabase {
  /** All runs that are not deleted, oldest first. */
  runs(): DatabaseRun[];
  metricsOf(runId: string): DatabaseMetric[];
  parametersOf(runId: string): Map<string, string>;
  close(): Promise<void>;
}

/**
 * Opens an MLflow tracking database (`mlflow.db`) for reading.
 *
 * The file is copied first, with its write-ahead log: SQLite writes lock files beside a database even to read it, and
 * reading a write-ahead log without shared memory requires exclusive access. The user's files stay unchanged.
 *
 * @throws UserError `file-unreadable`, `mlflow-database-invalid`
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
      const rows = <Row>(row: z.ZodType<Row>, sql: string, values: string[] = []): Row[] =>
        read(path, () => z.array(row).parse(database.all(sql, values)));
      // Fails for a file that is not a database.
      rows(databaseRun, runsQuery);
      return {
        runs: () => rows(databaseRun, runsQuery),
        metricsOf: (runId) => rows(databaseMetric, metricsQuery, [runId]),
        parametersOf: (runId) =>
          new Map(
            rows(databaseParameter, parametersQuery, [runId]).map(({ key, value }) => [key, value]),
          ),
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

/** Copies a database that may be in use; again if it changed during the copy. */
async function copyDatabase(path: string, folder: string): Promise<string> {
  const copy = join(folder, "copy.db");
  for (let tries = 0; tries < maximumTries; tries += 1) {
    const before = await stateOf(path);
    await copyOver(path, copy);
    for (const suffix of companions) await copyOver(`${path}${suffix}`, `${copy}${suffix}`);
    if ((await stateOf(path)) === before) break;
  }
  return copy;
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

/** Changes with each write to the database. */
async function stateOf(path: string): Promise<string> {
  const files = ["", ...companions].map(async (suffix) => {
    const found = await stat(`${path}${suffix}`).catch((error: unknown) => refusalOf(error).kind);
    return typeof found === "string" ? found : `${found.size} ${found.mtimeMs}`;
  });
  return (await Promise.all(files)).join(", ");
}
