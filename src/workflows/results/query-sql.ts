import type { AnswerTable } from "../../schema/answer-table.ts";
import type { ResultsProblem } from "../../schema/atlas/results-problem.ts";
import type { RunCurve } from "../../schema/atlas/run-curve.ts";
import { readPriceEntries } from "../../store/catalogue/catalogue.ts";
import { findRoundFiles } from "../../store/results/read-results.ts";
import type { RunStore } from "../../store/records/run-store.ts";
import { sqlColumns } from "../../store/sql/sql-columns.ts";
import { openSqlSession, type SqlTable } from "../../store/sql/sql-session.ts";
import { loadAtlas } from "./load-atlas.ts";
import { ownResults } from "./own-results.ts";

export interface SqlQuery {
  /** One reading statement in DuckDB's SQL, or `tables`. */
  question: string;
  /** The home whose own imports count too. */
  home: string;
  /** Whose runs stand among the published ones. */
  store: RunStore;
}

export interface SqlAnswer {
  table: AnswerTable;
  problems: readonly ResultsProblem[];
}

type TableName = keyof typeof sqlColumns;

/**
 * Answers a question about results, runs, curves, prices and accelerators, published and one's own. Nothing can be
 * changed by it, and nothing else be read.
 *
 * @throws UserError `duckdb-missing`, `sql-invalid`, `sql-not-a-question`
 */
export async function querySql(query: SqlQuery, signal: AbortSignal): Promise<SqlAnswer> {
  if (query.question.trim().toLowerCase() === "tables") return { table: tableList(), problems: [] };
  const { tables, problems } = await readTables(query, tablesIn(query.question));
  const session = await openSqlSession(tables);
  try {
    const table = await session.ask(query.question, signal);
    const unreadable = session.skippedFiles.map(({ path, reason }): ResultsProblem => {
      const at = path.lastIndexOf("/");
      const [folder, file] = [path.slice(0, at), path.slice(at + 1)];
      return { kind: "file-unreadable", folder, file, reason };
    });
    return { table, problems: [...problems, ...unreadable] };
  } finally {
    session.close();
  }
}

/** The tables, column by column. */
function tableList(): AnswerTable {
  const rows = Object.entries(sqlColumns).flatMap(([table, columns]) =>
    Object.entries(columns).map(([column, { type }]) => [table, column, type]),
  );
  return {
    columns: ["table", "column", "type"].map((name) => ({ name, type: "VARCHAR" })),
    rows,
  };
}

/** Those that the question may mean: loading the curves takes longer than most questions. */
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
