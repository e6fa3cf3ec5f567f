import { expect, test } from "vitest";
import { likelyTarget } from "./likely-target.ts";

test.for([
  [["epoch", "loss", "val_loss", "val_acc"], "val_acc>=0.94"],
  [["Modules in eval mode", "train_loss", "Total FLOPs"], "train_loss<=2.0"],
  [["epoch", "accuracy", "eval/loss"], "eval/loss<=2.0"],
  [["valid ppl", "lr"], "valid ppl<=2.0"],
  [["step", "Acc@1"], "Acc@1>=0.94"],
  [["step"], "step>=0.94"],
  [[], "val_acc>=0.94"],
] as const)("of %j suggests `%s`", ([metrics, target]) => {
  expect(likelyTarget(metrics)).toBe(target);
});
