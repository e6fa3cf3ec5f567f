import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { writableFormats } from "../../src/formats/formats.ts";
import { exportedRuns } from "../../src/schema/documents/run-documents.ts";
import { pitwall, temporaryFolder, transcript } from "../support/pitwall.ts";
import { readsAccuracy, writeTraining } from "../support/programs.ts";

async function finishedRun(): Promise<{ cwd: string; runId: string }> {
  const cwd = temporaryFolder();
  const command = writeTraining(cwd, { values: [0.5, 0.95] });
  const ran = await pitwall(["run", ...readsAccuracy, "--json", "--", ...command], { cwd });
  const [run] = JSON.parse(ran.stdout).result.runs;
  return { cwd, runId: run.runId };
}

describe("pitwall export", () => {
  test("prints evaluations as CSV, and nothing else on standard output", async () => {
    const { cwd, runId } = await finishedRun();
    const { stdout, stderr, exitCode } = await pitwall(["export", "last", "--format", "csv"], {
      cwd,
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const [head, first, second] = stdout.split("\n");
    expect(head).toBe(
      "run,name,seed,metric,target,clock_ms,time,value,samples_count,epoch_num,evaluation_count,kind,host,device,rank,step,step_unit",
    );
    expect(first?.split(",").slice(10)).toEqual(["2", "metric", "", "", "", "1", "evaluations"]);
    expect([first, second].map((line) => line?.split(",")[7])).toEqual(["0.5", "0.95"]);
    expect(first?.startsWith(`${runId},train,1,`)).toBe(true);
    expect(stdout.endsWith("\n")).toBe(true);
  });

  test("writes the records as one JSON document into a new file", async () => {
    const { cwd, runId } = await finishedRun();
    const words = ["export", "last", "--format", "json", "--out", "runs.json"];
    const ran = await pitwall([...words, "--json"], { cwd });
    expect(JSON.parse(ran.stdout)).toEqual({
      schemaVersion: 1,
      command: "export",
      ok: true,
      result: { file: join(cwd, "runs.json"), skipped: [] },
    });
    const document = JSON.parse(readFileSync(join(cwd, "runs.json"), "utf8"));
    const shown = JSON.parse((await pitwall(["show", "last", "--json"], { cwd })).stdout);
    const [{ telemetry }] = document.runs;
    expect(telemetry).not.toEqual([]);
    expect(document).toEqual({ schemaVersion: 1, runs: [{ ...shown.result.runs[0], telemetry }] });
    expect(document.runs[0].request.runId).toBe(runId);
    expect(exportedRuns.safeParse(document).error?.issues ?? []).toEqual([]);
    const again = await pitwall(words, { cwd });
    expect(transcript(again, cwd)).toMatchInlineSnapshot(`
      "exit 2
      stderr:
      error[file-exists]: \`<folder>/runs.json\` already exists

      hint: choose another name, or move the file away first"
    `);
  });

  test("refuses options that do not apply to the format", async () => {
    const { cwd } = await finishedRun();
    const csv = ["export", "last", "--format", "csv"];
    expect(transcript(await pitwall([...csv, "--submitter", "Acme"], { cwd }), cwd))
      .toMatchInlineSnapshot(`
      "exit 2
      stderr:
      error[option-not-for-format]: \`--submitter\` does not apply to \`--format csv\`
        at --submitter

      hint: omit \`--submitter\`"
    `);
    expect(transcript(await pitwall([...csv, "--json"], { cwd }), cwd)).toMatchInlineSnapshot(`
      "exit 2
      stdout:
      {"schemaVersion":1,"command":"export","ok":false,"error":{"code":"export-needs-out","message":"\`--json\` and the export both print a document","saw":"\`--format csv --json\` without \`--out\`","hint":"add \`--out <file>\`, or omit \`--json\`"}}
      stderr:
      error[export-needs-out]: \`--json\` and the export both print a document
        \`--format csv --json\` without \`--out\`

      hint: add \`--out <file>\`, or omit \`--json\`"
    `);
    const unknown = await pitwall(["export", "last", "--format", "mlperv"], { cwd });
    expect(transcript(unknown, cwd)).toMatchInlineSnapshot(`
      "exit 2
      stderr:
      error[option-invalid]: invalid value \`mlperv\` for \`--format\`
        at --format

      hint: did you mean \`mlperf\`? allowed: \`mlperf\`, \`json\`, \`csv\`, \`html\`, \`parquet\`, \`tensorboard\`, \`mlflow\`, \`wandb\`"
    `);
  });

  test("exports a run without evaluations in every format", async () => {
    const cwd = temporaryFolder();
    await pitwall(["run", "--target", "acc>=1", "--", "sh", "-c", "exit 3"], { cwd });
    for (const { name } of writableFormats()) {
      const ran = await pitwall(["export", "last", "--format", name, "--out", `a-${name}`], {
        cwd,
      });
      expect(ran.exitCode, ran.stderr).toBe(0);
    }
  });

  test("lists each format of the table in its help", async () => {
    const { stdout } = await pitwall(["export", "--help"]);
    for (const { name, summary } of writableFormats())
      expect(stdout).toContain(`\`${name}\`: ${summary}`);
  });
});
