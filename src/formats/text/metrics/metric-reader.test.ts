import { describe, expect, test } from "vitest";
import { parseMetricPattern } from "./metric-pattern.ts";
import { MetricReader } from "./metric-reader.ts";
import type { WantedMetric } from "./wanted-metric.ts";

function byPattern(text: string): WantedMetric {
  const parsed = parseMetricPattern(text);
  if (parsed.kind !== "pattern") throw new Error(`${text}: ${parsed.kind}`);
  return { kind: "pattern", ...parsed.pattern };
}

function read(wanted: WantedMetric, lines: readonly string[]) {
  const reader = new MetricReader({ metrics: [wanted] });
  const values = lines.flatMap((line) => reader.read(line).metrics.map(({ value }) => value));
  expect(readLate(wanted, lines), "the same lines late in the output").toEqual(values);
  return { values, notes: reader.findings().map(({ rule }) => rule) };
}

/** Late in the output, only lines that may have a requested value are read. */
function readLate(wanted: WantedMetric, lines: readonly string[]): number[] {
  const reader = new MetricReader({ metrics: [wanted] });
  for (let index = 0; index < 600; index++) reader.read(`elapsed=${index}`);
  return lines.flatMap((line) =>
    reader.mayHold(line) ? reader.read(line).metrics.map(({ value }) => value) : [],
  );
}

describe("MetricReader, by pattern", () => {
  test.each([
    {
      name: "matches a line of JSON as it is printed",
      wanted: byPattern('"acc": ([0-9.]+)'),
      lines: ['{"message": "epoch 3", "acc": 0.9}'],
      values: [0.9],
      notes: [],
    },
    {
      name: "reads the exponent that a group leaves out, and notes it",
      wanted: byPattern("val_acc=([0-9.]+)"),
      lines: ["val_acc=1.2e-01"],
      values: [0.12],
      notes: ["number-cut-short"],
    },
    {
      name: "reads the whole number where a greedy pattern leaves one digit",
      wanted: byPattern("acc.*([0-9.]+)"),
      lines: ["acc=0.94"],
      values: [0.94],
      notes: ["number-cut-short"],
    },
    {
      name: "reads a decimal comma that a group stops at",
      wanted: byPattern("loss: ([0-9.]+)"),
      lines: ["loss: 0,94"],
      values: [0.94],
      notes: ["number-cut-short", "decimal-comma-read"],
    },
    {
      name: "takes a comma as the rest of the line uses it",
      wanted: byPattern("Verlust: ([0-9.]+)"),
      lines: ["Epoche 3 | Verlust: 2,871 | Zeit 0,20 s"],
      values: [2.871],
      notes: ["number-cut-short", "decimal-comma-read"],
    },
    {
      name: "prefers a whole word to the end of a longer one",
      wanted: byPattern("acc=([0-9.]+)"),
      lines: ["train_acc=0.9 acc=0.5"],
      values: [0.5],
      notes: [],
    },
    {
      name: "does not read inside the name of another metric",
      wanted: byPattern("acc=([0-9.]+)"),
      lines: ["train_acc=0.9"],
      values: [],
      notes: ["metric-inside-longer-name"],
    },
    {
      name: "reads a name with its own section below a longer path",
      wanted: byPattern("validation/loss=([0-9.]+)"),
      lines: ["eval/validation/loss=0.9"],
      values: [0.9],
      notes: [],
    },
    {
      name: "does not choose between two metrics of one line",
      wanted: byPattern("loss: ([0-9.]+)"),
      lines: ["aux loss: 0.1 | lm loss: 3.2"],
      values: [0.1],
      notes: ["pattern-matches-several-names"],
    },
    {
      name: "reads through colors",
      wanted: byPattern("loss: *([0-9.]+)"),
      lines: ["\u001B[32mloss:\u001B[39m \u001B[1m1.9\u001B[0m"],
      values: [1.9],
      notes: [],
    },
    {
      name: "reads a NaN that a group for digits cannot hold",
      wanted: byPattern("loss: ([0-9.]+)"),
      lines: ["step 3, loss: 2.5", "step 4, loss: nan"],
      values: [2.5, Number.NaN],
      notes: [],
    },
    {
      name: "gives NaN for a word where the number should be",
      wanted: byPattern(String.raw`acc=(\S+)`),
      lines: ["acc=n/a"],
      values: [Number.NaN],
      notes: [],
    },
  ])("$name", ({ wanted, lines, values, notes }) => {
    expect(read(wanted, lines)).toEqual({ values, notes });
  });
});

describe("MetricReader, by name", () => {
  const accuracy: WantedMetric = { metric: "acc", kind: "name" };

  test.each([
    {
      name: "takes the name as a whole word",
      lines: ["train_acc=0.9 lr_acc=0.8", "acc=0.5"],
      values: [0.5],
      notes: [],
    },
    {
      name: "passes over a source that the program prints first",
      lines: ["import torch", "acc = 0.99", "=".repeat(40), "acc = 0.5"],
      values: [0.5],
      notes: ["source-echoed"],
    },
    {
      name: "passes over tracebacks",
      lines: ["Traceback (most recent call last):", "  acc = 0.99", "ValueError: acc = 0.99"],
      values: [],
      notes: [],
    },
    { name: "reads columns", lines: ["epoch,acc", "1,0.5"], values: [0.5], notes: [] },
    {
      name: "reads a metric before its unit in a list of fields",
      lines: ["epoch 2, minibatch 25/25, acc 91.5 %", "epoch 3, acc 92 percent"],
      values: [91.5, 92],
      notes: [],
    },
    {
      name: "reads what Lightning says of the best value",
      lines: ["Epoch 0, global step 50: 'acc' reached 0.50000 (best 0.50000), saving model"],
      values: [0.5],
      notes: [],
    },
    {
      name: "reads a list of one number of NumPy",
      lines: ["acc [np.float32(0.5)]"],
      values: [0.5],
      notes: [],
    },
    {
      name: "reads the new value of a change",
      lines: ["acc improved from 0.4 to 0.5"],
      values: [0.5],
      notes: [],
    },
  ])("$name", ({ lines, values, notes }) => {
    expect(read(accuracy, lines)).toEqual({ values, notes });
  });

  test("names longer names where nothing else fits", () => {
    const reader = new MetricReader({ metrics: [accuracy] });
    reader.read("train_acc=0.9 best_acc=0.8");
    expect(reader.unmatched()).toMatchObject([
      { rule: "metric-never-matched", metric: "acc", longerNames: ["train_acc", "best_acc"] },
    ]);
  });

  test.each([
    { name: "acc", line: "train_acc=0.9 val_acc=0.8 test_acc=0.7", found: "val_acc", value: 0.8 },
    { name: "accuracy", line: "{'eval_accuracy': 0.8}", found: "eval_accuracy", value: 0.8 },
    { name: "bpb", line: "Step 250 | Validation bpb: 1.01", found: "Validation bpb", value: 1.01 },
    {
      name: "l2",
      line: "valid_0's l2: 0.30\tvalid_0's l1: 0.41",
      found: "valid_0's l2",
      value: 0.3,
    },
    { name: "MulticlassAccuracy", line: "Eval metrics/eval/MulticlassAccuracy: 0.9", value: 0.9 },
    { name: "f1-score", line: "loss 0.2 - f1-score (micro avg)  0.85", value: 0.85 },
    { name: "acc", line: "epoch 1 acc on the test images: 0.9", value: 0.9 },
    { name: "auc", line: "training's auc: 0.94\tvalid_1's auc: 0.91", value: 0.91 },
  ])("reads $name, which is not printed, from its name on evaluation data: $line", (row) => {
    const reader = new MetricReader({ metrics: [{ metric: row.name, kind: "name" }] });
    expect(reader.read(row.line).metrics).toMatchObject([{ value: row.value }]);
    expect(reader.findings()).toMatchObject([
      {
        rule: "metric-read-from-other-name",
        ...(row.found === undefined ? {} : { found: row.found }),
      },
    ]);
  });

  test("prefers evaluations to the values of a training bar under the metric's own name", () => {
    const reader = new MetricReader({ metrics: [accuracy] });
    expect(
      reader.read("Epoch 1: 100%|███| 10/10 [00:01, loss=0.5, acc=0.99]").metrics,
    ).toHaveLength(1);
    expect(reader.read("val acc: 0.8").metrics).toMatchObject([
      { value: 0.8, withdrawsEarlier: true },
    ]);
    expect(reader.read("Epoch 2: 100%|███| 10/10 [00:01, loss=0.5, acc=0.99]").metrics).toEqual([]);
    expect(reader.read("val acc: 0.9").metrics).toMatchObject([{ value: 0.9 }]);
    expect(reader.findings()).toMatchObject([
      { rule: "metric-read-from-other-name", found: "val acc" },
    ]);
  });

  test("keeps to the name that was read first", () => {
    const reader = new MetricReader({ metrics: [accuracy] });
    const lines = ["val_acc=0.8", "test_acc=0.7", "val_acc=0.82", "val_acc=0.84", "acc=0.84"];
    const values = lines.flatMap((line) => reader.read(line).metrics.map(({ value }) => value));
    expect(values).toEqual([0.8, 0.82, 0.84]);
  });

  test("reads the metric itself if it is printed after a first evaluation", () => {
    const reader = new MetricReader({ metrics: [accuracy] });
    expect(reader.read("step 0: val acc 0.1").metrics).toHaveLength(1);
    expect(reader.read("iter 0: acc 0.2").metrics).toMatchObject([
      { value: 0.2, withdrawsEarlier: true },
    ]);
    expect(reader.read("step 100: val acc 0.3").metrics).toEqual([]);
    expect(reader.findings().map(({ rule }) => rule)).toEqual(["metric-beside-evaluation-name"]);
  });

  test.each([
    ["global val_acc", "[rank0] epoch 1 global val_acc=0.94", 0.94],
    ["cur metric, acc", "ppocr INFO: cur metric, acc: 0.75, fps: 512.1", 0.75],
    ["val acc", "The val acc of epoch 1 is 0.91", 0.91],
    ["acc", "overall acc after 5 epochs was 0.91", 0.91],
    ["BCER train", "delta=5.2%, BCER train=22.1%, New best BCER = 22.1", 22.1],
    ["Top1 accuracy", "Top1 accuracy ........ 0.712", 0.712],
    ["val loss", "epoch 1: val loss ↓ 0.412", 0.412],
    ["Validation loss", "Validation loss decreased (0.612 --> 0.421).  Saving model ...", 0.421],
    ["val_loss", "Metric val_loss improved by 0.2 >= min_delta = 0.0. New best score: 0.41", 0.41],
  ])("reads the name %s as it is printed: %s", (metric, line, value) => {
    const reader = new MetricReader({ metrics: [{ metric, kind: "name" }] });
    expect(reader.read(line).metrics).toMatchObject([{ value }]);
  });

  test("reads the count of samples", () => {
    const samples: WantedMetric = { metric: "images", kind: "name" };
    const reader = new MetricReader({ metrics: [accuracy], samples });
    expect(reader.read("images 1.5k acc 0.5")).toMatchObject({ samplesCount: 1500 });
  });

  test("passes over text that can hold nothing, once it has seen enough of it", () => {
    const reader = new MetricReader({ metrics: [accuracy] });
    expect(reader.mayHold("anything")).toBe(true);
    for (let line = 0; line < 600; line++) reader.read(`step ${line} loss 0.5`);
    expect(reader.mayHold("step 3 loss 0.5\n")).toBe(false);
    expect(reader.mayHold("step 3 Acc 0.5\n")).toBe(true);
    reader.read("epoch,acc");
    expect(reader.mayHold("3,0.5\n")).toBe(true);
  });

  test("gives the rank that a launcher's label names", () => {
    const reader = new MetricReader({ metrics: [accuracy] });
    expect(reader.read("[rank3]: acc=0.5").metrics).toMatchObject([{ value: 0.5, rank: 3 }]);
  });

  test("says which numeric names the output holds", () => {
    const reader = new MetricReader({ metrics: [] });
    reader.read("epoch 1 train_loss=0.5 val_acc=0.9");
    expect([...reader.names]).toEqual(["epoch", "train_loss", "val_acc"]);
  });
});

describe("MetricReader, values of training data", () => {
  const acc: WantedMetric = { kind: "name", metric: "acc" };

  test.each([
    ["train: acc 0.97", "test: acc 0.6"],
    ["Epoch 3 train: acc=0.97", "Epoch 3 val: acc=0.6"],
    ['{"phase": "train", "acc": 0.97}', '{"phase": "val", "acc": 0.6}'],
    ["train Loss: 0.3 Acc: 0.97", "val Loss: 0.5 Acc: 0.6"],
    ["acc: 0.97 (train)", "acc: 0.6 (test)"],
    ["Training:", "  acc 0.97", "Validation:", "  acc 0.6"],
    ["{'train': {'acc': 0.97},", " 'val': {'acc': 0.6}}"],
  ])("do not count, also before the first evaluation: %s", (...lines) => {
    expect(read(acc, lines)).toEqual({ values: [0.6], notes: ["metric-in-several-sections"] });
  });

  test.each([
    "Epoch 1: train(loss=0.1, acc=0.97) val(loss=0.3, acc=0.6)",
    "(epoch = 1, train = (loss = 0.1, acc = 0.97), val = (loss = 0.3, acc = 0.6))",
  ])("give way to evaluations on their line: %s", (line) => {
    expect(read(acc, [line])).toEqual({ values: [0.6], notes: [] });
  });

  test("are said to be the only ones", () => {
    const reader = new MetricReader({ metrics: [acc] });
    expect(reader.read("train: acc 0.97").metrics).toEqual([]);
    expect(reader.unmatched()).toEqual([
      {
        rule: "metric-only-for-training-data",
        metric: "acc",
        training: "train",
        line: "train: acc 0.97",
      },
    ]);
  });

  test("count if the name or the pattern asks for them", () => {
    const lines = ["train: acc 0.97", "test: acc 0.6"];
    expect(read({ kind: "name", metric: "train_acc" }, lines).values).toEqual([0.97]);
    expect(read(byPattern("train: acc ([0-9.]+)"), lines).values).toEqual([0.97]);
  });

  test("are suspected under a name that other lines have with `Validation-`", () => {
    const lines = ["Epoch[0] Batch [100] acc=0.97", "Epoch[0] Validation-acc=0.6"];
    expect(read(acc, lines)).toEqual({ values: [0.97], notes: ["metric-beside-evaluation-name"] });
  });

  test("are suspected under a name beside the same name with `val_`", () => {
    expect(read(acc, ["loss: 0.3 - acc: 0.97 - val_loss: 0.5 - val_acc: 0.6"])).toEqual({
      values: [0.97],
      notes: ["metric-beside-evaluation-name"],
    });
  });
});
