import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { UserError } from "../../foundation/user-error.ts";
import { openSqlSession, type SqlSession } from "./sql-session.ts";

const isInstalled = await import("@duckdb/node-api").then(
  () => true,
  () => false,
);
const never = new AbortController().signal;

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

  async function refusal(question: string): Promise<string> {
    try {
      await session.ask(question, never);
    } catch (error) {
      if (error instanceof UserError) return error.code;
      throw error;
    }
    return "answered";
  }

  test("answers with names, types and plain values; what is absent is null", async () => {
    expect(await session.ask("select run, joules from runs order by run", never)).toEqual({
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

  test("gives counts and decimals as numbers, and keeps digits a number would lose", async () => {
    const answer = await session.ask(
      "select count(*), 1.25::decimal(5,2), 9007199254740993::bigint, sum(7) from runs",
      never,
    );
    expect(answer.rows).toEqual([[2, 1.25, "9007199254740993", 14]]);
  });

  test("leaves out a file that can't be read, and says so", () => {
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
  ])("refuses `%s`", async (question) => {
    expect(await refusal(question)).toMatch(/^sql-(?:invalid|not-a-question)$/u);
    expect((await session.ask("select count(*) from runs", never)).rows).toEqual([[2]]);
  });

  test("gives up a question when interrupted", async () => {
    const controller = new AbortController();
    const asked = session.ask(
      "select count(*) from range(1000000) a, range(1000000) b where a.range * b.range = 7",
      controller.signal,
    );
    setImmediate(() => controller.abort());
    await expect(asked).rejects.toThrow(/abort/iu);
  });
});
