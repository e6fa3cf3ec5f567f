import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";

const fixtures = fileURLToPath(new URL("../fixtures/logs", import.meta.url));

const document = z.object({
  result: z.looseObject({
    timeline: z.looseObject({ evaluations: z.array(z.looseObject({ value: z.number() })) }),
    meetsTarget: z.array(z.boolean().nullable()),
  }),
});

/** A folder with a published log under a meaningless name. */
function folderWith(log: string): string {
  const cwd = temporaryFolder();
  cpSync(join(fixtures, log), join(cwd, "a.log"));
  return cwd;
}

describe("pitwall log", () => {
  test("shows the log of a run of one's own by its name", async () => {
    const cwd = temporaryFolder();
    const program = ["--metric", "acc=([0-9.]+)", "--target", "acc>=0.5", "--", "echo", "acc=0.75"];
    await pitwall(["run", ...program], { cwd });
    const { exitCode, stdout } = await pitwall(["log", "last"], { cwd });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/0\.75/u);
    expect((await pitwall(["log", "nosuch"], { cwd })).stderr).toContain("error[log-missing]");
  });

  test("shows who, when, each evaluation against the target, and the findings", async () => {
    const cwd = folderWith("tinycorp-retinanet-training-v5.0/result_4.txt");
    const { exitCode, stdout, stderr } = await pitwall(["log", "a.log", "--edition", "5.0"], {
      cwd,
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: "" });
    const lines = stdout.split("\n");
    expect(lines[0]).toBe("retinanet   no time to train   fails training-5.0");
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}submitter +tinycorp$/));
    expect(stdout).toMatch(/run_start +the clock starts +line \d+/);
    expect(stdout).toContain("last line; the clock never stops");
    expect(stdout).toContain("evaluations   target eval_accuracy at least 0.34 and below 1");
    expect(stdout).toMatch(/eval_accuracy +0\.33972 +not met +line \d+/);
    expect(stdout).toMatch(/broken rules\n {2}run_stop +is never logged/);
  });

  test("marks the evaluation that met the target, and gives the time to train", async () => {
    const cwd = folderWith("oracle-llama2-70b-lora-training-v5.0/result_2.txt");
    const words = ["log", "a.log", "--edition", "5.0", "--json"];
    const { exitCode, stdout } = await pitwall(words, { cwd });
    expect(exitCode).toBe(0);
    const { result } = document.parse(JSON.parse(stdout));
    expect(result).toMatchObject({
      benchmark: "llama2_70b_lora",
      target: { key: "eval_accuracy", text: "value <= 0.925 and value > 0" },
      verdict: { verdict: "pass" },
    });
    const { evaluations } = result.timeline;
    expect(evaluations.length).toBeGreaterThan(0);
    expect(result.meetsTarget).toEqual(evaluations.map(({ value }) => value <= 0.925));
  });

  test("shows a packed log, and one of a round without rules", async () => {
    const cwd = folderWith("google-resnet-training-v0.5/result_0.txt");
    const path = join(cwd, "a.log");
    const plain = await pitwall(["log", "a.log"], { cwd });
    expect(plain.exitCode).toBe(0);
    expect(plain.stdout).toMatch(/^resnet .*not checked against rules\n/);
    writeFileSync(path, gzipSync(readFileSync(path)));
    expect(await pitwall(["log", "a.log"], { cwd })).toEqual(plain);
  });

  test("says how to see a log where a folder was given", async () => {
    const cwd = folderWith("oracle-llama2-70b-lora-training-v5.0/result_2.txt");
    cpSync(join(cwd, "a.log"), join(cwd, "runs/result_0.txt"));
    const { exitCode, stderr } = await pitwall(["log", "runs"], { cwd });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/error\[log-is-a-folder\][^]*`pitwall log runs\/result_0\.txt`/);
  });

  test.each([
    { name: "an empty file", content: "", said: "file   is empty" },
    {
      name: "no log at all",
      content: "hello\n",
      said: "log   contains no lines that the MLPerf rules read",
    },
  ])("says so of $name", async ({ content, said }) => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "a.log"), content);
    const { exitCode, stdout } = await pitwall(["log", "a.log"], { cwd });
    expect(exitCode).toBe(1);
    expect(stdout).toContain(said);
  });
});
