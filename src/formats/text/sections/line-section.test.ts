import { describe, expect, test } from "vitest";
import {
  isTrainingBatch,
  namesItsData,
  sectionAt,
  sectionOfHeading,
  wordsOfSection,
} from "./line-section.ts";

describe("sectionAt", () => {
  test.each([
    { line: "[train] loss 0.1 acc 0.9", section: { kind: "training", word: "train" } },
    { line: "[valid] loss 0.1 acc 0.9", section: { kind: "evaluation", word: "valid" } },
    { line: "Train: acc 0.97 | Val: acc 0.9", section: { kind: "evaluation", word: "Val" } },
    { line: "Training set: acc 0.9", section: { kind: "training", word: "Training" } },
    { line: "training done, acc 0.9", section: undefined },
    { line: "train time: 3.2 s, acc: 0.9", section: undefined },
    { line: "after training for 3 epochs: acc 0.9", section: undefined },
    { line: "2031-02-03 - train - INFO - epoch 1 acc 0.9", section: undefined },
    { line: "2031-02-03 | INFO | train:main:42 - acc 0.9", section: undefined },
    { line: "Epoch 3 train: acc=0.9", section: { kind: "training", word: "train" } },
    { line: "epoch 3 - val - acc 0.9", section: { kind: "evaluation", word: "val" } },
    { line: "On training set: acc 0.9", section: { kind: "training", word: "training" } },
    { line: "acc 0.9 (train)", section: { kind: "training", word: "train" } },
    { line: "acc 0.9 on the test set", section: { kind: "evaluation", word: "test" } },
    { line: '{"acc": 0.9, "split": "train"}', section: { kind: "training", word: "train" } },
    { line: "{'mode': 'val', 'acc': 0.9}", section: { kind: "evaluation", word: "val" } },
    { line: "data=train.csv acc=0.9", section: undefined },
    { line: "1,train,0.9", section: { kind: "training", word: "train" } },
    { line: "Epoch(train)  [1][10/79]  acc: 0.9", section: { kind: "training", word: "train" } },
    {
      line: "2031-02-03 04:05:06 | INFO | train_inner | epoch 001: 100 / 282 acc 0.9",
      section: { kind: "training", word: "train_inner" },
    },
    {
      line: "[titan] 2031-02-03 04:05:06 - root - INFO - validate step: 10  acc 0.9",
      section: { kind: "evaluation", word: "validate" },
    },
    {
      line: "Completed eval after train step 2, acc 0.9",
      section: { kind: "evaluation", word: "eval" },
    },
    { line: "Epoch: [21][175/179]  acc 0.9", section: { kind: "training", word: "Epoch" } },
    { line: "Test:  [21][5/7]  acc 0.9", section: { kind: "evaluation", word: "Test" } },
    { line: "epoch 1 acc 0.9", section: undefined },
    { line: "constrained acc 0.9", section: undefined },
  ])("of 0.9 in `$line`", ({ line, section }) => {
    const start = line.lastIndexOf("0.9");
    expect(sectionAt(line, start, start + 3)).toEqual(section);
  });
});

test.each([
  { line: "Epoch: [21][175/179]  Acc@1 66.169 (65.132)", isBatch: true },
  { line: "Epoch: [3]  [ 100/5005]  eta: 0:01:00  acc1: 0.5 (0.4)", isBatch: true },
  { line: "Train: 3 [ 100/1251 (  8%)]  Loss: 6.9 (6.9)", isBatch: true },
  { line: "[2031-02-03 04:05:06] INFO Train: [3/300][100/1251] loss 6.9 (6.9)", isBatch: true },
  { line: "Val Epoch: [1][3/10]  acc 0.9", isBatch: false },
  { line: "Test: [5/7]  Acc@1 66.169 (65.132)", isBatch: false },
  { line: "Epoch [1/10], Step [100/600], Loss: 0.3", isBatch: false },
  { line: "Epoch: [3/10] acc 0.9", isBatch: false },
  { line: "Train: acc 0.97 | Val: acc 0.9", isBatch: false },
])("isTrainingBatch is $isBatch for `$line`", ({ line, isBatch }) => {
  expect(isTrainingBatch(line)).toBe(isBatch);
});

test("wordsOfSection gives the words that names of metrics use", () => {
  expect(wordsOfSection({ kind: "evaluation", word: "Validate" })).toContain("val");
  expect(wordsOfSection({ kind: "evaluation", word: "evaluation" })).toContain("eval");
  expect(wordsOfSection({ kind: "training", word: "train_inner" })).toContain("train");
  expect(wordsOfSection({ kind: "evaluation", word: "test" })).toEqual(["test"]);
});

test.each([
  { line: "Training:", word: "Training" },
  { line: "== Evaluation ==", word: "Evaluation" },
  { line: "val metrics:", word: "val" },
  { line: "Training for 3 epochs", word: undefined },
  { line: "test 1", word: undefined },
])("the heading `$line` names $word", ({ line, word }) => {
  expect(sectionOfHeading(line)?.word).toBe(word);
});

test.each([
  { text: "train_acc", isNamed: true },
  { text: "Acc/val", isNamed: true },
  { text: String.raw`Train: acc=(\S+)`, isNamed: true },
  { text: "acc", isNamed: false },
  { text: "interval", isNamed: false },
])("namesItsData is $isNamed for `$text`", ({ text, isNamed }) => {
  expect(namesItsData(text)).toBe(isNamed);
});
