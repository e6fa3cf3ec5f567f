import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pitwall, temporaryFolder, transcript } from "../support/pitwall.ts";

const reads = ["--metric", "val_acc=([0-9.]+)", "--target", "val_acc>=0.94"];

async function said(words: readonly string[], prepare?: (folder: string) => void): Promise<string> {
  const cwd = temporaryFolder();
  prepare?.(cwd);
  return transcript(await pitwall(words, { cwd }), cwd);
}

describe("a request that is wrong", () => {
  test.each([
    { name: "a program that is not there", words: ["run", ...reads, "--", "pyhton", "train.py"] },
    { name: "a whole command in one word", words: ["run", ...reads, "--", "python train.py"] },
    { name: "a program that can't be executed", words: ["run", ...reads, "--", "./train.py"] },
    { name: "no program after the dashes", words: ["run", ...reads, "--"] },
    { name: "nothing to run", words: ["run"] },
    {
      name: "a metric pattern without a group",
      words: ["run", "--metric", "val_acc=[0-9.]+", "--target", "val_acc>=0.9", "--", "true"],
    },
    {
      name: "a pattern that is not a regular expression",
      words: ["run", "--metric", "val_acc=([0-9.+", "--target", "val_acc>=0.9", "--", "true"],
    },
    {
      name: "a pattern that names no metric",
      words: ["run", "--metric", "([0-9.]+)", "--target", "val_acc>=0.9", "--", "true"],
    },
    {
      name: "two targets in the same direction",
      words: ["run", "--target", "acc>=0.9", "--target", "acc>=0.94", "--", "true"],
    },
    {
      name: "two targets that no value meets",
      words: ["run", "--target", "acc>=0.9", "--target", "acc<=0.8", "--", "true"],
    },
    {
      name: "two rules for noisy metrics",
      words: [
        "run",
        "--target",
        "acc>=0.9",
        "--target-mean",
        "3",
        "--target-times",
        "3",
        "--",
        "true",
      ],
    },
    {
      name: "a mean of one evaluation",
      words: ["run", "--target", "acc>=0.9", "--target-mean", "1", "--", "true"],
    },
    {
      name: "a mean without a target",
      words: ["run", "--target-mean", "3", "--", "true"],
    },
    {
      name: "a target that says nothing",
      words: ["run", "--metric", "val_acc=([0-9.]+)", "--target", "val_acc", "--", "true"],
    },
    {
      name: "a metric without a target",
      words: ["run", "--metric", "val_acc=([0-9.]+)", "--", "true"],
    },
    { name: "no workers at all", words: ["run", "digits", "--workers", "0"] },
    { name: "workers for a program", words: ["run", "--workers", "2", ...reads, "--", "true"] },
    { name: "a workload that is not there", words: ["run", "digts"] },
    { name: "an option that is not there", words: ["run", "digits", "--worker", "2"] },
    { name: "an option without its value", words: ["run", "digits", "--runs"] },
    { name: "a limit without sense", words: ["run", "digits", "--max-time", "soon"] },
    { name: "a highest cost without a price", words: ["run", "digits", "--max-cost", "5usd"] },
    { name: "a price without sense", words: ["run", "digits", "--price", "12 dollars"] },
    {
      name: "a price that the catalogue lacks",
      words: ["run", "digits", "--price", "aws/p4d.24xlrge"],
    },
    { name: "a command that is not there", words: ["rum", "digits"] },
    { name: "a run that is not there", words: ["show", "digits-1"] },
    { name: "a workload file that is not there", words: ["run", "missing.yaml"] },
    { name: "a program without its dashes", words: ["run", ...reads, "python", "train.py"] },
  ])("$name", async ({ words }) => {
    const folder = (cwd: string): void => {
      writeFileSync(join(cwd, "train.py"), "print('hello')\n");
      chmodSync(join(cwd, "train.py"), 0o644);
    };
    expect(await said(words, folder)).toMatchSnapshot();
  });

  test("is one JSON document with `--json`", async () => {
    const ran = await pitwall(["run", "digts", "--json"]);
    expect(ran.exitCode).toBe(2);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      schemaVersion: 1,
      ok: false,
      error: { code: "unknown-workload", hint: "did you mean `digits`?" },
    });
  });

  test("leaves no record", async () => {
    const cwd = temporaryFolder();
    await pitwall(["run", ...reads, "--", "pyhton"], { cwd });
    expect((await pitwall(["runs", "--json"], { cwd })).stdout).toContain('"result":[]');
  });
});

describe("a workload file that is wrong", () => {
  test.each([
    { name: "broken YAML", text: "name: x\ncommand: [python, train.py\ntarget: loss<=2\n" },
    {
      name: "a key that is not there",
      text: "command: python train.py\nmetrik: 'loss=([0-9.]+)'\n",
    },
    { name: "a value of the wrong kind", text: "command: python train.py\nruns: many\n" },
    { name: "both a workload and a command", text: "command: python train.py\nworkload: digits\n" },
    { name: "an empty file", text: "" },
    {
      name: "a wrong value deep inside",
      text: "command: python train.py\nenv:\n  OMP_NUM_THREADS: [1]\n",
    },
  ])("$name", async ({ text }) => {
    expect(
      await said(["run", "my.yaml"], (cwd) => writeFileSync(join(cwd, "my.yaml"), text)),
    ).toMatchSnapshot();
  });
});

describe("a home that can't be used", () => {
  test("is a file", async () => {
    const prepare = (cwd: string): void => writeFileSync(join(cwd, "home"), "");
    expect(await said(["run", ...reads, "--", "true"], prepare)).toMatchSnapshot();
  });

  test.skipIf(process.getuid?.() === 0)(
    "may not be written to (skipped as root, who may write anywhere)",
    async () => {
      const prepare = (cwd: string): void => {
        mkdirSync(join(cwd, "home"), { mode: 0o500 });
      };
      expect(await said(["run", ...reads, "--", "true"], prepare)).toMatchSnapshot();
    },
  );
});
