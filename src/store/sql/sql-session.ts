import type {
  DuckDBAppender,
  DuckDBConnection,
  DuckDBInstance,
  DuckDBResult,
} from "@duckdb/node-api";
import { errorCode, errorMessage } from "../../foundation/errors/error-code.ts";
import { formatDuration } from "../../foundation/numbers/units.ts";
import { UserError, WorldError } from "../../foundation/errors/user-error.ts";
import type { AnswerTable } from "../../schema/answer-table.ts";
import { describeRefusal, openFile } from "../open-file.ts";
import type { ColumnTable } from "../results/result-tables.ts";

/** A table that can be queried: lines in memory, or Parquet files. */
export interface SqlTable {
  name: string;
  columns: ColumnTable;
  lines: readonly object[];
  /** Absolute paths of Parquet files with these columns. */
  files: readonly string[];
}

/** A Parquet file that DuckDB cannot read; the other files are still available. */
interface SkippedFile {
  path: string;
  reason: string;
}

export interface QueryLimits {
  signal: AbortSignal;
  timeoutMs: number;
}

/** Rows of a query result in batches; can be read once. */
export interface SqlRows {
  columns: AnswerTable["columns"];
  batches: AsyncIterable<AnswerTable["rows"]>;
}

/** A separate in-memory database that can only run queries. */
export interface SqlSession {
  skippedFiles: readonly SkippedFile[];
  /**
   * Runs one read-only statement. Rows are computed as they are read, in memory that does not grow with the number of
   * rows. The time limit runs from this call until the last row is read.
   *
   * @throws UserError `sql-invalid` (with DuckDB's message), `sql-not-a-question` for anything but one read-only
   * statement
   * @throws WorldError `sql-timeout`, `sql-out-of-memory`
   */
  ask(question: string, limits: QueryLimits): Promise<SqlRows>;
  close(): void;
}

/** More than a reasonable query needs, and less than a small machine has. */
const memoryLimit = "1GB";

/**
 * Opens DuckDB with the tables. After loading, files, network, extensions and settings are disabled, and the
 * configuration is locked.
 *
 * @throws UserError `duckdb-missing` if the optional package is not installed
 */
export async function openSqlSession(tables: readonly SqlTable[]): Promise<SqlSession> {
  const duckdb = await importDuckdb();
  const instance = await duckdb.DuckDBInstance.create(":memory:", { memory_limit: memoryLimit });
  const connection = await instance.connect();
  const skippedFiles: SkippedFile[] = [];
  for (const table of tables) skippedFiles.push(...(await load(connection, table)));
  await connection.run("SET temp_directory = ''");
  await connection.run("SET enable_external_access = false");
  await connection.run("SET lock_configuration = true");
  const { SELECT, EXPLAIN } = duckdb.StatementType;
  const readingTypes = new Set<number>([SELECT, EXPLAIN]);
  return new DuckdbSession({ instance, connection, readingTypes, skippedFiles });
}

async function importDuckdb() {
  try {
    return await import("@duckdb/node-api");
  } catch (error) {
    const code = errorCode(error);
    const isAbsent = code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND";
    throw new UserError(
      "duckdb-missing",
      isAbsent
        ? "`pitwall sql` requires DuckDB, which is not installed"
        : "DuckDB is installed but cannot be loaded",
      {
        saw: errorMessage(error).split("\n")[0],
        hint: "install it with `npm install @duckdb/node-api`; `pitwall results` works without it",
        cause: error,
      },
    );
  }
}

const sqlTypes = { STRING: "VARCHAR", INT32: "INTEGER", FLOAT: "FLOAT", DOUBLE: "DOUBLE" } as const;

async function load(connection: DuckDBConnection, table: SqlTable): Promise<SkippedFile[]> {
  const columns = Object.entries(table.columns);
  const declared = columns.map(([name, { type }]) => `${quoted(name)} ${sqlTypes[type]}`);
  await connection.run(`CREATE TABLE ${quoted(table.name)} (${declared.join(", ")})`);
  const skipped: SkippedFile[] = [];
  for (const path of table.files) {
    // DuckDB would wait for a writer of a named pipe.
    const opened = await openFile(path, { followsLinks: true });
    if (opened.kind !== "opened") {
      skipped.push({ path, reason: describeRefusal(opened) });
      continue;
    }
    await opened.file.close();
    try {
      const file = `'${path.replaceAll("'", "''")}'`;
      await connection.run(
        `INSERT INTO ${quoted(table.name)} BY NAME SELECT * FROM read_parquet(${file})`,
      );
    } catch (error) {
      skipped.push({ path, reason: errorMessage(error).split("\n")[0] ?? "" });
    }
  }
  if (table.lines.length === 0) return skipped;
  const appender = await connection.createAppender(table.name);
  for (const line of table.lines) {
    const cells = new Map<string, unknown>(Object.entries(line));
    for (const [name, { type }] of columns) append(appender, cells.get(name), type);
    appender.endRow();
  }
  appender.closeSync();
  return skipped;
}

function append(appender: DuckDBAppender, value: unknown, type: keyof typeof sqlTypes): void {
  if (value === undefined || value === null) appender.appendNull();
  else if (type === "STRING")
    appender.appendVarchar(typeof value === "string" ? value : JSON.stringify(value));
  else if (type === "INT32") appender.appendInteger(Number(value));
  else if (type === "FLOAT") appender.appendFloat(Number(value));
  else appender.appendDouble(Number(value));
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

interface Opened {
  instance: DuckDBInstance;
  connection: DuckDBConnection;
  /** Types of statements that only read. */
  readingTypes: ReadonlySet<number>;
  skippedFiles: readonly SkippedFile[];
}

class DuckdbSession implements SqlSession {
  readonly skippedFiles: readonly SkippedFile[];
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #readingTypes: ReadonlySet<number>;

  constructor({ instance, connection, readingTypes, skippedFiles }: Opened) {
    this.#instance = instance;
    this.#connection = connection;
    this.#readingTypes = readingTypes;
    this.skippedFiles = skippedFiles;
  }

  async ask(question: string, limits: QueryLimits): Promise<SqlRows> {
    limits.signal.throwIfAborted();
    const interruption = new QueryInterruption(this.#connection, limits);
    try {
      const statement = await this.#prepare(question);
      const result = await statement.stream();
      const types = result.columnTypes().map(String);
      const columns = result
        .columnNames()
        .map((name, index) => ({ name, type: types[index] ?? "" }));
      return { columns, batches: batchesOf(result, { types, question, interruption }) };
    } catch (error) {
      interruption.end();
      throw interruption.failure(error, question);
    }
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }

  async #prepare(question: string) {
    const statements = await this.#connection.extractStatements(question);
    const statement = await statements.prepare(0);
    if (statements.count === 1 && this.#readingTypes.has(statement.statementType)) return statement;
    throw new UserError(
      "sql-not-a-question",
      statements.count === 1
        ? "only reading statements are allowed: SELECT, WITH, FROM, DESCRIBE, SUMMARIZE, EXPLAIN"
        : "only one statement is allowed per query",
      {
        saw: question.trim().slice(0, 120),
        hint: "the SQL tables are read-only: they are rebuilt from run records and shipped results on each call",
      },
    );
  }
}

async function* batchesOf(
  result: DuckDBResult,
  query: { types: readonly string[]; question: string; interruption: QueryInterruption },
): AsyncGenerator<AnswerTable["rows"]> {
  const { types, question, interruption } = query;
  try {
    for await (const rows of result.yieldRowsJson())
      yield rows.map((row) => row.map((value, index) => plain(value, types[index] ?? "")));
  } catch (error) {
    throw interruption.failure(error, question);
  } finally {
    interruption.end();
  }
}

/** Stops a query when the user interrupts it or the time limit expires. */
class QueryInterruption {
  readonly #limits: QueryLimits;
  readonly #connection: DuckDBConnection;
  readonly #timer: NodeJS.Timeout;
  readonly #onAbort = (): void => this.#interrupt();
  #repeat: NodeJS.Timeout | undefined;
  #isTimedOut = false;

  constructor(connection: DuckDBConnection, limits: QueryLimits) {
    this.#connection = connection;
    this.#limits = limits;
    limits.signal.addEventListener("abort", this.#onAbort, { once: true });
    this.#timer = setTimeout(() => {
      this.#isTimedOut = true;
      this.#interrupt();
    }, limits.timeoutMs);
  }

  end(): void {
    this.#limits.signal.removeEventListener("abort", this.#onAbort);
    clearTimeout(this.#timer);
    clearInterval(this.#repeat);
  }

  /** Converts a DuckDB error to a user error. */
  failure(error: unknown, question: string): unknown {
    const { signal, timeoutMs } = this.#limits;
    if (signal.aborted) return signal.reason;
    if (error instanceof UserError) return error;
    if (this.#isTimedOut) {
      return new WorldError(
        "sql-timeout",
        `the query did not finish within ${formatDuration(timeoutMs)}`,
        {
          saw: question.trim().slice(0, 120),
          hint: "narrow it, or allow more time: `--timeout 5m`",
        },
      );
    }
    return failedQuery(question, errorMessage(error));
  }

  /** An interrupt before the query starts is lost, so it is repeated until the query ends. */
  #interrupt(): void {
    this.#repeat ??= setInterval(() => this.#connection.interrupt(), 20);
  }
}

/** A longer text could not be written in one piece. */
const maxValueCharacters = 16 << 20;
const wholeNumbers: ReadonlySet<string> = new Set(["BIGINT", "UBIGINT", "HUGEINT", "UHUGEINT"]);

/** DuckDB returns large integers and decimals as text; converts them to numbers if no digits are lost. */
function plain(value: unknown, type: string): unknown {
  if (typeof value !== "string") return value;
  if (value.length > maxValueCharacters) {
    throw new UserError("sql-value-too-large", "a value of the answer is too large to print", {
      saw: `${value.length} characters; the limit is ${maxValueCharacters}`,
      hint: "select a part of it: `substring(…)`",
    });
  }
  if (wholeNumbers.has(type)) {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  if (type.startsWith("DECIMAL") || type === "DOUBLE" || type === "FLOAT") {
    const number = Number(value);
    return Number.isFinite(number) ? number : value;
  }
  return value;
}

function failedQuery(question: string, message: string): UserError {
  if (/Out of Memory/iu.test(message)) {
    return new WorldError(
      "sql-out-of-memory",
      `the query needs more than ${memoryLimit} of memory`,
      {
        saw: question.trim().slice(0, 120),
        hint: "narrow it with WHERE or LIMIT, or sort and group fewer rows",
      },
    );
  }
  const [what = "syntax error", ...more] = message
    .replace(/^Failed to extract statements: /u, "")
    .split("\n")
    .filter((line) => line.trim() !== "");
  const isClosed =
    /Permission Error|disabled (?:by|through) configuration|configuration has been locked/u.test(
      message,
    );
  return new UserError("sql-invalid", `cannot run the query: ${what}`, {
    saw: more.length > 0 ? more.join("\n") : question.trim().slice(0, 120),
    hint: isClosed
      ? "`pitwall sql` cannot access files, the network, extensions or settings"
      : "`pitwall sql tables` lists tables and columns",
  });
}
