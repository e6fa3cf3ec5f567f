import { describe, expect, test } from "vitest";
import { LineTables } from "./line-tables.ts";

describe("LineTables", () => {
  test.each([
    {
      name: "reads CSV rows under their header",
      lines: ["epoch,val_acc,time", "0,0.5,00:10", "1,0.91,00:20"],
      rows: [[], { epoch: 0, val_acc: 0.5 }, { epoch: 1, val_acc: 0.91 }],
    },
    {
      name: "takes names with thresholds, and drops a bar behind the header",
      lines: [
        "  Class  Images  P  R  mAP@.5 mAP@.5:.95: 100%|████| 4/4 [00:02<00:00,  1.70it/s]",
        "  all  128  0.577  0.414  0.46  0.279",
      ],
      rows: [[], { Images: 128, P: 0.577, R: 0.414, "mAP@.5": 0.46, "mAP@.5:.95": 0.279 }],
    },
    {
      name: "takes no sentence for a header",
      lines: ["After epoch 3, accuracy is 0.95", "epoch 3, accuracy 95"],
      rows: [undefined, undefined],
    },
    {
      name: "reads the rows of a message whose first line has a logger's prefix",
      lines: ["2031-02-03 04:05:06 - INFO - epoch,acc", "1,0.5", "2,0.9"],
      rows: [[], { epoch: 1, acc: 0.5 }, { epoch: 2, acc: 0.9 }],
    },
    {
      name: "reads rows of rich, which prints the time only when it changes",
      lines: [
        "[04:05:06] INFO     epoch,acc                    train.py:42",
        "           INFO     1,0.5                        train.py:43",
      ],
      rows: [[], { epoch: 1, acc: 0.5 }],
    },
    {
      name: "keeps a column of times that looks like a prefix",
      lines: ["time,acc", "2031-02-03 04:05:06,0.5"],
      rows: [[], { acc: 0.5 }],
    },
    {
      name: "takes no sentence between rows for a header",
      lines: ["epoch,acc", "1,0.5", "INFO - saving the checkpoint, please wait", "2,0.9"],
      rows: [[], { epoch: 1, acc: 0.5 }, undefined, { epoch: 2, acc: 0.9 }],
    },
    {
      name: "leaves empty cells out",
      lines: ["epoch,step,train_loss,val_loss", "0,10,2.5,", "0,20,,1.5"],
      rows: [[], { epoch: 0, step: 10, train_loss: 2.5 }, { epoch: 0, step: 20, val_loss: 1.5 }],
    },
    {
      name: "reads rows with a label in a column without a name",
      lines: [
        "              precision    recall  f1-score   support",
        "           0       0.93      0.95      0.94       100",
        "   macro avg       0.91      0.90      0.90       200",
      ],
      rows: [
        [],
        undefined,
        {
          "macro avg precision": 0.91,
          "macro avg recall": 0.9,
          "macro avg f1-score": 0.9,
          "macro avg support": 200,
        },
      ],
    },
    {
      name: "reads a header of two names if the first one counts",
      lines: ["   epoch   acc", "0      1  0.91", "2 0.93", "training done", "3 0.94"],
      rows: [
        [],
        { epoch: 1, acc: 0.91 },
        { epoch: 2, acc: 0.93 },
        undefined,
        { epoch: 3, acc: 0.94 },
      ],
    },
    {
      name: "leaves out the numbers of rows",
      lines: ["   epoch  loss  val_acc", "0      1   0.5     0.85"],
      rows: [[], { epoch: 1, loss: 0.5, val_acc: 0.85 }],
    },
    {
      name: "joins data in columns with metrics in rows",
      lines: ["            Training |  Validation", "accuracy |     0.912  |     0.7312"],
      rows: [[], { "Training accuracy": 0.912, "Validation accuracy": 0.7312 }],
    },
    {
      name: "joins data in columns with a named column of metrics",
      lines: ["| metric | train | val |", "| accuracy | 0.99 | 0.9 |"],
      rows: [[], { "train accuracy": 0.99, "val accuracy": 0.9 }],
    },
    {
      name: "reads a table of bars",
      lines: ["|  epoch  |  train_loss  |  val_acc  |", "|  1  |  1.42  |  0.5411  |"],
      rows: [[], { epoch: 1, train_loss: 1.42, val_acc: 0.5411 }],
    },
    {
      name: "reads columns of blanks",
      lines: [
        "epoch     train_loss  valid_loss  accuracy  time",
        "0         0.9         0.8         0.71      00:12",
      ],
      rows: [[], { epoch: 0, train_loss: 0.9, valid_loss: 0.8, accuracy: 0.71 }],
    },
    {
      name: "follows a header that changes",
      lines: ["epoch,loss", "1,2.5", "epoch,loss,acc", "2,2.1,0.4"],
      rows: [[], { epoch: 1, loss: 2.5 }, [], { epoch: 2, loss: 2.1, acc: 0.4 }],
    },
    {
      name: "ends a table at the header of one whose columns have the same names",
      lines: [
        "|   AP   |  AP50  |  AP75  |  APs  |",
        "| 31.204 | 52.911 | 32.870 | 16.1  |",
        "| category | AP     | category | AP  |",
        "|:---------|:-------|:---------|:----|",
        "| person   | 47.120 | bicycle  | 2.8 |",
      ],
      rows: [
        [],
        { AP: 31.204, AP50: 52.911, AP75: 32.87, APs: 16.1 },
        undefined,
        undefined,
        undefined,
      ],
    },
    {
      name: "reads a table in a frame",
      lines: [
        "┏━━━━━━━┳━━━━━━┳━━━━━━┓",
        "┃ epoch ┃ loss ┃ acc  ┃",
        "┡━━━━━━━╇━━━━━━╇━━━━━━┩",
        "│ 1     │ 0.50 │ 0.85 │",
      ],
      rows: [undefined, [], undefined, { epoch: 1, loss: 0.5, acc: 0.85 }],
    },
    {
      name: "reads columns of blanks in a frame, whose names may have blanks",
      lines: [
        "│ Trial name        status     iter  total time (s)   return_mean │",
        "│ PPO_CartPole_0   RUNNING       2        20.1                160.5 │",
      ],
      rows: [[], { iter: 2, "total time (s)": 20.1, return_mean: 160.5 }],
    },
    {
      name: "reads spaCy's table, where the words of a name are one blank apart",
      lines: [
        "E    #       LOSS TOK2VEC  LOSS NER  ENTS_F  SCORE ",
        "---  ------  ------------  --------  ------  ------",
        "  1     200         10.12   1545.63   71.20    0.71",
      ],
      rows: [
        [],
        undefined,
        { E: 1, "#": 200, "LOSS TOK2VEC": 10.12, "LOSS NER": 1545.63, ENTS_F: 71.2, SCORE: 0.71 },
      ],
    },
    {
      name: "names the metric of each row, and the task before it",
      lines: [
        "|  Tasks  |n-shot| Metric |   |Value |   |Stderr|",
        "|hellaswag|     0|acc     |↑  |0.2901|±  |0.0045|",
        "|         |     0|acc_norm|↑  |0.3101|±  |0.0046|",
      ],
      rows: [[], { "hellaswag acc": 0.2901 }, { "hellaswag acc_norm": 0.3101 }],
    },
    {
      name: "reads a table of one column of values",
      lines: ["┃  Test metric  ┃  DataLoader 0  ┃", "│  test_acc     │  0.9623        │"],
      rows: [[], { test_acc: 0.9623 }],
    },
    {
      name: "keeps the columns of a metric apart",
      lines: [
        "| Split | Metric   | Min.   | Epoch | Max.   | Epoch |",
        "| Valid | Accuracy | 85.100 | 1     | 96.900 | 2     |",
      ],
      rows: [
        [],
        { "Valid Accuracy Min.": 85.1, "Valid Accuracy Epoch": 2, "Valid Accuracy Max.": 96.9 },
      ],
    },
    {
      name: "names the part of the data or of the classes that a row is about",
      lines: ["split  loss  acc", "train  0.3   0.95", "val    0.5   0.80", "all    0.4   0.90"],
      rows: [
        [],
        { "train loss": 0.3, "train acc": 0.95 },
        { "val loss": 0.5, "val acc": 0.8 },
        { loss: 0.4, acc: 0.9 },
      ],
    },
    {
      name: "takes a line of words for no row, although a sentence came before",
      lines: ["Model weights loaded", "accuracy 0.95 done"],
      rows: [[], undefined],
    },
    {
      name: "takes a sentence for no row",
      lines: ["loading, waiting", "done: 3 files, 2 skipped"],
      rows: [[], undefined],
    },
  ])("$name", ({ lines, rows }) => {
    const tables = new LineTables();
    const read = lines.map((line) => {
      const pairs = tables.read(line);
      if (pairs === undefined || pairs.length === 0) return pairs;
      return Object.fromEntries(pairs.map(({ name, number }) => [name, number.value]));
    });
    expect(read).toEqual(rows);
  });
});
