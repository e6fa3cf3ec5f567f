import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkJson } from "../support/check-json.ts";
import { pitwall, startPitwall, temporaryFolder } from "../support/pitwall.ts";
import { readsAccuracy, writeTraining } from "../support/programs.ts";

/** A program that logs like a submission, with other lines of output in between. */
const logging = `
const log = (key, value, metadata = {}) =>
  console.log(":::MLLOG " + JSON.stringify({ namespace: "", time_ms: Date.now(), event_type: "POINT_IN_TIME", key, value, metadata }));
const chatter = () => console.log("plain line\\n".repeat(50) + "end of chatter");
const wait = () => new Promise((resolve) => setTimeout(resolve, 600));
const at = { epoch_num: 1, samples_count: 64 };
`;
const opening = `
chatter();
log("submission_benchmark", "BENCHMARK"); log("submission_org", "Acme"); log("submission_platform", "box");
log("submission_division", "open"); log("cache_clear", true); log("init_start", null);
for (const part of ["linear", "attn", "comm"]) log("lowest_numerical_precision_in_" + part, "fp32");
for (const part of ["tensor", "pipeline", "context", "expert"]) log(part + "_parallelism", 1);
log("micro_batch_size", 64); log("config_filename", "logs.mjs");
`;
const training = `
log("run_start", null); await wait(); chatter();
log("block_start", null, { first_epoch_num: 0, epoch_count: 1, samples_count: 64 }); log("eval_start", null, at);
log("eval_accuracy", 0.5, at); log("eval_stop", null, at); log("block_stop", null, { first_epoch_num: 0, samples_count: 64 });
log("train_samples", 64); log("eval_samples", 64); await wait();
log("run_stop", null, { status: "success", samples_count: 64 });
`;
const obedient = `${logging}${opening}log("init_stop", null);${training}`;
/** The clock starts before initialization is over. */
const hasty = `${logging}${opening}${training}log("init_stop", null);`;

/** Keeps the program running until the test has seen what it waits for. */
const waiting = `
  const { existsSync } = await import("node:fs");
  while (!existsSync("go")) await new Promise((resolve) => setTimeout(resolve, 20));
`;

function writeProgram(source: string, benchmark: string): { cwd: string; command: string[] } {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, "logs.mjs"), source.replace("BENCHMARK", benchmark));
  return { cwd, command: ["--", process.execPath, "logs.mjs"] };
}

/** One run, and what a check of its record says. */
async function runAndCheck(words: readonly string[], cwd: string) {
  const answer = await pitwall(["run", "--json", ...words], { cwd });
  const [run] = JSON.parse(answer.stdout).result.runs;
  const folder = join("home", "runs", run.runId);
  const { logs } = await checkJson([folder], cwd);
  return { run, folder, log: logs[0], stderr: answer.stderr };
}

describe("a run and the check of its record agree", () => {
  test.each([
    { name: "on an embedded workload", words: ["digits-mlp"], scope: "general", checks: 16 },
    {
      name: "on a program whose metric is read",
      words: [...readsAccuracy, "--", "PROGRAM"],
      scope: "clock",
      checks: 5,
    },
  ])("$name, which obeys", async ({ words, scope, checks }) => {
    const cwd = temporaryFolder();
    const program = writeTraining(cwd);
    const given = words.flatMap((word) => (word === "PROGRAM" ? program : [word]));
    const { run, log } = await runAndCheck(given, cwd);
    expect(run.rules).toMatchObject({ scope, verdict: "pass", checkCount: checks, findings: [] });
    expect(log).toMatchObject({ edition: run.rules.edition, verdict: "pass", failingKeys: [] });
  });

  test.each([
    { name: "of MLPerf's", benchmark: "llama31_8b", scope: "benchmark" },
    { name: "of nobody's", benchmark: "toy", scope: "general" },
  ])("on a program that logs a benchmark $name and breaks rules", async ({ benchmark, scope }) => {
    const { cwd, command } = writeProgram(hasty, benchmark);
    const { run, log, folder } = await runAndCheck(command, cwd);
    expect(run.outcome.kind).toBe("reached");
    expect(run.rules).toMatchObject({
      scope,
      verdict: "fail",
      failingKeys: ["init_stop", "run_start"],
    });
    expect(log).toMatchObject({
      benchmark,
      edition: run.rules.edition,
      verdict: "fail",
      failingKeys: run.rules.failingKeys,
      findings: run.rules.findings,
    });
    const lines = readFileSync(join(cwd, folder, "log.txt"), "utf8").split("\n");
    const [first] = run.rules.findings;
    expect(lines[first.line - 1]).toContain('"key":"run_start"');
    const byName = await checkJson([run.runId], cwd);
    expect(byName.logs[0]?.findings).toEqual(run.rules.findings);
    const shown = JSON.parse((await pitwall(["show", run.runId, "--json"], { cwd })).stdout);
    expect(shown.result.runs[0].rules).toEqual(run.rules);
  });

  test("on a program that obeys a benchmark's rules, by the edition that is named", async () => {
    const { cwd, command } = writeProgram(obedient, "llama31_8b");
    const { run, log } = await runAndCheck(["--edition", "5.1", ...command], cwd);
    const expected = { edition: "training-5.1", verdict: "pass", failingKeys: [] };
    expect(run.rules).toMatchObject({ ...expected, scope: "benchmark", benchmark: "llama31_8b" });
    expect(log).toMatchObject(expected);
  });

  test("on a log that holds nothing to check", async () => {
    const cwd = temporaryFolder();
    const { run, log } = await runAndCheck(["--", process.execPath, "-e", "0"], cwd);
    expect(run.rules).toMatchObject({
      verdict: "fail",
      findings: [{}, {}, {}, { rule: "no-lines" }],
    });
    expect(log).toMatchObject({ verdict: "fail", findings: run.rules.findings });
    const { stdout } = await pitwall(["show", run.runId], { cwd });
    expect(stdout).toContain("rules       nothing to check: the log contains no MLPerf lines\n");
  });
});

test("a broken rule is on the card, with the check as the next step", async () => {
  const { cwd, command } = writeProgram(hasty, "toy");
  const { stdout, exitCode } = await pitwall(["run", "--quiet", ...command], { cwd });
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(
    /\n {2}rules {11}2 broken: run_start, init_stop; edition training-[\d.]+\n/u,
  );
  expect(stdout).toMatch(/\nnext: pitwall check logs-[\w-]+ +lists the broken rules\n/u);
});

test("the first broken rule is named once, while the program runs", async () => {
  const { cwd, command } = writeProgram(`${hasty}\n${waiting}`, "toy");
  const child = startPitwall(["run", ...command], cwd);
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    if (stderr.includes("rule broken")) writeFileSync(join(cwd, "go"), "");
  });
  const [exitCode] = await once(child, "close");
  expect(exitCode).toBe(0);
  expect(stderr.match(/rule broken/gu)).toHaveLength(1);
});
