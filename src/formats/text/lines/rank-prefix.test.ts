import { expect, test } from "vitest";
import { RankReader, withoutRankLabel } from "./rank-prefix.ts";

test.each([
  { line: "[rank3]: step 4", rank: 3, text: "step 4" },
  { line: "[default7]:loss 0.5", rank: 7, text: "loss 0.5" },
  { line: "[Rank 2] val_acc=0.5", rank: 2, text: "val_acc=0.5" },
  { line: "[GPU1] val_acc=0.5", rank: 1, text: "val_acc=0.5" },
  { line: "rank 1 | val_acc=0.5", rank: 1, text: "val_acc=0.5" },
  { line: "(RayTrainWorker pid=812, ip=10.0.0.4) val_acc=0.5", rank: 812, text: "val_acc=0.5" },
  { line: "12: val_acc=0.5", rank: 12, text: "val_acc=0.5" },
  { line: "[1,0]<stdout>:val_acc=0.5", rank: 0, text: "val_acc=0.5" },
  { line: "step 3: loss 0.5", rank: undefined, text: "step 3: loss 0.5" },
  { line: "[10]\ttrain-auc:0.9", rank: undefined, text: "[10]\ttrain-auc:0.9" },
])("removes the label of `$line`", ({ line, rank, text }) => {
  expect(withoutRankLabel(line)).toMatchObject({ rank, text });
});

test.each([
  { name: "takes increasing numbers for epochs", lines: ["1: a", "1: b", "2: c"], rank: undefined },
  { name: "takes numbers that alternate for ranks", lines: ["0: a", "1: a", "0: b"], rank: 0 },
])("$name", ({ lines, rank }) => {
  const reader = new RankReader();
  expect(lines.map((line) => reader.read(line).rank).at(-1)).toBe(rank);
});
