import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { pitwall, temporaryFolder, transcript } from "../support/pitwall.ts";

const megatron = [1, 2, 3]
  .map(
    (index) =>
      ` [2025-04-13 23:41:${10 + index}] iteration ${index * 100}/ 300 | elapsed time per iteration (ms): 300.1 | lm loss: ${(5 / index).toFixed(3)}E+00 | number of nan iterations: 0 |\n`,
  )
  .join("");

function fileWith(content: string | Buffer, name = "train.log") {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, name), content);
  return cwd;
}

describe("pitwall log, of a log without MLPerf lines", () => {
  test("shows its metrics, and where it met a target", async () => {
    const cwd = fileWith(megatron);
    const words = ["log", "train.log", "--target", "lm loss<=2.5"];
    expect(transcript(await pitwall(words, { cwd }), cwd)).toMatchInlineSnapshot(`
      "exit 0
      stdout:
      train.log   training log   12 values of 4 metrics  <time> from the first to the last time

      target lm loss <= 2.5: reached with 2.5000, step 200, <time> after the first time in the log

        metric                           values     first      last   minimum   maximum
        iteration                             3  100.00    300.00    100.00    300.00
        elapsed time per iteration (ms)       3  300.10    300.10    300.10    300.10
        lm loss                               3    5.0000    1.6670    1.6670    5.0000
        number of nan iterations              3    0         0         0         0"
    `);
  });

  test("exits with 1 where the target is missed", async () => {
    const cwd = fileWith(megatron);
    const words = ["log", "train.log", "--target", "lm_loss<=1", "--json"];
    const { exitCode, stdout } = await pitwall(words, { cwd });
    expect(JSON.parse(stdout).result).toMatchObject({
      format: "training log",
      durationMs: 2000,
      target: { best: 1.667 },
    });
    expect(exitCode).toBe(1);
  });

  test("does not count batches of training data, nor parts of an evaluation", async () => {
    const batch = "Epoch: [0][10/20]  Time 0.3 (0.3)  Acc@1 99.0 (70.0)\n";
    const evaluation = "Test: [0][0/2]  Acc@1 99.0 (99.0)\nTest: [0][1/2]  Acc@1 20.0 (61.0)\n";
    const cwd = fileWith(`${batch}${evaluation}`);
    const words = ["log", "train.log", "--target", "Acc@1>=60", "--json"];
    const { stdout } = await pitwall(words, { cwd });
    expect(JSON.parse(stdout).result.target).toMatchObject({
      unusedCount: 2,
      reached: { value: 61 },
    });
    const withoutEvaluation = await pitwall(words.slice(0, -1), { cwd: fileWith(batch) });
    expect(withoutEvaluation.exitCode).toBe(1);
    expect(withoutEvaluation.stdout).toContain("1 value that does not count as an evaluation");
  });

  test("takes several targets, which have to be met at the same time", async () => {
    const lines = [
      [0.95, 0.5],
      [0.9, 0.3],
      [0.96, 0.2],
    ];
    const cwd = fileWith(
      lines.map(([acc, loss], index) => `epoch ${index} acc=${acc} loss=${loss}\n`).join(""),
    );
    const both = ["--target", "acc>=0.94", "--target", "loss<=0.25"];
    const met = await pitwall(["log", "train.log", ...both, "--json"], { cwd });
    expect(met.exitCode).toBe(0);
    expect(JSON.parse(met.stdout).result).toMatchObject({
      target: { target: { metric: "acc" }, reached: { value: 0.96 } },
      targets: [{ best: 0.96, isMet: true }, { best: 0.2 }],
    });
    const twice = await pitwall(["log", "train.log", ...both, "--target-times", "2"], { cwd });
    expect(transcript(twice, cwd)).toMatchInlineSnapshot(`
      "exit 1
      stdout:
      train.log   training log   9 values of 3 metrics   no times in the log

      target acc >= 0.94 and loss <= 0.25, 2 consecutive evaluations: missed, not all at the same time
        acc >= 0.94    not met; best 0.9600; at most 1 in a row
        loss <= 0.25   not met; best 0.2000; at most 1 in a row

        metric  values    first     last  minimum  maximum
        epoch        3  0        2.0000   0        2.0000
        acc          3  0.95000  0.96000  0.90000  0.96000
        loss         3  0.50000  0.20000  0.20000  0.50000"
    `);
    const mean = ["--target", "acc>=0.92", "--target-mean", "3", "--json"];
    const averaged = JSON.parse((await pitwall(["log", "train.log", ...mean], { cwd })).stdout);
    expect(averaged.result.target.reached.value).toBeCloseTo((0.95 + 0.9 + 0.96) / 3, 9);
    const none = await pitwall(["log", "train.log", "--target-mean", "3"], { cwd });
    expect(transcript(none, cwd)).toMatchInlineSnapshot(`
      "exit 2
      stderr:
      error[target-missing]: \`--target-mean\` requires \`--target\`

      hint: specify the quality to reach, for example \`--target 'val_acc>=0.94' --target-mean 3\`"
    `);
  });

  test("gives no time where the log has none", async () => {
    const cwd = fileWith("epoch 1 acc=0.5\nepoch 2 acc=0.95\n");
    const { stdout } = await pitwall(["log", "train.log", "--target", "acc>=0.9"], { cwd });
    expect(stdout).toContain("the log has no times, so there is no time to train");
  });
});

describe("pitwall log, of an MLflow store", () => {
  const database = gunzipSync(
    readFileSync(new URL("../fixtures/trackers/mlflow.db.gz", import.meta.url)),
  );

  test("shows the metrics of one run", async () => {
    const cwd = fileWith(database, "mlflow.db");
    const words = ["log", "mlflow.db", "--run", "seed-2", "--target", "val/acc>=0.8", "--json"];
    const { exitCode, stdout } = await pitwall(words, { cwd });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).result).toMatchObject({
      valueCount: 13,
      target: { reached: { step: 3, value: 0.8 } },
    });
  });

  test("lists the runs where several fit", async () => {
    const cwd = fileWith(database, "mlflow.db");
    const { exitCode, stderr } = await pitwall(["log", "mlflow.db"], { cwd });
    expect(exitCode).toBe(2);
    expect(stderr).toContain("`mlflow.db` contains 3 runs");
    expect(stderr).toContain("(seed-1)");
    expect(stderr).toContain("--run <id>");
  });
});
