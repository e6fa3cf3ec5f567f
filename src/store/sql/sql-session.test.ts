import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { AnswerTable } from "../../schema/answer-table.ts";
import { openSqlSession, type QueryLimits, type SqlSession } from "./sql-session.ts";

const isInstalled = await import("@duckdb/node-api").then(
  () => true,
  () => false,
);
const patient = { signal: new AbortController().signal, timeoutMs: 60_000 };
const endless =
  "select count(*) from range(1000000) a, range(1000000) b where a.range * b.range = 7";

describe.skipIf(!isInstalled)("openSqlSession (skips where DuckDB is not installed)", () => {
  let session: SqlSession;

  beforeAll(async () => {
    session = await openSqlSession([
      {
        name: "runs",
        columns: {
          run: { type: "STRING", isRequired: true },
          joules: { type: "DOUBLE", isRequired: false },
        },
        lines: [{ run: "it's one" }, { run: "two", joules: 1.5 }],
        files: ["/no/such/file.parquet"],
      },
    ]);
  });
  afterAll(() => session.close());

  async function answer(question: string, limits: QueryLimits = patient): Promise<AnswerTable> {
    const { columns, batches } = await session.ask(question, limits);
    const rows: (readonly unknown[])[] = [];
    for await (const batch of batches) rows.push(...batch);
    return { columns, rows };
  }

  async function refusal(question: string): Promise<string> {
    try {
      await answer(question);
    } catch (error) {
      if (error instanceof UserError) return error.code;
      throw error;
    }
    return "answered";
  }

  test("returns names, types and plain values; absent values are null", async () => {
    expect(await answer("select run, joules from runs order by run")).toEqual({
      columns: [
        { name: "run", type: "VARCHAR" },
        { name: "joules", type: "DOUBLE" },
      ],
      rows: [
        ["it's one", null],
        ["two", 1.5],
      ],
    });
  });

  test("returns counts and decimals as numbers, or as text if a number would lose digits", async () => {
    const { rows } = await answer(
      "select count(*), 1.25::decimal(5,2), 9007199254740993::bigint, sum(7) from runs",
    );
    expect(rows).toEqual([[2, 1.25, "9007199254740993", 14]]);
  });

  test("skips a file that cannot be read, and reports it", () => {
    expect(session.skippedFiles).toMatchObject([{ path: "/no/such/file.parquet" }]);
  });

  test.each([
    "select * from read_csv('/etc/passwd')",
    "select * from read_text('/etc/passwd')",
    "select * from '/etc/passwd'",
    "select * from read_parquet('https://example.org/x.parquet')",
    "select * from glob('/*')",
    "copy runs to '/tmp/pitwall-sql-test.csv'",
    "export database '/tmp/pitwall-sql-test'",
    "attach '/tmp/pitwall-sql-test.db'",
    "install httpfs",
    "load httpfs",
    "set enable_external_access = true",
    "set lock_configuration = false",
    "reset enable_external_access",
    "pragma enable_profiling",
    "create table mine as select 1",
    "drop table runs",
    "delete from runs",
    "insert into runs values ('three', 1)",
    "update runs set joules = 0",
    "prepare mine as select 1",
    "begin",
    "call pragma_version()",
    "select 1; drop table runs",
    "",
    "selec 1",
    "select nosuch from runs",
    "select getenv('HOME')",
  ])("rejects `%s`", async (question) => {
    expect(await refusal(question)).toMatch(/^sql-(?:invalid|not-a-question)$/u);
    expect((await answer("select count(*) from runs")).rows).toEqual([[2]]);
  });

  test("ends a query when interrupted", async () => {
    const controller = new AbortController();
    const pending = answer(endless, { ...patient, signal: controller.signal });
    setImmediate(() => controller.abort());
    await expect(pending).rejects.toThrow(/abort/iu);
  });

  test("ends a query that takes longer than its time limit", async () => {
    const pending = answer(endless, { ...patient, timeoutMs: 50 });
    await expect(pending).rejects.toMatchObject({ code: "sql-timeout" });
    expect((await answer("select 1")).rows).toEqual([[1]]);
  });

  test("returns the first rows of a result that would not fit into memory", async () => {
    const { batches } = await session.ask(
      "select range, repeat('x', 1000) from range(1000000000)",
      patient,
    );
    for await (const rows of batches) {
      expect(rows[0]).toEqual([0, "x".repeat(1000)]);
      break;
    }
  });

  test("ends a query that needs more memory than the limit", async () => {
    const question =
      "select a.range, repeat('y', 2000) from range(5000000) a order by hash(a.range)";
    await expect(answer(question)).rejects.toMatchObject({ code: "sql-out-of-memory" });
  });

  test("rejects a value that is too large to print", async () => {
    const pending = answer("select repeat('x', 20000000)");
    await expect(pending).rejects.toMatchObject({ code: "sql-value-too-large" });
  });
});
