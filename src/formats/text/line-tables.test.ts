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
      name: "leaves empty cells out",
      lines: ["epoch,step,train_loss,val_loss", "0,10,2.5,", "0,20,,1.5"],
      rows: [[], { epoch: 0, step: 10, train_loss: 2.5 }, { epoch: 0, step: 20, val_loss: 1.5 }],
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
      name: "takes a sentence for no row",
      lines: ["loading, please wait", "done: 3 files, 2 skipped"],
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
