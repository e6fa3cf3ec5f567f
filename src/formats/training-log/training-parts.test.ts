import { describe, expect, test } from "vitest";
import { PartOfLine, partCount } from "./part-of-line.ts";
import { LogLineReader } from "./read-log-line.ts";
import { type LogParts, PartScan } from "./training-parts.ts";

function partsOf(log: string): LogParts {
  const reader = new LogLineReader();
  const scan = new PartScan();
  for (const text of log.split("\n")) {
    const line = reader.read(text);
    if (line !== undefined) scan.push(line);
  }
  return scan.parts();
}

/** The lines of each training. */
function divided(log: string): string[][] {
  const parts = partsOf(log);
  const reader = new LogLineReader();
  const partOf = new PartOfLine(parts);
  const lines: string[][] = Array.from({ length: partCount(parts) }, () => []);
  for (const text of log.split("\n")) lines[partOf.next(reader.read(text))]?.push(text);
  return lines;
}

function epochs(losses: readonly number[], from = 1): string[] {
  return losses.map((loss, index) => `epoch ${from + index} val_loss=${loss}`);
}

const one = epochs([3, 2, 1]);

const several: readonly { name: string; log: string; count: number; by: string }[] = [
  {
    name: "rows after a cell that numbers the run, as airbench prints them",
    log: [
      "|  run   |  epoch  |  val_acc  |  time_seconds  |",
      "|     0  |      0  |   0.5000  |        1.0000  |",
      "|        |      1  |   0.9000  |        2.0000  |",
      "|        |   eval  |   0.9100  |        2.1000  |",
      "|     1  |      0  |   0.5100  |        1.0000  |",
      "|        |      1  |   0.9200  |        2.0000  |",
      "|        |   eval  |   0.9300  |        2.1000  |",
      "Mean: 0.9200    Std: 0.0100",
    ].join("\n"),
    count: 2,
    by: "number",
  },
  {
    name: "`Run 2/3` before each training",
    log: [1, 2, 3]
      .flatMap((run) => [`=== Run ${run}/3 ===`].concat(one, "test_acc=0.9"))
      .join("\n"),
    count: 3,
    by: "number",
  },
  {
    name: "a seed before each training",
    log: [7, 8].flatMap((seed) => [`seed: ${seed}`].concat(one)).join("\n"),
    count: 2,
    by: "number",
  },
  {
    name: "epochs that start over",
    log: [...one, ...epochs([3.1, 2.1, 1.1, 0.9])].join("\n"),
    count: 2,
    by: "restart",
  },
  {
    name: "steps of several modded-nanogpt logs, each after its source",
    log: [1, 2]
      .flatMap(() => [
        "import torch",
        "val_loss = 1.0",
        "==========",
        "step:0/250 val_loss:10.8 train_time:0ms",
        "step:125/250 val_loss:4.1 train_time:12000ms",
        "step:250/250 val_loss:3.2 train_time:24000ms",
      ])
      .join("\n"),
    count: 2,
    by: "restart",
  },
  {
    name: "rounds of gradient boosting",
    log: [1, 2]
      .flatMap(() => ["[0]\tvalid-auc:0.7", "[1]\tvalid-auc:0.8", "[2]\tvalid-auc:0.9"])
      .join("\n"),
    count: 2,
    by: "restart",
  },
  {
    name: "MLLOG lines of several runs",
    log: [1, 2]
      .flatMap(() => ["init_start", "run_start", "eval_accuracy", "run_stop"])
      .map((key) => `:::MLLOG {"key": "${key}", "value": 1, "time_ms": 1}`)
      .join("\n"),
    count: 2,
    by: "mllog",
  },
];

const single: readonly { name: string; log: string; isDoubtful?: true }[] = [
  { name: "one training", log: one.join("\n") },
  {
    name: "training and validation lines of each epoch",
    log: [1, 2, 3].flatMap((epoch) => [`epoch ${epoch} loss=1`, `epoch ${epoch} acc=1`]).join("\n"),
  },
  {
    name: "steps that start over in each epoch",
    log: [1, 2]
      .flatMap((epoch) => [1, 2, 3].map((step) => `epoch ${epoch} step ${step} loss=1`))
      .join("\n"),
  },
  {
    name: "steps of evaluations between steps of training",
    log: [
      "step 100 loss=3",
      ...[1, 2, 3].map((step) => `step ${step} eval_loss=1`),
      "step 200 loss=2",
      ...[1, 2, 3].map((step) => `step ${step} eval_loss=1`),
      "step 300 loss=1",
    ].join("\n"),
  },
  {
    name: "a restart from a checkpoint",
    log: [...one, "Resuming from checkpoint at epoch 1", ...epochs([2.5, 2, 1])].join("\n"),
  },
  {
    name: "two ranks",
    log: [1, 2, 3]
      .flatMap((epoch) => [`[rank0]: epoch ${epoch} loss=1`, `[rank1]: epoch ${epoch - 1} loss=1`])
      .join("\n"),
  },
  { name: "the best epoch at the end", log: [...one, "best: epoch 1 val_loss=3"].join("\n") },
  {
    name: "epochs that start over with the loss of the line before",
    log: [...one, ...epochs([0.9, 0.8, 0.7])].join("\n"),
    isDoubtful: true,
  },
  {
    name: "epochs that start over and count in another way",
    log: [...one, ...epochs([3, 2, 1], 0)].join("\n"),
    isDoubtful: true,
  },
];

describe("PartScan", () => {
  test.each(several)("finds several trainings by $name", ({ log, count, by }) => {
    expect(partsOf(log)).toMatchObject({ kind: "consecutive", by });
    expect(divided(log)).toHaveLength(count);
    expect(divided(log).flat()).toEqual(log.split("\n"));
  });

  test.each(single)("finds one training in $name", ({ log, isDoubtful }) => {
    const parts = partsOf(log);
    expect(parts.kind).toBe("one");
    expect(parts.kind === "one" && parts.doubt !== undefined).toBe(isDoubtful === true);
  });

  test("begins a training at the line that numbers it, and ends it after its last value", () => {
    const log = ["setup", ...one, "test_acc=0.9", "seed: 2", ...one].join("\n");
    expect(divided(log).map((lines) => lines[0])).toEqual(["setup", "seed: 2"]);
    const unnumbered = [...one, "test_acc=0.9", "loading", ...one].join("\n");
    expect(divided(unnumbered).map((lines) => lines[0])).toEqual([one[0], "loading"]);
  });

  test("divides the rows of a table by a column that numbers the trainings", () => {
    const log = "seed,epoch,acc\n3,1,0.5\n4,1,0.6\n3,2,0.7\n4,2,0.8";
    expect(partsOf(log)).toEqual({ kind: "column", name: "seed", values: [3, 4] });
    expect(divided(log)[1]).toEqual(["4,1,0.6", "4,2,0.8"]);
  });

  test("notes a training that is called a warm-up", () => {
    const rows = ["| run | epoch | acc |", "| warmup | 0 | 0.1 |", "| | 1 | 0.1 |"];
    const parts = partsOf([...rows, "| 0 | 0 | 0.5 |", "| | 1 | 0.9 |"].join("\n"));
    expect(parts.kind === "consecutive" && parts.parts.map(({ isWarmup }) => isWarmup)).toEqual([
      true,
      false,
    ]);
  });
});
