import { expect, test } from "vitest";
import { isLabelOfPart, labelOfLine } from "./line-label.ts";

test.each([
  ["model A: acc 0.9", "acc", "model A"],
  ["u_velocity   R²=0.95  MAE=0.1", "MAE", "u_velocity"],
  ["[cat]: acc 0.8", "acc", "cat"],
  // A state of the training, its data, or the whole model.
  ["New best: acc 0.9", "acc", undefined],
  ["Validation: acc 0.9", "acc", undefined],
  ["epoch 3: acc 0.9", "acc", undefined],
  // A name and its number.
  ["acc:  97.0%; loss:  0.3", "acc", undefined],
  ["accuracy:  97.0%; acc 0.3", "acc", undefined],
  ["acc=0.9", "acc", undefined],
])("%j has values of %j of %j", (line, metric, label) => {
  expect(labelOfLine(line, metric)).toBe(label);
});

test.each([
  ["  - cat: acc ", true],
  ["  overall: acc ", false],
  ["  acc ", false],
])("before a value, %j is a label of one class: %j", (before, isPart) => {
  expect(isLabelOfPart(before)).toBe(isPart);
});
