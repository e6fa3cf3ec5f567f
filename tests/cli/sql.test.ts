import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { pitwall, temporaryFolder, transcript } from "../support/pitwall.ts";

const isInstalled = await import("@duckdb/node-api").then(
  () => true,
  () => false,
);
const shipped = fileURLToPath(new URL("../../data/results", import.meta.url));

describe.skipIf(!isInstalled)("pitwall sql (skips where DuckDB is not installed)", () => {
  test("answers over the shipped results, aligned for people", async () => {
    const question =
      "select round, accelerator, scoreMs / 60000 as minutes from results where suite = 'mlperf-training' and benchmark = 'gpt3' and round = 'v3.1' and scoreMs is not null order by scoreMs limit 2";
    expect(transcript(await pitwall(["sql", question]))).toMatchSnapshot();
  });

  test("writes CSV and Markdown, with what they need quoted", async () => {
    const question = `select 'a "b", c' as words, 'x|y' as bar, 3 as n from prices limit 1`;
    expect((await pitwall(["sql", question, "--format", "csv"])).stdout).toBe(
      'words,bar,n\n"a ""b"", c",x|y,3\n',
    );
    expect((await pitwall(["sql", question, "--format", "md"])).stdout).toBe(
      '| words | bar | n |\n| --- | --- | ---: |\n| a "b", c | x\\|y | 3 |\n',
    );
  });

  test("neutralises cells that a spreadsheet would run, unless `--raw-csv` is given", async () => {
    const question = `select '=1+1' as "@a", '-2+3' as b, '-4' as c, -5 as d, '-' as e`;
    const csv = async (...flags: string[]): Promise<unknown> =>
      (await pitwall(["sql", question, "--format", "csv", ...flags])).stdout;
    expect(await csv()).toBe("'@a,b,c,d,e\n'=1+1,'-2+3,-4,-5,-\n");
    expect(await csv("--raw-csv")).toBe("@a,b,c,d,e\n=1+1,-2+3,-4,-5,-\n");
    expect(transcript(await pitwall(["sql", question, "--raw-csv"]))).toMatchInlineSnapshot(`
      "exit 2
      stderr:
      error[raw-csv-without-csv]: \`--raw-csv\` applies to CSV output only
        at --raw-csv

      hint: add \`--format csv\`"
    `);
  });

  test("queries own runs together with published ones", async () => {
    const cwd = temporaryFolder();
    const program = ["--metric", "acc=([0-9.]+)", "--target", "acc>=0.5", "--", "echo", "acc=0.75"];
    await pitwall(["run", ...program], { cwd });
    const question =
      "select suite, r.fate, c.value from results join runs r using (rowId) join curves c using (rowId) where suite = 'own'";
    const { stdout } = await pitwall(["sql", question, "--json"], { cwd });
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      result: { rows: [{ suite: "own", fate: "counted", value: 0.75 }] },
    });
  });

  test("warns of a round whose Parquet is broken, and answers from the others", async () => {
    const cwd = temporaryFolder();
    const own = join(cwd, "home", "results", "mlperf-training-v0.6");
    mkdirSync(join(own, ".."), { recursive: true });
    cpSync(join(shipped, "mlperf-training-v0.6"), own, { recursive: true });
    writeFileSync(join(own, "runs.parquet"), "PAR1 not at all PAR1");
    const ran = await pitwall(["sql", "select count(*) > 1000 as many from runs"], { cwd });
    expect(ran).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("true") });
    expect(ran.stderr).toMatch(/^warning: cannot read runs\.parquet in/u);
  });

  test("prints at most --max-rows rows, and says so", async () => {
    const words = ["sql", "select range as n from range(10)", "--max-rows", "2"];
    const csv = await pitwall([...words, "--format", "csv"]);
    expect(csv).toMatchObject({ exitCode: 0, stdout: "n\n0\n1\n" });
    expect(csv.stderr).toContain("only the first 2 rows");
    const json = await pitwall([...words, "--json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({
      ok: true,
      result: { rows: [{ n: 0 }, { n: 1 }], isCut: true },
    });
    const whole = await pitwall(["sql", "select range as n from range(2)", "--max-rows", "2"]);
    expect(whole).toMatchObject({ exitCode: 0, stderr: "" });
  });

  test("streams a large answer in little memory", async () => {
    const question = "select range, repeat('x', 100) from range(2000000)";
    const env = { NODE_OPTIONS: "--max-old-space-size=96" };
    const ran = await pitwall(["sql", question, "--format", "csv"], { env });
    expect([ran.exitCode, ran.stdout.length > 200_000_000]).toEqual([0, true]);
  });

  test("ends a query at its --timeout with exit code 3", async () => {
    const endless =
      "select count(*) from range(1000000) a, range(1000000) b where a.range * b.range = 7";
    const ran = await pitwall(["sql", endless, "--timeout", "200ms", "--json"]);
    expect(ran.exitCode).toBe(3);
    expect(JSON.parse(ran.stdout)).toMatchObject({ ok: false, error: { code: "sql-timeout" } });
    const invalid = await pitwall(["sql", "select 1", "--timeout", "fast"]);
    expect(invalid).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("`fast`") });
  });

  test("a query that fails after its first rows still gives one JSON document", async () => {
    const question =
      "select case when range < 200000 then 1 else error('late') end as n from range(300000)";
    const ran = await pitwall(["sql", question, "--json"]);
    expect(ran.exitCode).toBe(2);
    expect(JSON.parse(ran.stdout)).toMatchObject({ ok: false, error: { code: "sql-invalid" } });
  });

  test.each([
    { name: "files", question: "select * from read_csv('/etc/passwd')" },
    { name: "changes", question: "drop table results" },
    { name: "an unknown column", question: "select minutes from results" },
  ])("refuses $name", async ({ question }) => {
    expect(transcript(await pitwall(["sql", question]))).toMatchSnapshot();
  });
});

test("sql lists its tables without DuckDB's help", async () => {
  const { exitCode, stdout } = await pitwall(["sql", "tables", "--format", "csv"]);
  expect(exitCode).toBe(0);
  expect(stdout).toContain("results,rowId,STRING\n");
  expect(stdout).toContain("accelerators,bf16FlopPerSecond,DOUBLE\n");
});
