import type { AnswerTable } from "../../schema/answer-table.ts";
import type { ResultsProblem } from "../../schema/atlas/results/results-problem.ts";
import type { RunCurve } from "../../schema/atlas/results/run-curve.ts";
import { readPriceEntries } from "../../store/catalogue/catalogue.ts";
import { findRoundFiles } from "../../store/results/read-results.ts";
import type { RunStore } from "../../store/records/run-store.ts";
import { sqlColumns } from "../../store/sql/sql-columns.ts";
import {
  openSqlSession,
  type QueryLimits,
  type SqlRows,
  type SqlTable,
} from "../../store/sql/sql-session.ts";
import { loadAtlas } from "./load-atlas.ts";
import { ownResults } from "./own-results.ts";

export interface SqlQuery {
  /** One read-only statement in DuckDB's SQL, or `tables`. */
  question: string;
  /** The home whose imports are included. */
  home: string;
  /** The store whose runs are included. */
  store: RunStore;
}

/** Rows of a query result, in batches, and the sources that could not be read for it. */
export interface SqlAnswer extends SqlRows {
  problems: readonly ResultsProblem[];
}

type TableName = keyof typeof sqlColumns;

/**
 * Runs one query over results, runs, curves, prices and accelerators, published and own. It cannot change or read
 * anything else.
 *
 * @param use receives the query result; its rows can be read until the promise resolves
 * @throws UserError `duckdb-missing`, `sql-invalid`, `sql-not-a-question`
 * @throws WorldError `sql-timeout`, `sql-out-of-memory`
 */
export async function querySql<Result>(
  query: SqlQuery,
  limits: QueryLimits,
  use: (answer: SqlAnswer) => Promise<Result>,
): Promise<Result> {
  if (query.question.trim().toLowerCase() === "tables")
    return use({ ...tableList(), problems: [] });
  const { tables, problems } = await readTables(query, tablesIn(query.question));
  const session = await openSqlSession(tables);
  try {
    const rows = await session.ask(query.question, limits);
    const unreadable = session.skippedFiles.map(({ path, reason }): ResultsProblem => {
      const at = path.lastIndexOf("/");
      const [folder, file] = [path.slice(0, at), path.slice(at + 1)];
      return { kind: "file-unreadable", folder, file, reason };
    });
    return await use({ ...rows, problems: [...problems, ...unreadable] });
  } finally {
    session.close();
  }
}

/** The tables, column by column. */
function tableList(): SqlRows {
  const rows = Object.entries(sqlColumns).flatMap(([table, columns]) =>
    Object.entries(columns).map(([column, { type }]) => [table, column, type]),
  );
  return {
    columns: ["table", "column", "type"].map((name) => ({ name, type: "VARCHAR" })),
    batches: oneBatch(rows),
  };
}

async function* oneBatch(rows: AnswerTable["rows"]): AsyncGenerator<AnswerTable["rows"]> {
  yield rows;
}

/** The tables that the query may use: loading the curves takes longer than most queries. */
function tablesIn(question: string): ReadonlySet<TableName> {
  const words = new Set(question.toLowerCase().match(/[a-z_]+/gu));
  const asksForAll =
    words.has("show") || words.has("duckdb_tables") || words.has("information_schema");
  const names = Object.keys(sqlColumns).filter((name): name is TableName => name in sqlColumns);
  return new Set(names.filter((name) => asksForAll || words.has(name)));
}

async function readTables(
  { home, store }: SqlQuery,
  wanted: ReadonlySet<TableName>,
): Promise<{ tables: SqlTable[]; problems: readonly ResultsProblem[] }> {
  const atlas = await loadAtlas({ home });
  const { rounds } = await findRoundFiles(atlas.folders);
  const own = await ownResults(store, atlas.accelerators);
  const contents: Record<TableName, () => Promise<Omit<SqlTable, "name" | "columns">>> = {
    results: async () => ({
      lines: [...own.map(({ row }) => row), ...atlas.rows],
      files: [],
    }),
    runs: async () => ({
      lines: own.flatMap(({ runs }) => runs),
      files: rounds.map((round) => round.runs),
    }),
    curves: async () => ({
      lines: own.flatMap(({ curves }) => curves.flatMap(pointsOf)),
      files: rounds.map((round) => round.curves),
    }),
    prices: async () => ({
      lines: await readPriceEntries(),
      files: [],
    }),
    accelerators: async () => ({
      lines: atlas.accelerators.map(({ peakFlopPerSecond, aliases, ...rest }) => ({
        ...rest,
        aliases: aliases.join("; "),
        ...Object.fromEntries(
          Object.entries(peakFlopPerSecond).map(([format, rate]) => [
            `${format}FlopPerSecond`,
            rate,
          ]),
        ),
      })),
      files: [],
    }),
  };
  const tables: SqlTable[] = [];
  for (const name of wanted) {
    const { lines, files } = await contents[name]();
    tables.push({ name, columns: sqlColumns[name], lines, files });
  }
  return { tables, problems: atlas.problems };
}

function pointsOf(curve: RunCurve): object[] {
  const { rowId, run, series, metricName, pointCount, clockMs, value, samples } = curve;
  return clockMs.map((pointMs, index) => ({
    rowId,
    run,
    series,
    metricName,
    pointCount,
    clockMs: Math.round(pointMs),
    value: value[index],
    samples: samples?.[index],
  }));
}
