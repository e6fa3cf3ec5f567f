import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";

const lines = [
  "val_acc=0.95 loss=0.7",
  "val_acc=0.96 loss=0.6",
  "val_acc=0.93 loss=0.4",
  "val_acc=0.97 loss=0.3",
];

function folderWithTraining(): string {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, "train.sh"), lines.map((line) => `echo "${line}"\n`).join(""));
  return cwd;
}

async function ran(...options: string[]) {
  const cwd = folderWithTraining();
  const words = ["run", ...options, "--json", "--", "sh", "train.sh"];
  const answer = await pitwall(words, { cwd });
  return { cwd, exitCode: answer.exitCode, result: JSON.parse(answer.stdout).result };
}

const both = ["--target", "val_acc>=0.94", "--target", "loss<=0.5"];

describe("pitwall run, with several targets", () => {
  test("reaches them at the evaluation after which all are met", async () => {
    const { cwd, exitCode, result } = await ran(...both);
    expect(exitCode).toBe(0);
    expect(result).toMatchObject({
      target: { metric: "val_acc", value: 0.94 },
      furtherTargets: [{ metric: "loss", direction: "at-most", value: 0.5 }],
      runs: [
        {
          outcome: { kind: "reached", quality: 0.97 },
          targets: [
            { evaluationCount: 4, best: 0.97, isMet: true },
            { evaluationCount: 4, best: 0.3, isMet: true },
          ],
        },
      ],
    });
    const shown = await pitwall(["show", "last", "--json"], { cwd });
    expect(JSON.parse(shown.stdout).result.runs).toMatchObject([{ verdictDifferences: [] }]);
    expect(result.runs[0].curves).toMatchObject([
      { metric: "loss", count: 4, values: [0.7, 0.6, 0.4, 0.3] },
    ]);
    const rerun = await pitwall(["rerun", "last", "--json"], { cwd });
    expect(JSON.parse(rerun.stdout).result.furtherTargets).toEqual(result.furtherTargets);
  });

  test("lists each target on the card, with whether it was met", async () => {
    const cwd = folderWithTraining();
    const words = ["run", ...both, "--target-times", "2", "--quiet", "--", "sh", "train.sh"];
    const { stdout } = await pitwall(words, { cwd });
    const card = stdout.replaceAll(/after [\d.]+ (?:m?s)/gu, "after <time>").split("\n");
    const from = card.findIndex((line) => line.startsWith("  target"));
    expect(card.slice(from, from + 3)).toEqual([
      "  target          val_acc >= 0.94 and loss <= 0.5, 2 consecutive evaluations, missed: the program exited first; best 0.9700",
      "                  val_acc >= 0.94   met after <time>, but not at the end; best 0.9700",
      "                  loss <= 0.5       met, first after <time>; best 0.3000",
    ]);
    expect(stdout).toContain("warning: each of the 2 targets was met, but never all of them");
  });

  test.each([
    { name: "the mean of two evaluations", options: ["--target-mean", "2"], quality: 0.945 },
    { name: "two consecutive evaluations", options: ["--target-times", "2"], quality: undefined },
  ])("compares $name", async ({ options, quality }) => {
    const { result } = await ran(
      "--target",
      "val_acc>=0.93",
      "--target",
      "val_acc<=0.951",
      ...options,
    );
    expect(result.runs[0].outcome.quality).toBe(quality);
  });

  test("reads a list of targets and a mean from a workload file", async () => {
    const cwd = folderWithTraining();
    const file = [
      "command: sh train.sh",
      "target: [val_acc >= 0.94, loss <= 0.5]",
      "targetMean: 2",
    ];
    writeFileSync(join(cwd, "toy.yaml"), `${file.join("\n")}\n`);
    const { stdout } = await pitwall(["run", "toy.yaml", "--json"], { cwd });
    expect(JSON.parse(stdout).result).toMatchObject({
      furtherTargets: [{ metric: "loss" }],
      targetWindow: { kind: "mean", count: 2 },
      runs: [{ outcome: { kind: "reached", quality: 0.945 } }],
    });
  });

  test("searches for the metric of a target by name, and suggests a similar one", async () => {
    const cwd = folderWithTraining();
    const words = ["run", "--metric", "val_acc=(\\S+)", "--target", "val_ac>=0.9"];
    const { stderr } = await pitwall([...words, "--", "sh", "train.sh"], { cwd });
    expect(stderr).toContain(
      "warning: no `--metric` reads `val_ac`, so Pitwall searches for it by name",
    );
    expect(stderr).toContain("did you mean `val_acc`?");
  });
});
