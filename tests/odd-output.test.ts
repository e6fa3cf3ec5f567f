import { describe, expect, test } from "vitest";
import { LineSplitter } from "../src/launch/line-splitter.ts";
import { parseTarget } from "../src/schema/run/outcome/target-text.ts";
import { judgeRun } from "../src/score/judging/judge-run.ts";
import { RunReader } from "../src/workflows/read-run/reader/run-reader.ts";
import { exampleRequest } from "./support/example-run.ts";

interface OddOutput {
  name: string;
  target: string;
  /** Default: by the name of the target's metric. */
  pattern?: string;
  lines: readonly string[];
  /** The value that meets the target; undefined if none does. */
  reached: number | undefined;
  /** Findings that must be reported. */
  rules?: readonly string[];
}

/** Output that a careless reader takes for a value that it is not. */
const outputs: readonly OddOutput[] = [
  {
    name: "an exponent after the group of a pattern",
    target: "loss<=10",
    pattern: "loss=([0-9.]+)",
    lines: ["loss=9.87e+01", "loss=2.30e+01"],
    reached: undefined,
    rules: ["number-cut-short"],
  },
  {
    name: "an exponent after an integer",
    target: "loss<=0.01",
    pattern: String.raw`loss: (\d+)`,
    lines: ["loss: 5e-1", "loss: 5e-2", "loss: 5e-3"],
    reached: 0.005,
    rules: ["number-cut-short"],
  },
  {
    name: "a sign before the group",
    target: "elbo>=1",
    pattern: "elbo=([0-9.]+)",
    lines: ["elbo=-3.2", "elbo=-2.1", "elbo=-1.5"],
    reached: undefined,
    rules: ["metric-never-matched"],
  },
  {
    name: "a power of ten in writing",
    target: "mse<=2",
    lines: ["mse: 9.0×10^2", "mse: 1.9×10^2"],
    reached: undefined,
  },
  {
    name: "a percentage for a fraction",
    target: "val_acc>=0.94",
    lines: ["val_acc: 31.0%", "val_acc: 72.0%", "val_acc: 94.1%"],
    reached: 0.941,
    rules: ["percent-read-as-fraction"],
  },
  {
    name: "a percentage without its sign",
    target: "val_acc>=0.94",
    lines: ["val_acc: 3.41", "val_acc: 72.00", "val_acc: 94.10"],
    reached: undefined,
    rules: ["value-off-scale"],
  },
  {
    name: "a fraction for a percentage",
    target: "val_acc>=94",
    lines: ["val_acc: 0.310", "val_acc: 0.720", "val_acc: 0.950"],
    reached: undefined,
    rules: ["values-on-another-scale"],
  },
  {
    name: "a count of a total",
    target: "Accuracy>=0.99",
    lines: ["Accuracy: 9400/10000 (94%)", "Accuracy: 9911/10000 (99%)"],
    reached: 0.9911,
  },
  {
    name: "a decimal comma",
    target: "val_acc>=0.94",
    lines: ["val_acc=0,31", "val_acc=0,72", "val_acc=0,943"],
    reached: 0.943,
    rules: ["decimal-comma-read"],
  },
  {
    name: "a comma that may separate thousands",
    target: "loss<=3",
    lines: ["loss: 3,912", "loss: 3,104", "loss: 2,871"],
    reached: undefined,
    rules: ["comma-ambiguous"],
  },
  {
    name: "a blank that separates thousands",
    target: "loss<=2",
    lines: ["loss: 9 876,5", "loss: 1 234,5"],
    reached: undefined,
  },
  {
    name: "cells between semicolons with decimal commas",
    target: "val_acc>=0.9",
    lines: ["epoch;val_acc;time", "1;0,31;1,5", "2;0,95;1,5"],
    reached: 0.95,
  },
  {
    name: "the name inside longer names",
    target: "acc>=0.9",
    lines: ["train_acc=0.91 val_acc=0.88", "train_acc=0.97 val_acc=0.95"],
    reached: 0.95,
    rules: ["metric-read-from-other-name"],
  },
  {
    name: "a pattern inside a longer name",
    target: "acc>=0.9",
    pattern: String.raw`acc=(\S+)`,
    lines: ["train_acc=0.72", "train_acc=0.95"],
    reached: undefined,
    rules: ["metric-inside-longer-name"],
  },
  {
    name: "a pattern that matches two metrics",
    target: "loss<=1",
    pattern: "loss: ([0-9.]+)",
    lines: ["aux loss: 0.1 | lm loss: 4.00", "aux loss: 0.1 | lm loss: 3.00"],
    reached: undefined,
    rules: ["pattern-matches-several-names"],
  },
  {
    name: "a qualified name beside the metric",
    target: "accuracy>=0.9",
    lines: ["balanced accuracy: 0.95, accuracy: 0.70", "Top-5 accuracy: 0.96"],
    reached: undefined,
  },
  {
    name: "the best value so far",
    target: "val_acc>=0.9",
    lines: ["val_acc=0.60 (best val_acc=0.95)", "Best val acc: 0.95"],
    reached: undefined,
  },
  {
    name: "the target itself",
    target: "val_acc>=0.94",
    lines: [
      "training until val_acc >= 0.94",
      "target val_acc: 0.94",
      "+ python train.py --lr 0.1 --val_acc 0.94",
      "Namespace(lr=0.1, val_acc=0.94)",
      "val_acc=0.70",
    ],
    reached: undefined,
  },
  {
    name: "the former best value",
    target: "val_acc>=0.9",
    lines: ["Epoch 1: val_acc did not improve from 0.95 (val_acc=0.88)"],
    reached: undefined,
  },
  {
    name: "training and evaluation on one line",
    target: "acc>=0.95",
    lines: ["Train: loss 0.1 acc 0.97 | Val: loss 0.3 acc 0.80"],
    reached: undefined,
  },
  {
    name: "source code before the output",
    target: "val_acc>=0.94",
    lines: [
      "import time",
      "val_acc=0.99",
      "def main():",
      "    val_acc=0.98",
      "====================",
      "val_acc=0.7",
    ],
    reached: undefined,
    rules: ["source-echoed"],
  },
  {
    name: "a traceback",
    target: "val_acc>=0.94",
    lines: [
      "[rank1]: Traceback (most recent call last):",
      '[rank1]:   File "x.py", line 3, in <module>',
      "[rank1]:     check(val_acc=0.97)",
      "[rank1]: ValueError: val_acc=0.99",
      "[rank0]: val_acc=0.70",
    ],
    reached: undefined,
  },
  {
    name: "batches of a pass over evaluation data",
    target: "Acc@1>=75",
    lines: [
      "Test: [0/7]  Loss 1.4276 (1.4767)  Acc@1 76.000 (76.000)",
      "Test: [5/7]  Loss 1.4276 (1.4767)  Acc@1 50.000 (76.100)",
      " *   Acc@1 60.000 Acc@5 80.000",
    ],
    reached: undefined,
  },
  {
    name: "escape sequences inside a number",
    target: "val_acc>=0.94",
    lines: ["val_acc=0.9\u001B[1m5\u001B[0m"],
    reached: 0.95,
  },
  {
    name: "NUL inside a number",
    target: "val_acc>=0.94",
    lines: ["\u0000val_acc\u0000=0.9\u00005\u0000"],
    reached: 0.95,
  },
  {
    name: "a title and a link for terminals",
    target: "val_acc>=0.94",
    lines: [
      "\u001B]0;val_acc=0.99\u0007val_acc=0.6",
      "\u001B]8;;http://x/val_acc=0.99\u001B\\run val_acc=0.6",
    ],
    reached: undefined,
  },
  {
    name: "infinity and null",
    target: "loss<=1",
    lines: ["loss: 4.1", "loss: -inf", '{"epoch": 0, "loss": null}'],
    reached: undefined,
    rules: ["metric-not-a-number"],
  },
  {
    name: "a header that changes",
    target: "val_acc>=0.94",
    lines: ["epoch,val_acc", "1,0.5", "epoch,train_acc,val_acc", "2,0.99,0.6", "3,0.99,0.95"],
    reached: 0.95,
  },
  {
    name: "the summary of a tracker, rounded up",
    target: "val_acc>=0.94",
    lines: ["val_acc=0.93994", "wandb: Run summary:", "wandb: val_acc 0.94"],
    reached: undefined,
  },
  {
    name: "an arrow from the former value",
    target: "val_acc>=0.94",
    lines: ["val_acc: 0.97 -> 0.60", "val_acc: 0.60 -> 0.95"],
    reached: 0.95,
  },
];

function judged({ target: text, pattern, lines }: OddOutput) {
  const target = parseTarget(text);
  if (target === undefined) throw new Error(`not a target: ${text}`);
  const { metric } = target;
  const metrics = [pattern === undefined ? { metric } : { metric, pattern }];
  const reader = RunReader.live(
    exampleRequest({ runId: "odd-1", target, reading: { metrics } }),
    0,
  );
  reader.launched(0);
  const splitter = new LineSplitter();
  for (const [index, line] of lines.entries())
    for (const bytes of splitter.push("stdout", Buffer.from(`${line}\n`)))
      reader.take({ stream: "stdout", bytes, timeMs: 100 * (index + 1) });
  reader.endOutput(10_000);
  const exited = { kind: "exited", exitCode: 0, signal: undefined } as const;
  const { outcome, findings } = judgeRun(reader.run, exited, { launchedMs: 0, endedMs: 10_000 });
  const all = [...findings, ...reader.findings(), ...reader.readingFindings()];
  return { outcome, rules: all.map(({ rule }) => rule) };
}

describe("a run that prints", () => {
  test.each(outputs)("$name", (output) => {
    const { outcome, rules } = judged(output);
    const { reached } = output;
    expect(outcome).toMatchObject(
      reached === undefined ? { kind: "missed" } : { kind: "reached", quality: reached },
    );
    expect(rules).toEqual(expect.arrayContaining([...(output.rules ?? [])]));
  });
});
