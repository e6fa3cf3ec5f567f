import { expect, test } from "vitest";
import { matchName } from "./match-name.ts";

test.each([
  { found: "val_acc", wanted: "val_acc", match: "same" },
  { found: "Val Acc", wanted: "val_acc", match: "same" },
  { found: "val-acc", wanted: "val_acc", match: "same" },
  { found: "train_acc", wanted: "acc", match: "longer" },
  { found: "val/acc", wanted: "acc", match: "longer" },
  { found: "validation_0-logloss", wanted: "logloss", match: "longer" },
  { found: "lm loss", wanted: "loss", match: "longer" },
  { found: "Test accuracy", wanted: "accuracy", match: "longer" },
  { found: "valid_0's binary_logloss", wanted: "binary_logloss", match: "longer" },
  { found: "train.acc", wanted: "acc", match: "longer" },
  { found: "metrics.val_acc", wanted: "val_acc", match: "last-words" },
  { found: "finished with accuracy", wanted: "accuracy", match: "last-words" },
  { found: "New best accuracy", wanted: "accuracy", match: "last-words" },
  { found: "Best accuracy", wanted: "accuracy", match: "longer" },
  { found: "balanced accuracy", wanted: "accuracy", match: "longer" },
  { found: "Top-5 accuracy", wanted: "accuracy", match: "longer" },
  { found: "target val_acc", wanted: "val_acc", match: "longer" },
  { found: "Eval metrics/eval/Accuracy", wanted: "metrics/eval/Accuracy", match: "last-words" },
  { found: "best metrics/eval/Accuracy", wanted: "metrics/eval/Accuracy", match: "longer" },
  { found: "Val. Acc.", wanted: "val_acc", match: "same" },
  { found: "Best Val. Acc.", wanted: "val_acc", match: "longer" },
  { found: "policy loss", wanted: "loss", match: "longer" },
  { found: "cat accuracy", wanted: "accuracy", match: "longer" },
  { found: "value.loss", wanted: "loss", match: "longer" },
  { found: "overall accuracy", wanted: "accuracy", match: "last-words" },
  { found: "INFO:__main__: accuracy", wanted: "accuracy", match: "last-words" },
  { found: "results.metrics.accuracy", wanted: "accuracy", match: "last-words" },
  { found: "inaccuracy", wanted: "accuracy", match: "other" },
  { found: "loss scale", wanted: "loss", match: "other" },
  { found: "Acc@1", wanted: "acc", match: "other" },
])("`$found` is `$match` as/than `$wanted`", ({ found, wanted, match }) => {
  expect(matchName(found, wanted)).toBe(match);
});
