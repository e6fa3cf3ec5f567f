import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readPairs } from "./read-pairs.ts";
import { visibleText } from "../lines/visible-text.ts";

const escape = "\u001B";

describe("readPairs", () => {
  test.each<{ name: string; line: string; pairs: Record<string, number> }>([
    {
      name: "reads Megatron's fields between bars, exponents and units in names included",
      line: " [2025-04-13 23:41:12] iteration       10/    1000 | consumed samples:          160 | elapsed time per iteration (ms): 1147.6 | lm loss: 7.399415E+00 | loss scale: 8388608.0 |",
      pairs: {
        iteration: 10,
        "consumed samples": 160,
        "elapsed time per iteration (ms)": 1147.6,
        "lm loss": 7.399415,
        "loss scale": 8388608,
      },
    },
    {
      name: "reads the result of a sum",
      line: "loss = 0.2 + 0.5*0.9 = 0.65, acc: 0.9",
      pairs: { loss: 0.65, acc: 0.9 },
    },
    {
      name: "reads the first number before an operator without a result",
      line: "lr 0.1 * 0.5 loss 0.3",
      pairs: { lr: 0.1, loss: 0.3 },
    },
    {
      name: "reads torchtitan's line through its colors",
      line: `[titan] 2025-01-02 03:04:05,123 - root - INFO - ${escape}[31mstep: 10  ${escape}[32mloss:  7.5312  ${escape}[33mmemory: 35.21GiB(44.42%)  tps: 6,123  mfu: 35.91%`,
      pairs: { step: 10, loss: 7.5312, memory: 35.21, tps: 6123, mfu: 35.91 },
    },
    {
      name: "reads MaxText's list",
      line: "completed step: 12, seconds: 3.456, TFLOP/s/device: 210.123, total_weights: 65536, loss: 7.531",
      pairs: {
        "completed step": 12,
        seconds: 3.456,
        "TFLOP/s/device": 210.123,
        total_weights: 65536,
        loss: 7.531,
      },
    },
    {
      name: "reads Keras's progress line",
      line: "5/5 ━━━━━━━━ 0s 2ms/step - accuracy: 0.9000 - loss: 0.3100 - val_loss: 1.2e-01",
      pairs: { accuracy: 0.9, loss: 0.31, val_loss: 0.12 },
    },
    {
      name: "reads a tqdm postfix",
      line: "Epoch 0: 100%|██████| 10/10 [00:00<00:00, 50.1it/s, v_num=3, val_loss=0.321]",
      pairs: { Epoch: 0, v_num: 3, val_loss: 0.321 },
    },
    {
      name: "begins a name after the end of a sentence, but not after an abbreviation",
      line: "Eval done. Accuracy: 0.95, Val. Acc.: 0.9",
      pairs: { Accuracy: 0.95, "Val. Acc.": 0.9 },
    },
    ...[
      "loss, acc: 0.3, 0.91",
      "loss, acc: 0.3 0.91",
      "loss/acc: 0.3/0.91",
      "loss | acc: 0.3 | 0.91",
      "(loss, acc): (0.3, 0.91)",
      "[loss, acc] = [0.3, 0.91]",
      "loss and acc: 0.3 and 0.91",
      "loss,acc 0.3,0.91",
      "Evaluation finished, loss, acc: 0.3, 0.91",
    ].map((line) => ({
      name: `gives each number of a list its own name: ${line}`,
      line,
      pairs: { loss: 0.3, acc: 0.91 },
    })),
    ...["train/val acc: 0.97/0.90", "acc (train/val): 0.97/0.90", "acc train/val: 0.97 / 0.9"].map(
      (line) => ({
        name: `joins each section of a list with the name that they share: ${line}`,
        line,
        pairs: { "train acc": 0.97, "val acc": 0.9 },
      }),
    ),
    {
      name: "takes a number with a unit for no part of a list",
      line: "Done, acc: 0.9, 120 samples",
      pairs: { acc: 0.9 },
    },
    {
      name: "takes a ratio for one value of a path",
      line: "val/acc: 93/100",
      pairs: { "val/acc": 93 },
    },
    {
      name: "reads nothing from a list that is longer than its names",
      line: "loss, acc: 0.3, 0.91, 0.5",
      pairs: {},
    },
    {
      name: "takes a range of thresholds for a part of the name",
      line: "mAP@0.5: 0.61, mAP@0.5:0.95: 0.402, AP@0.5:0.75 = 0.5",
      pairs: { "mAP@0.5": 0.61, "mAP@0.5:0.95": 0.402, "AP@0.5:0.75": 0.5 },
    },
    {
      name: "reads nothing from the names in a header with thresholds",
      line: "  P          R     mAP@.5   mAP@.5:.95",
      pairs: {},
    },
    {
      name: "reads a Python dictionary",
      line: "{'eval_loss': 1.55, 'eval_accuracy': 0.7, 'note': 'a: 3', 'epoch': 1.0}",
      pairs: { eval_loss: 1.55, eval_accuracy: 0.7, epoch: 1 },
    },
    {
      name: "reads JSON behind a prefix, numbers in quotes, nested keys and NaN",
      line: '2031-02-03 04:05:01 | INFO | valid | {"epoch": 1, "valid_ppl": "51.98", "a": {"b": NaN}}',
      pairs: { epoch: 1, valid_ppl: 51.98, "a.b": Number.NaN },
    },
    {
      name: "reads LightGBM's and XGBoost's columns",
      line: "[10]\tvalid_0's binary_logloss: 0.48\tvalidation_0-auc:0.9",
      pairs: { "valid_0's binary_logloss": 0.48, "validation_0-auc": 0.9 },
    },
    {
      name: "reads modded-nanogpt's line",
      line: "step:125/1750 val_loss:4.3012 train_time:12345ms step_avg:98.76ms",
      pairs: { step: 125, val_loss: 4.3012, train_time: 12345, step_avg: 98.76 },
    },
    {
      name: "reads the 2018 ImageNet console, `@` in names included",
      line: "Epoch: [21][175/179]  Time 0.318 (0.368)  Acc@1 66.169 (65.132)  Acc@5 86.063 (85.244)",
      pairs: { Time: 0.318, "Acc@1": 66.169, "Acc@5": 86.063 },
    },
    {
      name: "reads names in front of numbers in parentheses",
      line: "epoch 3 train_loss=(1.700) val_acc=0.680",
      pairs: { epoch: 3, train_loss: 1.7, val_acc: 0.68 },
    },
    {
      name: "reads a cell of a table",
      line: "│        test_acc           │    0.9312    │",
      pairs: { test_acc: 0.9312 },
    },
    {
      name: "reads a tensor",
      line: "val_acc=tensor(0.9412)",
      pairs: { val_acc: 0.9412 },
    },
    {
      name: "reads fairseq's fields",
      line: "| epoch 001 | valid on 'valid' subset | loss 6.4 | ppl 84.44 | num_updates 200",
      pairs: { epoch: 1, loss: 6.4, ppl: 84.44, num_updates: 200 },
    },
    {
      name: "takes no value out of the place of a value",
      line: "The best checkpoint with 57.33 accuracy/top1 at 1 epoch is saved, acc at 0.5",
      pairs: { "The best checkpoint with": 57.33, acc: 0.5 },
    },
    {
      name: "reads where a value was measured as no part of its name",
      line: "loss after 100 steps: 0.7, accuracy @ step 200: 0.85, bleu at epoch 3 = 25.1",
      pairs: {
        "loss after": 100,
        loss: 0.7,
        "accuracy @ step": 200,
        accuracy: 0.85,
        "bleu at epoch": 3,
        bleu: 25.1,
      },
    },
    {
      name: "reads PyTorch's tutorial of CIFAR-10",
      line: "Accuracy of the network on the 10000 test images: 55 %",
      pairs: { "Accuracy of the network on the": 10_000, Accuracy: 55 },
    },
    {
      name: "keeps a threshold in the name",
      line: "precision at recall 0.9: 0.5",
      pairs: { "precision at recall": 0.9 },
    },
    {
      name: "names the class or the fold that a value is about",
      line: "class 0 acc: 0.95, fold 2: acc=0.9, epoch 3 acc: 0.8",
      pairs: { class: 0, "class-0 acc": 0.95, fold: 2, "fold-2 acc": 0.9, epoch: 3, acc: 0.8 },
    },
    {
      name: "keeps the word of a goal before a colon in the name",
      line: "goal: acc 0.95, best: acc=0.9, INFO: acc 0.8",
      pairs: { "goal: acc": 0.95, "best: acc": 0.9, acc: 0.8 },
    },
    {
      name: "reads units in brackets",
      line: "loss [nats]: 0.7, Accuracy (%): 85.2",
      pairs: { "loss [nats]": 0.7, "Accuracy (%)": 85.2 },
    },
    {
      name: "reads the only number of a list",
      line: "episodic_return=[455.] {'acc': [0.9], 'sizes': [1, 2]}",
      pairs: { episodic_return: 455, acc: 0.9 },
    },
    {
      name: "reads pairs of a name and a number",
      line: "[('loss', 0.5), ('acc', 0.92)]",
      pairs: { loss: 0.5, acc: 0.92 },
    },
    {
      name: "reads a name and its number as two entries of an object",
      line: '{"metric": "val_acc", "value": 0.93, "step": 3}',
      pairs: { value: 0.93, step: 3, val_acc: 0.93 },
    },
    {
      name: "begins a name after the word that counts the number before",
      line: "第2轮 准确率：0.92",
      pairs: { 准确率: 0.92 },
    },
    { name: "reads a sentence", line: "accuracy is 0.900", pairs: { accuracy: 0.9 } },
    {
      name: "reads NaN and infinities",
      line: "loss: nan, x=-inf",
      pairs: { loss: Number.NaN, x: Number.NEGATIVE_INFINITY },
    },
    {
      name: "takes no number out of dates, versions, addresses and hashes",
      line: "at 2031-02-03 04:05:06 torch 2.4.1 on 10.0.0.1 commit 12ab34 acc 0.5",
      pairs: { acc: 0.5 },
    },
  ])("$name", ({ line, pairs }) => {
    const read = readPairs(visibleText(line)).map(({ name, number }) => [name, number.value]);
    expect(read).toEqual(Object.entries(pairs));
  });

  test("takes the unit of a name for the unit of its number", () => {
    expect(readPairs("Accuracy (%): 85.2")[0]?.number.suffix).toEqual({ kind: "percent" });
  });

  test.each([
    { text: "loss: 0.50(0.40)", mean: 0.4 },
    { text: "loss: 0.50(4)", mean: undefined },
    { text: "loss: 0.50 (4 steps)", mean: undefined },
  ])("gives $mean as the running mean of $text", ({ text, mean }) => {
    expect(readPairs(text)[0]).toMatchObject({ name: "loss", runningMean: mean });
  });

  test("gives the running mean and the total beside a number", () => {
    const [time, top1, accuracy] = readPairs(
      "Time 0.318 (0.368)  Acc@1:  90.000 ( 76.300)  Accuracy: 9890/10000 (99%)",
    );
    expect(time).toMatchObject({ runningMean: 0.368, outOf: undefined });
    expect(top1).toMatchObject({ name: "Acc@1", runningMean: 76.3 });
    expect(accuracy).toMatchObject({ name: "Accuracy", outOf: 10_000, runningMean: undefined });
  });

  test.each([
    `{"epoch": 1, "loss": 0.25} val_acc=0.94%`,
    "{not a dictionary} loss: 0.25 {'epoch': 1} time 3 (4) val_acc: 0.5 -> 0.94",
  ])("gives positions in the whole line: %s", (line) => {
    const pairs = readPairs(line);
    expect(pairs.map(({ name }) => name)).toContain("val_acc");
    for (const { number } of pairs)
      expect(Number(line.slice(number.start, number.end))).toBe(number.value);
  });

  test("reads any number that JavaScript prints, after any separator", () => {
    const value = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer());
    const separator = fc.constantFrom("=", ": ", " ", " = ", ":", " is ");
    fc.assert(
      fc.property(value, separator, (number, between) => {
        const [pair] = readPairs(`step 3, val_loss${between}${number}, x`).slice(1);
        expect(pair?.name).toBe("val_loss");
        expect(pair?.number.value).toBe(Object.is(number, -0) ? 0 : number);
      }),
    );
  });

  test("never throws, and finds numbers in the order of the line", () => {
    const text = fc.string({
      unit: fc.constantFrom(...Array.from("{}[]():=,.|'\"\\ \t-+eE%nainf0123456789abc_@/└\u001B")),
    });
    fc.assert(
      fc.property(text, (line) => {
        const starts = readPairs(line).map(({ number }) => number.start);
        expect(starts.every((start) => Number.isInteger(start))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
