import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  readResultRows,
  readResultRuns,
  readRunCurves,
} from "../../src/store/results/read-results.ts";
import { pitwall, temporaryFolder, transcript } from "../support/pitwall.ts";
import { unpackSubmission } from "../support/unpack-submission.ts";

const masked = (text: string): string => text.replaceAll(/pitwall-import-\w+/g, "<scratch>");

describe("pitwall results import", () => {
  test("takes a folder among the results, with its runs and curves", async () => {
    const cwd = unpackSubmission("lenovo-bert-v5.0");
    const ran = await pitwall(["results", "import", "training_v5.0", "--quiet"], { cwd });
    expect(transcript(ran, cwd)).toMatchInlineSnapshot(`
      "exit 0
      stdout:
      mlperf-training v5.0   1 results, 10 runs, <amount> in <folder>/home/results/mlperf-training-v5.0"
    `);
    const folders = [join(cwd, "home", "results")];
    const { rows, problems } = await readResultRows(folders);
    expect(problems).toEqual([]);
    expect(rows).toMatchObject([
      {
        suite: "mlperf-training",
        round: "v5.0",
        submitter: "Lenovo",
        benchmark: "bert",
        accelerator: "b200-sxm",
        acceleratorCount: 8,
        energyLabel: "measured",
        rcpOutcome: "interpolated",
        runCount: 10,
      },
    ]);
    const rowId = rows[0]?.rowId ?? "";
    expect((await readResultRuns(rowId, folders)).items).toHaveLength(10);
    const curves = await readRunCurves(rowId, { folders });
    expect(new Set(curves.items.map(({ run }) => run)).size).toBe(10);
  });

  test("links to the public repository only what is said to come from it", async () => {
    const cwd = unpackSubmission("lenovo-bert-v5.0");
    const importInto = async (into: string, ...flags: string[]) => {
      await pitwall(["results", "import", "training_v5.0", "--into", into, ...flags], { cwd });
      const { rows, manifests } = await readResultRows([join(cwd, into)]);
      return { source: rows[0]?.source, manifest: manifests[0] };
    };
    const local = await importInto("local");
    expect(local.source).toMatch(/^Lenovo\/results\//);
    expect(local.manifest).toMatchObject({
      sourceRepository: `local: ${join(cwd, "training_v5.0")}`,
      licence: "unknown",
    });
    expect(JSON.stringify(local)).not.toContain("github.com");
    const published = await importInto("published", "--from-repository");
    const repository = "https://github.com/mlcommons/training_results_v5.0";
    expect(published.source).toBe(`${repository}/tree/main/${local.source}`);
    expect(published.manifest?.sourceRepository).toBe(repository);
  });

  test("imports an archive the same way, replaces the earlier import, and leaves no temporary files", async () => {
    const cwd = unpackSubmission("nvidia-ncf-v0.5");
    const round = readdirSync(cwd).find((name) => name !== "home") ?? "";
    execFileSync("tar", ["czf", "round.tgz", round], { cwd });
    const env = { TMPDIR: join(cwd, "scratch") };
    mkdirSync(env.TMPDIR);
    const flags = ["--from-repository", "--into", "out", "--json"];
    const once = await pitwall(["results", "import", round, ...flags], { cwd });
    const before = await readResultRows([join(cwd, "out")]);
    const again = await pitwall(["results", "import", "round.tgz", ...flags], {
      cwd,
      env,
    });
    expect(again.stderr).toBe("");
    expect(again).toEqual(once);
    expect(await readResultRows([join(cwd, "out")])).toEqual(before);
    expect(before.rows).toMatchObject([
      { round: "v0.5", benchmark: "ncf", runCount: 100, convergedRunCount: 86 },
    ]);
    expect(readdirSync(env.TMPDIR)).toEqual([]);
    expect(readdirSync(join(cwd, "out"))).toEqual(["mlperf-training-v0.5"]);
  });

  test("says what is wrong with a source, and imports nothing", async () => {
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, "other/deep"), { recursive: true });
    writeFileSync(join(cwd, "other/deep/readme.md"), "nothing here");
    writeFileSync(join(cwd, "notes.txt"), "no archive");
    execFileSync("tar", ["cf", "other.tar", "other"], { cwd });
    const tell = async (...words: string[]): Promise<string> =>
      masked(transcript(await pitwall(["results", "import", ...words], { cwd }), cwd));
    expect(await tell("missing.tar.gz")).toMatchInlineSnapshot(`
      "exit 2
      stderr:
      error[source-missing]: no such file or folder: \`<folder>/missing.tar.gz\`

      hint: importable: MLPerf logs as a folder or archive; MLPerf Training v6.0 as a CSV table of middle runs and known scores; DAWNBench training entries as a CSV table; NanoGPT speedrun records as a CSV table"
    `);
    expect(await tell("notes.txt")).toMatchInlineSnapshot(`
      "exit 2
      stderr:
      error[format-unknown]: cannot detect the format of \`notes.txt\`
        at <folder>/notes.txt
        a first line that begins with \`no archive\`

      hint: importable: MLPerf logs as a folder or archive; MLPerf Training v6.0 as a CSV table of middle runs and known scores; DAWNBench training entries as a CSV table; NanoGPT speedrun records as a CSV table"
    `);
    expect(await tell("other.tar")).toMatchInlineSnapshot(`
      "exit 2
      stderr:
      error[archive-holds-no-round]: \`other.tar\` contains no logs of a round
        at <folder>/other.tar

      hint: logs are expected as <organisation>/results/<system>/<benchmark>/result_<n>.txt"
    `);
    expect(await tell("other")).toMatchInlineSnapshot(`
      "exit 2
      stderr:
      error[not-a-submission]: \`<folder>/other\` contains no MLPerf logs at any depth
        it contains deep

      hint: logs are expected as <organisation>/results/<system>/<benchmark>/result_<n>.txt"
    `);
    expect(existsSync(join(cwd, "home/results"))).toBe(false);
  });

  test("imports a table of results, and knows its format by its columns", async () => {
    const cwd = temporaryFolder();
    writeFileSync(
      join(cwd, "table.txt"),
      "record,minutes,description,date\n1,45,llm.c baseline,05/28/24\n2,31.4,Tuned,06/06/24\n",
    );
    const ran = await pitwall(["results", "import", "table.txt", "--quiet"], { cwd });
    expect(transcript(ran, cwd)).toMatchInlineSnapshot(`
      "exit 0
      stdout:
      nanogpt-speedrun 2024-   2 results, 2 runs, <amount> in <folder>/home/results/nanogpt-speedrun-2024-"
    `);
    const { rows } = await readResultRows([join(cwd, "home", "results")]);
    expect(rows.map(({ rowId, scoreMs }) => [rowId, scoreMs])).toEqual([
      ["nanogpt-speedrun/2024-/track-1/1", 2_700_000],
      ["nanogpt-speedrun/2024-/track-1/2", 1_884_000],
    ]);
  });

  test("reads a source as the requested format", async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "table.csv"), "record,minutes\n1,45\n");
    mkdirSync(join(cwd, "folder"));
    const read = async (source: string): Promise<string> => {
      const words = ["results", "import", source, "--format", "nanogpt-speedrun"];
      return transcript(await pitwall(words, { cwd }), cwd);
    };
    expect(await read("table.csv")).toMatchInlineSnapshot(`
      "exit 2
      stderr:
      error[table-lacks-column]: \`table.csv\` has no column \`description\`
        at table.csv
        record, minutes

      hint: required columns: record, minutes, description, date"
    `);
    expect(await read("folder")).toMatchInlineSnapshot(`
      "exit 2
      stderr:
      error[format-differs]: \`<folder>/folder\` is a folder; \`--format nanogpt-speedrun\` reads a file

      hint: give a file: NanoGPT speedrun records as a CSV table"
    `);
  });

  test("is a command of two words, with a help of its own", async () => {
    const { stdout, exitCode } = await pitwall(["help", "results", "import"]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("pitwall results import <folder | archive | file>…");
    const wrong = await pitwall(["results", "imprt", "x"]);
    expect(wrong.exitCode).toBe(2);
  });
});
