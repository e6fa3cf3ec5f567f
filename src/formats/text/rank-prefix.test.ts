import { expect, test } from "vitest";
import { withoutRankLabel } from "./rank-prefix.ts";

test.each([
  { line: "[rank3]: step 4", rank: 3, text: "step 4" },
  { line: "[default7]:loss 0.5", rank: 7, text: "loss 0.5" },
  { line: "12: val_acc=0.5", rank: 12, text: "val_acc=0.5" },
  { line: "[1,0]<stdout>:val_acc=0.5", rank: 0, text: "val_acc=0.5" },
  { line: "step 3: loss 0.5", rank: undefined, text: "step 3: loss 0.5" },
  { line: "[10]\ttrain-auc:0.9", rank: undefined, text: "[10]\ttrain-auc:0.9" },
])("$line", ({ line, rank, text }) => {
  expect(withoutRankLabel(line)).toEqual({ rank, text });
});
