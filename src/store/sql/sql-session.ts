import type { DuckDBAppender, DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { errorCode, errorMessage } from "../../foundation/error-code.ts";
import { UserError } from "../../foundation/user-error.ts";
import type { AnswerTable } from "../../schema/answer-table.ts";
import type { ColumnTable } from "../results/result-tables.ts";

/** A table that can be asked: lines in memory, or Parquet files. */
export interface SqlTable {
  name: string;
  columns: ColumnTable;
  lines: readonly object[];
  /** Absolute paths of Parquet files with these columns. */
  files: readonly string[];
}

/** A Parquet file that DuckDB can't read; the other files are there all the same. */
interface SkippedFile {
  path: string;
  reason: string;
}

/** A data base of its own, in memory, that answers questions and can do nothing else. */
export interface SqlSession {
  skippedFiles: readonly SkippedFile[];
  /**
   * @throws UserError `sql-invalid` (with DuckDB's own words), `sql-not-a-question` for all but one reading statement
   */
  ask(question: string, signal: AbortSignal): Promise<AnswerTable>;
  close(): void;
}

/** More than any sensible question needs, and less than a small machine has. */
const memoryLimit = "1GB";

/**
 * Opens DuckDB over the tables. Once they are loaded, files, network, extensions and settings are out of reach, and
 * stay so: the configuration is locked.
 *
 * @throws UserError `duckdb-missing` where the optional package is not installed
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
        ? "`pitwall sql` needs DuckDB, which is not installed"
        : "DuckDB is installed and can't be loaded",
      {
        saw: errorMessage(error).split("\n")[0],
        hint: "install it beside Pitwall: `npm install @duckdb/node-api`; `pitwall results` answers most questions without it",
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
  /** Kinds of statements that only read. */
  readingTypes: ReadonlySet<number>;
  skippedFiles: readonly SkippedFile[];
}

class DuckdbSession implements SqlSession {
  readonly skippedFiles: readonly SkippedFile[];
  private readonly instance: DuckDBInstance;
  private readonly connection: DuckDBConnection;
  private readonly readingTypes: ReadonlySet<number>;

  constructor({ instance, connection, readingTypes, skippedFiles }: Opened) {
    this.instance = instance;
    this.connection = connection;
    this.readingTypes = readingTypes;
    this.skippedFiles = skippedFiles;
  }

  async ask(question: string, signal: AbortSignal): Promise<AnswerTable> {
    signal.throwIfAborted();
    // An interrupt that comes before the question runs is lost: repeat it until the question is given up.
    let repeat: NodeJS.Timeout | undefined;
    const stop = (): void => {
      repeat = setInterval(() => this.connection.interrupt(), 20);
    };
    signal.addEventListener("abort", stop, { once: true });
    try {
      const statement = await this.prepare(question);
      const reader = await statement.runAndReadAll();
      const names = reader.columnNames();
      const types = reader.columnTypes();
      return {
        columns: names.map((name, index) => ({ name, type: String(types[index]) })),
        rows: reader
          .getRowsJson()
          .map((row) => row.map((value, index) => plain(value, String(types[index])))),
      };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof UserError) throw error;
      throw invalid(question, errorMessage(error));
    } finally {
      signal.removeEventListener("abort", stop);
      clearInterval(repeat);
    }
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }

  private async prepare(question: string) {
    const statements = await this.connection.extractStatements(question);
    const statement = await statements.prepare(0);
    if (statements.count === 1 && this.readingTypes.has(statement.statementType)) return statement;
    throw new UserError(
      "sql-not-a-question",
      statements.count === 1
        ? "only questions can be asked: SELECT, WITH, FROM, DESCRIBE, SUMMARIZE, EXPLAIN"
        : "only one statement can be asked at a time",
      {
        saw: question.trim().slice(0, 120),
        hint: "nothing here can be changed: the tables are made anew from the records and the shipped results each time",
      },
    );
  }
}

const wholeNumbers: ReadonlySet<string> = new Set(["BIGINT", "UBIGINT", "HUGEINT", "UHUGEINT"]);

/** DuckDB writes large whole numbers and decimals as text; as numbers where none of their digits is lost. */
function plain(value: unknown, type: string): unknown {
  if (typeof value !== "string") return value;
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

function invalid(question: string, words: string): UserError {
  const [what = "it is not understood", ...more] = words
    .replace(/^Failed to extract statements: /u, "")
    .split("\n")
    .filter((line) => line.trim() !== "");
  const isClosed =
    /Permission Error|disabled (?:by|through) configuration|configuration has been locked/u.test(
      words,
    );
  return new UserError("sql-invalid", `the question can't be answered: ${what}`, {
    saw: more.length > 0 ? more.join("\n") : question.trim().slice(0, 120),
    hint: isClosed
      ? "files, network, extensions and settings are out of reach of `pitwall sql`"
      : "`pitwall sql tables` lists tables and columns",
  });
}
