import { describe, expect, test } from "vitest";
import { positionInEvaluation, scopeOfLine, showsEarlierResult } from "./line-scope.ts";

describe("scopeOfLine", () => {
  test.each([
    { line: "Epoch: [21][175/179]  Acc@1 66.169 (65.132)", scope: "part-of-pass" },
    { line: "Epoch: [21][178/179]  Acc@1 66.169 (65.132)", scope: "end-of-pass" },
    { line: "Epoch [1/10], Step [100/600], Loss: 0.3", scope: "part-of-pass" },
    { line: "Epoch [1/10], Step [600/600], Loss: 0.3", scope: "end-of-pass" },
    { line: "Test: [ 78/78]  Acc@1:  90.0 ( 76.3)", scope: "end-of-pass" },
    { line: "[TEST] [0/10] loss 0.5 (0.5) mAP 0.9 (0.9)", scope: "part-of-pass" },
    { line: "epoch 1 batch 3/100 acc 0.5", scope: "part-of-pass" },
    { line: "Epoch 0:  50%|█████     | 5/10 [00:00<00:00, acc=0.5]", scope: "part-of-pass" },
    { line: "Epoch 0: 100%|██████████| 10/10 [00:00<00:00, acc=0.5]", scope: "end-of-pass" },
    { line: " 3/16 ━━━━━━ 0s 2ms/step - loss: 0.3", scope: "part-of-pass" },
    { line: "16/16 ━━━━━━ 0s 2ms/step - loss: 0.3 - val_loss: 0.2", scope: "end-of-pass" },
    { line: "| epoch   1 |   200/ 2983 batches | ppl    90.02", scope: "part-of-pass" },
    { line: "global step 100, epoch: 1, batch: 99, acc: 0.95", scope: "part-of-pass" },
    { line: "epoch 1, batch size: 32, acc: 0.95", scope: "whole" },
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

test("positionInEvaluation reads the position only in passes over evaluation data", () => {
  expect(positionInEvaluation("Test: [  5/78]  Acc@1:  90.0 ( 76.3)")).toBe(5);
  expect(positionInEvaluation("Test:  [21][6/7]  Acc@1 66.169 (65.132)")).toBe(6);
  expect(positionInEvaluation("Epoch: [21][175/179]  Acc@1 66.169 (65.132)")).toBeUndefined();
});
