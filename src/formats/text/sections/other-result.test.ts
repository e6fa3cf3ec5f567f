import { expect, test } from "vitest";
import { otherResultAt } from "./other-result.ts";

function resultIn(line: string, metric = "acc"): string | undefined {
  const start = line.search(/0\.\d/u);
  return otherResultAt(line, { metric, start, end: start + 4 });
}

test.each([
  "acc 0.96 (target)",
  "acc: 0.96 [best]",
  "Targets: {'acc': 0.96}",
  "Thresholds: {'acc': 0.96}",
  "INFO - Aim for acc=0.96",
  "last run: acc 0.96",
  "paper reports acc 0.96",
  "args: {'lr': 1, 'acc': 0.96}",
  "INFO - config = {'acc': 0.96}",
  "TrainConfig(lr=1, acc=0.96)",
  "best so far: acc=0.96 (epoch 0, previous run)",
  "[baseline] acc: 0.96",
  "# acc=0.96 was reported in the paper",
  "acc 0.96 is required",
  "Loading best model (acc 0.96)",
  "last checkpoint: acc=0.96 at epoch 9; resuming",
])("a goal or the result of another run is stated: %s", (line) => {
  expect(resultIn(line)).toBe("stated");
});

test.each([
  'Best metrics: {"acc": 0.96}',
  "best epoch 3: acc 0.96",
  "best record: [epoch: 1], [loss: 0.4], [acc: 0.96]",
  "best (acc=0.96)",
  "acc improved from -inf to 0.96",
  "Epoch 0, global step 100: 'acc' reached 0.96 (best 0.96), saving model",
])("a best result may repeat an earlier line: %s", (line) => {
  expect(resultIn(line)).toBe("best-so-far");
});

test.each([
  "acc 0.96",
  "acc 0.96 (best 0.97)",
  "acc 0.96 (last run 0.95)",
  "Loaded best model, acc 0.96",
  "acc 0.96 reported to the tracker",
  "[eval] acc 0.96 of the last checkpoint",
  "New best! acc 0.96",
  "Target reached: acc 0.96",
  "Target was met, acc 0.96",
  "Config(lr=1): acc=0.96",
  "args done, acc 0.96",
  "Metrics(loss=1, acc=0.96)",
])("a new result is not: %s", (line) => {
  expect(resultIn(line)).toBeUndefined();
});

test("the name of the metric may ask for it", () => {
  expect(resultIn("Best results: best_acc 0.96", "best_acc")).toBeUndefined();
});
