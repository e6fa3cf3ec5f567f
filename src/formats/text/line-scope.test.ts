import { describe, expect, test } from "vitest";
import {
  isTrainingBatch,
  positionInEvaluation,
  scopeOfLine,
  sectionAt,
  showsEarlierResult,
  wordsOfSection,
} from "./line-scope.ts";

describe("scopeOfLine", () => {
  test.each([
    { line: "Epoch: [21][175/179]  Acc@1 66.169 (65.132)", scope: "part-of-pass" },
    { line: "Epoch: [21][178/179]  Acc@1 66.169 (65.132)", scope: "end-of-pass" },
    { line: "Epoch [1/10], Step [100/600], Loss: 0.3", scope: "part-of-pass" },
    { line: "Epoch [1/10], Step [600/600], Loss: 0.3", scope: "end-of-pass" },
    { line: "Test: [ 78/78]  Acc@1:  90.0 ( 76.3)", scope: "end-of-pass" },
    { line: "epoch 1 batch 3/100 acc 0.5", scope: "part-of-pass" },
    { line: "Epoch 0:  50%|█████     | 5/10 [00:00<00:00, acc=0.5]", scope: "part-of-pass" },
    { line: "Epoch 0: 100%|██████████| 10/10 [00:00<00:00, acc=0.5]", scope: "end-of-pass" },
    { line: " 3/16 ━━━━━━ 0s 2ms/step - loss: 0.3", scope: "part-of-pass" },
    { line: "16/16 ━━━━━━ 0s 2ms/step - loss: 0.3 - val_loss: 0.2", scope: "end-of-pass" },
    { line: "Epoch 3/100 val_acc 0.5", scope: "whole" },
    { line: "step:125/1750 val_loss:4.3012", scope: "whole" },
    { line: " [2025-04-13 23:41:12] iteration       10/    1000 | lm loss: 7.4", scope: "whole" },
    { line: "Test set: Average loss: 0.0267, Accuracy: 9911/10000 (99%)", scope: "whole" },
  ])("is $scope for `$line`", ({ line, scope }) => {
    expect(scopeOfLine(line)).toBe(scope);
  });
});

describe("showsEarlierResult", () => {
  test("is true for the metric of an evaluation on the bar of a training pass", () => {
    const bar = "Epoch 1:  50%|█████     | 8/16 [00:00<00:00, val_acc=0.5]";
    expect(showsEarlierResult(bar, "val_acc")).toBe(true);
    expect(showsEarlierResult(bar, "train_loss")).toBe(false);
  });

  test("is false on the bar of an evaluation and without a bar", () => {
    const bar = "Validation DataLoader 0:  50%|█████     | 8/16 [00:00<00:00, val_acc=0.5]";
    expect(showsEarlierResult(bar, "val_acc")).toBe(false);
    expect(showsEarlierResult("epoch 1 val_acc=0.5", "val_acc")).toBe(false);
  });
});

describe("sectionAt", () => {
  test.each([
    { line: "[train] loss 0.1 acc 0.9", section: { kind: "training", word: "train" } },
    { line: "[valid] loss 0.1 acc 0.9", section: { kind: "evaluation", word: "valid" } },
    { line: "Train: acc 0.97 | Val: acc 0.9", section: { kind: "evaluation", word: "Val" } },
    { line: "Training set: acc 0.9", section: { kind: "training", word: "Training" } },
    { line: "training done, acc 0.9", section: { kind: "training", word: "training" } },
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
    expect(sectionAt(line, line.indexOf("0.9", line.lastIndexOf("acc")))).toEqual(section);
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

test("positionInEvaluation reads the position only in passes over evaluation data", () => {
  expect(positionInEvaluation("Test: [  5/78]  Acc@1:  90.0 ( 76.3)")).toBe(5);
  expect(positionInEvaluation("Test:  [21][6/7]  Acc@1 66.169 (65.132)")).toBe(6);
  expect(positionInEvaluation("Epoch: [21][175/179]  Acc@1 66.169 (65.132)")).toBeUndefined();
});

test("wordsOfSection gives the words that names of metrics use", () => {
  expect(wordsOfSection({ kind: "evaluation", word: "Validate" })).toContain("val");
  expect(wordsOfSection({ kind: "evaluation", word: "evaluation" })).toContain("eval");
  expect(wordsOfSection({ kind: "training", word: "train_inner" })).toContain("train");
  expect(wordsOfSection({ kind: "evaluation", word: "test" })).toEqual(["test"]);
});
