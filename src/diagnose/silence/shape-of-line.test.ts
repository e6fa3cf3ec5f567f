import { expect, test } from "vitest";
import { shapeOfLine } from "./shape-of-line.ts";

test.each([
  { line: "step 100 loss 0.5", key: "step # loss #", kind: "step" },
  { line: "[rank3]: step 101, loss=4.9e-01", key: "[rank#]: step #, loss=#", kind: "step" },
  { line: "  12   0.312   0.87", key: "# # #", kind: "step" },
  {
    line: " 42%|████▏     | 42/100 [00:04<00:05, 10.31it/s]",
    key: "#%= #/# [#<#, #it/s]",
    kind: "step",
  },
  { line: " 3%|#         | 4/160", key: "#%= #/#", kind: "step" },
  { line: " 28%|##8       | 45/160", key: "#%= #/#", kind: "step" },
  { line: "epoch 2 [==>   ] 12/60", key: "epoch # = #/#", kind: "step" },
  {
    line: ':::PITWALL {"kind":"step","rank":0,"step":7}',
    key: ':::PITWALL {"kind":"step","rank":#,"step":#}',
    kind: "step",
  },
  { line: "Evaluating at step 100", key: "Evaluating at step #", kind: "evaluation" },
  { line: "epoch 3 val_acc 0.91", key: "epoch # val_acc #", kind: "evaluation" },
  {
    line: "saving checkpoint to /data/step-100.pt",
    key: "saving checkpoint to /data/step#.pt",
    kind: "checkpoint",
  },
  { line: "loading shard 3 of 20", key: "loading shard # of #", kind: "other" },
  { line: "16,1.158805,0.001,966.486", key: "#", kind: "step" },
  { line: "invalid value ignored", key: "invalid value ignored", kind: "other" },
  { line: "starting epochs", key: "starting epochs", kind: "other" },
  {
    line: ':::MLLOG {"namespace": "", "time_ms": 1, "key": "eval_start", "value": null}',
    key: "eval_start",
    kind: "evaluation",
  },
  {
    line: ':::MLLOG {"namespace": "", "time_ms": 1, "key": "tracked_stats", "value": {"t": 1}}',
    key: "tracked_stats",
    kind: "step",
  },
])("$line", ({ line, key, kind }) => {
  expect(shapeOfLine(line)).toEqual({ key, kind });
});
