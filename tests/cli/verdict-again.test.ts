import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";
import { readsAccuracy, writeTraining } from "../support/programs.ts";

const mllog = (key: string, value: string, metadata = "{}"): string =>
  `console.log(":::MLLOG " + JSON.stringify({ namespace: "", time_ms: Date.now(), event_type: "POINT_IN_TIME", key: "${key}", value: ${value}, metadata: ${metadata} }));`;

const loggingProgram = [
  mllog("quality_target", "0.9", '{ metric: "accuracy", direction: "at-least" }'),
  mllog("run_start", "null"),
  mllog("eval_accuracy", "0.5", "{ epoch_num: 1, samples_count: 100 }"),
  mllog("eval_accuracy", "0.95", "{ epoch_num: 2, samples_count: 200 }"),
  mllog("run_stop", "null", '{ status: "success" }'),
].join("\nawait new Promise((resolve) => setTimeout(resolve, 20));\n");

const counts = ["--samples", "samples=([0-9]+)", "--price", "6/h"];
const endless = { values: Array.from({ length: 3000 }, () => 0.5) };

describe("the verdict that log and events give again is that of result.json", () => {
  test.each([
    { name: "reached", training: {}, words: [...readsAccuracy] },
    {
      name: "reached, with samples and a bill",
      training: {},
      words: [...readsAccuracy, ...counts],
    },
    {
      name: "stopped at the target",
      training: endless,
      words: ["--metric", "val_acc=(\\S+)", "--target", "val_acc>=0.4", "--stop-at-target"],
    },
    {
      name: "started by a line",
      training: {},
      words: [...readsAccuracy, "--clock-start", "epoch=1"],
    },
    { name: "missed", training: { values: [0.5, 0.6] }, words: [...readsAccuracy] },
    { name: "out of time", training: endless, words: [...readsAccuracy, "--max-time", "300ms"] },
    {
      name: "failed",
      training: { values: [0.5], atEnd: "process.exit(7);" },
      words: [...readsAccuracy],
    },
    {
      name: "failed after the target",
      training: { atEnd: "process.exit(7);" },
      words: [...readsAccuracy],
    },
    {
      name: "not a number",
      training: { values: ["nan", "inf", "0.5"] },
      words: [...readsAccuracy],
    },
    { name: "without any output", training: { values: [] }, words: [...readsAccuracy] },
  ])("of a program that is $name", async ({ training, words }) => {
    const cwd = temporaryFolder();
    const command = writeTraining(cwd, training);
    await pitwall(["run", ...words, "--quiet", "--", ...command], { cwd });
    const { exitCode, stdout } = await pitwall(["verify", "last"], { cwd });
    expect(stdout).not.toContain("result.json says");
    expect(exitCode).toBe(0);
  });

  test("of a program that logs MLLOG", async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "train.mjs"), loggingProgram);
    const words = ["run", "--price", "6/h", "--quiet", "--", process.execPath, "train.mjs"];
    expect((await pitwall(words, { cwd })).exitCode).toBe(0);
    const { exitCode, stdout } = await pitwall(["verify", "last"], { cwd });
    expect(stdout).not.toContain("result.json says");
    expect(exitCode).toBe(0);
  });

  test("of an embedded workload", async () => {
    const cwd = temporaryFolder();
    await pitwall(["run", "digits", "--workers", "2", "--quiet"], { cwd });
    const { exitCode, stdout } = await pitwall(["verify", "last"], { cwd });
    expect(stdout).not.toContain("result.json says");
    expect(exitCode).toBe(0);
  });
});
