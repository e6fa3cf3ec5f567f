import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";

function folderWith(files: Readonly<Record<string, string | Buffer>>): string {
  const cwd = temporaryFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(cwd, name), content);
  return cwd;
}

async function imported(cwd: string, words: readonly string[]) {
  const { stdout, stderr, exitCode } = await pitwall(["import", ...words, "--json"], { cwd });
  const { ok, result, error } = JSON.parse(stdout);
  return { exitCode, stderr, error, series: ok === true ? result.series : [] };
}

const megatron = [10, 20, 30]
  .map(
    (step, index) =>
      ` [2025-04-13 23:41:${12 + 10 * index}] iteration ${step}/ 1000 | elapsed time per iteration (ms): 1000.0 | lm loss: ${9 - 3 * index}.0E+00 |\n`,
  )
  .join("");
const withoutStamps = megatron.replaceAll(/\[[^\]]*\] /gu, "");

/** Each log meets its target at its last line. */
const logs: readonly {
  name: string;
  log: string;
  target: string;
  timeMs: number;
  times: Readonly<Record<string, string>>;
}[] = [
  {
    name: "the time stamps of Megatron-LM",
    log: megatron,
    target: "lm loss<=3",
    timeMs: 20_000,
    times: { source: "time-stamps", reliability: "logged" },
  },
  {
    name: "the iteration times of Megatron-LM, added up",
    log: withoutStamps,
    target: "lm_loss<=3",
    timeMs: 30_000,
    times: { source: "step-times", reliability: "summed" },
  },
  {
    name: "train_time of modded-nanogpt, after its source",
    log: "import torch\nval_loss = 3.0\n==========\nstep:0/250 val_loss:10.8 train_time:0ms step_avg:nanms\nstep:250/250 val_loss:3.2780 train_time:24345ms step_avg:97.38ms\n",
    target: "val_loss<=3.28",
    timeMs: 24_345,
    times: { source: "elapsed", name: "train_time" },
  },
  {
    name: "the time column of airbench's table",
    log: "|  run   |  epoch  |  train_acc  |  val_acc  |  tta_val_acc  |  time_seconds  |\n|  0  |  0  |  0.5  |  0.6  |    |  0.5000  |\n|  0  |  eval  |  0.95  |  0.93  |  0.9401  |  3.8300  |\n",
    target: "tta_val_acc>=0.94",
    timeMs: 3830,
    times: { source: "elapsed", name: "time_seconds" },
  },
  {
    name: "the whole seconds of the epochs of Keras",
    log: [12, 11, 10]
      .map(
        (seconds, index) =>
          `Epoch ${index + 1}/3\n\r 5/10 ━━━━━ 6s 1s/step - acc: 0.1\r10/10 ━━━━━━━━━━ ${seconds}s 1s/step - acc: 0.2 - val_acc: 0.${3 * index + 3}\n`,
      )
      .join(""),
    target: "val_acc>=0.9",
    timeMs: 33_000,
    times: { source: "step-times", reliability: "summed" },
  },
  {
    name: "the hours of the ImageNet console of 2018",
    log: "~~20\t0.25\t60.1\t84.0\nEpoch: [21][175/179]  Time 0.318 (0.368)  Loss 1.4276 (1.4767)  Acc@5 86.063 (85.244)\n~~21\t0.31132\t67.462\t88.124\n",
    target: "top5>=88",
    timeMs: 1_120_752,
    times: { source: "elapsed", name: "hours" },
  },
  {
    name: "step times of MaxText",
    log: "completed step: 0, seconds: 10.0, TFLOP/s/device: 1.0, loss: 9.0\ncompleted step: 1, seconds: 2.0, TFLOP/s/device: 1.0, loss: 8.0\ncompleted step: 2, seconds: 2.5, TFLOP/s/device: 1.0, loss: 2.0\n",
    target: "loss<=2",
    timeMs: 14_500,
    times: { source: "step-times", name: "seconds" },
  },
  {
    name: "train_runtime of the Hugging Face console, in proportion",
    log: "{'eval_loss': 1.5, 'eval_accuracy': 0.5, 'epoch': 1.0}\n{'eval_loss': 1.2, 'eval_accuracy': 0.9, 'epoch': 2.0}\n{'train_runtime': 40.0, 'train_loss': 1.0, 'epoch': 4.0}\n",
    target: "eval_accuracy>=0.9",
    timeMs: 20_000,
    times: { source: "total", reliability: "interpolated" },
  },
];

describe("pitwall import, of a text log", () => {
  test.each(logs)("takes $name", async ({ log, target, timeMs, times }) => {
    const cwd = folderWith({ "train.log": log });
    const { exitCode, series, error } = await imported(cwd, ["train.log", "--target", target]);
    expect(error).toBeUndefined();
    expect(series).toHaveLength(1);
    expect(series[0].runs[0].outcome).toMatchObject({ kind: "reached", timeToTrainMs: timeMs });
    expect(series[0].runs[0].origin.times).toMatchObject(times);
    expect(exitCode).toBe(0);
    const verified = await pitwall(["verify", "last", "--json"], { cwd });
    expect(JSON.parse(verified.stdout).result.records).toMatchObject([{ verdictDifferences: [] }]);
    expect(verified.exitCode).toBe(0);
  });

  test("gives no time to train where the log has no times", async () => {
    const cwd = folderWith({ "train.log": "epoch 1 acc=0.5\nepoch 2 acc=0.95\n" });
    const words = ["import", "train.log", "--target", "acc>=0.9", "--price", "3/h"];
    const { stdout, stderr } = await pitwall(words, { cwd });
    expect(stdout).toMatch(/time to train {3}none/u);
    expect(stdout).toContain("the log has no times");
    expect(stdout).not.toContain("$");
    expect(stdout).toMatch(/rules {11}nothing to check/u);
    expect(stderr).toContain("`--price` has no effect");
    const shown = await pitwall(["show", "last"], { cwd });
    expect(shown.stdout).toMatch(/step {2}samples/u);
    expect(shown.stdout).toMatch(/ acc .* ▁█/u);
    const { stdout: json } = await pitwall(["show", "last", "--json"], { cwd });
    expect(JSON.parse(json).result.runs[0]).toMatchObject({
      result: {
        outcome: { kind: "untimed", bestQuality: 0.95 },
        evaluations: [
          { step: 1, value: 0.5 },
          { step: 2, value: 0.95 },
        ],
      },
      verdictDifferences: [],
    });
  });

  test("reports a clock that runs backwards, and does not let the time decrease", async () => {
    const lines = [
      "12:00:00 acc=0.1",
      "12:10:00 acc=0.2",
      "11:00:00 acc=0.95",
      "12:20:00 acc=0.96",
    ];
    const log = lines.map((line) => `2025-01-01 ${line}\n`).join("");
    const cwd = folderWith({ "train.log": log });
    const { series } = await imported(cwd, ["train.log", "--target", "acc>=0.9"]);
    expect(series[0].runs[0].outcome.timeToTrainMs).toBe(600_000);
    expect(series[0].runs[0].findings).toContainEqual(
      expect.objectContaining({ rule: "log-clock-backwards", line: 3, count: 1 }),
    );
  });

  test("reports a CSV file whose header changes, and rows that do not fit it", async () => {
    const csv =
      "epoch,acc,elapsed\n1,0.5,10\nepoch,acc,lr,elapsed\n2,0.8,0.1,20\n3,0.95,30\n4,0.95,0.1,40\n";
    const cwd = folderWith({ "metrics.csv": csv });
    const { series } = await imported(cwd, ["metrics.csv", "--target", "acc>=0.9"]);
    expect(series[0].runs[0].outcome.timeToTrainMs).toBe(40_000);
    expect(series[0].runs[0].findings).toMatchObject([
      { rule: "metrics-header-changed", added: ["lr"], removed: [] },
      { rule: "metrics-rows-uneven", count: 1, cellCount: 3, columnCount: 4 },
    ]);
    const { stdout } = await pitwall(["show", "last"], { cwd });
    expect(stdout).toContain("header");
  });

  test.each([
    { third: "0.95123", different: 0 },
    { third: "0.7", different: 1 },
  ])(
    "imports one of a log and a table of the same training; $different values differ",
    async ({ third, different }) => {
      const cwd = folderWith({
        "train.log": "epoch 1 acc=0.5\nepoch 2 acc=0.8\nepoch 3 acc=0.951\n",
        "metrics.csv": `epoch,acc,elapsed\n1,0.50012,10\n2,0.80021,20\n3,${third},30\n`,
      });
      const { series } = await imported(cwd, [".", "--target", "acc>=0.6"]);
      expect(series).toHaveLength(1);
      expect(series[0].runs[0].outcome.timeToTrainMs).toBe(20_000);
      expect(series[0].runs[0].findings).toMatchObject([
        {
          rule: "training-in-two-files",
          used: "metrics.csv",
          unused: "train.log",
          comparedCount: 3,
          differentCount: different,
        },
      ]);
    },
  );

  test("imports the logs of two seeds as two trainings", async () => {
    const log = (last: number) => `epoch 1 acc=0.5\nepoch 2 acc=${last}\n`;
    const cwd = folderWith({ "a.log": log(0.8), "b.log": log(0.9) });
    const { series } = await imported(cwd, [".", "--target", "acc>=0.6"]);
    expect(series).toHaveLength(2);
  });

  test("lists imported runs as imported, and refuses to repeat them", async () => {
    const cwd = folderWith({ "train.log": megatron });
    await pitwall(["import", "train.log", "--target", "lm loss<=3", "--name", "gpt"], { cwd });
    const runs = await pitwall(["runs"], { cwd });
    expect(runs.stdout).toContain("reached, imported");
    const groups = await pitwall(["runs", "--group"], { cwd });
    expect(groups.stdout).toContain("1 of 1, imported");
    const own = await pitwall(["results", "--own", "--benchmark", "gpt"], { cwd });
    expect(own.stdout).toContain("imported");
    const again = await pitwall(["rerun", "last"], { cwd });
    expect(again.exitCode).toBe(2);
    expect(again.stderr).toContain("error[run-imported]");
  });

  test("computes the cost of the stated accelerators over the time of the log", async () => {
    const cwd = folderWith({ "train.log": megatron });
    const words = ["train.log", "--target", "lm loss<=3", "--accelerators", "8xh100-sxm"];
    const { series } = await imported(cwd, [...words, "--price", "3.60/h/accelerator"]);
    expect(series[0].cost).toMatchObject({ billedUsd: 0.16, unitCount: 8 });
  });
});

describe("pitwall import, of bad input", () => {
  const cases: readonly {
    name: string;
    files: Readonly<Record<string, string | Buffer>>;
    words: readonly string[];
    code: string;
    hint: RegExp;
  }[] = [
    { name: "a missing file", files: {}, words: ["no.log"], code: "source-missing", hint: /log/u },
    { name: "an empty file", files: { a: "" }, words: ["a"], code: "log-empty", hint: /log/u },
    {
      name: "a binary file",
      files: { a: Buffer.alloc(5000) },
      words: ["a"],
      code: "log-not-text",
      hint: /MLflow/u,
    },
    {
      name: "text without metrics",
      files: { a: "hello\n" },
      words: ["a", "--target", "x>=1"],
      code: "log-without-metrics",
      hint: /importing\.md/u,
    },
    {
      name: "a folder without logs",
      files: { "a.png": "" },
      words: ["."],
      code: "folder-without-trainings",
      hint: /text log/u,
    },
    {
      name: "a log without a target",
      files: { a: "epoch 1 val_acc=0.5\n" },
      words: ["a"],
      code: "target-missing",
      hint: /--target 'val_acc>=/u,
    },
    {
      name: "a target that the log does not have",
      files: { a: "epoch 1 val_acc=0.5\n" },
      words: ["a", "--target", "val_ac>=0.5"],
      code: "metric-not-in-log",
      hint: /did you mean `val_acc`/u,
    },
    {
      name: "an unknown accelerator",
      files: { a: "epoch 1 val_acc=0.5\n" },
      words: ["a", "--target", "val_acc>=0.5", "--accelerators", "8xh100-sxn"],
      code: "accelerator-unknown",
      hint: /did you mean `h100-sxm`/u,
    },
    {
      name: "a truncated trainer_state.json",
      files: { "trainer_state.json": '{"global_step": 3, "log_history": [{"loss": 1.0, "st' },
      words: ["trainer_state.json", "--target", "loss<=1"],
      code: "log-damaged",
      hint: /copy the file again/u,
    },
  ];

  test.each(cases)("reports $name", async ({ files, words, code, hint }) => {
    const { exitCode, error } = await imported(folderWith(files), words);
    expect(exitCode).toBe(2);
    expect(error.code).toBe(code);
    expect(error.hint).toMatch(hint);
  });

  test("refuses bytes that were imported before, with the id of that run", async () => {
    const cwd = folderWith({ "a.log": megatron, "b.log": megatron });
    const first = await imported(cwd, ["a.log", "--target", "lm loss<=3"]);
    const second = await imported(cwd, ["b.log", "--target", "lm loss<=3"]);
    expect(second.exitCode).toBe(2);
    expect(second.error.code).toBe("already-imported");
    expect(second.error.message).toContain(first.series[0].runs[0].runId);
  });
});

describe("pitwall import, of trackers", () => {
  const database = gunzipSync(
    readFileSync(new URL("../fixtures/trackers/mlflow.db.gz", import.meta.url)),
  );

  test("makes one series of MLflow runs that differ only in their seed", async () => {
    const cwd = folderWith({ "mlflow.db": database });
    const { series, stderr } = await imported(cwd, ["mlflow.db", "--target", "val/acc>=0.8"]);
    expect(series).toHaveLength(1);
    expect(stderr).toContain("does not have the metric, and is not imported");
    expect(series[0].runs).toMatchObject([
      { seed: 1, outcome: { kind: "reached", quality: 0.8 } },
      { seed: 2, outcome: { kind: "reached", quality: 0.8 } },
    ]);
    const verified = await pitwall(["verify", series[0].seriesId], { cwd });
    expect(verified.exitCode).toBe(0);
  });

  test("reads trainer_state.json with bare NaN, and copies it into the record", async () => {
    const entries = [
      '{"epoch": 1.0, "loss": NaN, "step": 10}',
      '{"epoch": 1.0, "eval_accuracy": 0.91, "eval_runtime": 1.0, "step": 10}',
      '{"epoch": 2.0, "step": 20, "train_loss": 0.5, "train_runtime": 100.0}',
    ];
    const state = `{"best_metric": null, "global_step": 20, "log_history": [${entries.join(", ")}]}`;
    const cwd = folderWith({ "trainer_state.json": state });
    const { series } = await imported(cwd, [
      "trainer_state.json",
      "--target",
      "eval_accuracy>=0.9",
    ]);
    const [run] = series[0].runs;
    expect(run.outcome).toMatchObject({ kind: "reached", timeToTrainMs: 50_000 });
    expect(run.origin.copies).toEqual(["imported/trainer_state.json"]);
    expect(run.files["imported/trainer_state.json"].bytes).toBe(state.length);
    const verified = await pitwall(["verify", "last"], { cwd });
    expect(verified.exitCode).toBe(0);
  });
});
