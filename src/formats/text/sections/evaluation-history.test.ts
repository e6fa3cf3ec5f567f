import { describe, expect, test } from "vitest";
import { EvaluationHistory, isEvaluationScope } from "./evaluation-history.ts";

/** The values of a metric that are evaluations, of lines in order. */
function evaluations(metric: string, lines: readonly (readonly [line: string, text: string])[]) {
  const history = new EvaluationHistory();
  const accepted = lines.flatMap(([line, text]) => {
    history.startLine(line);
    if (text === "") return [];
    const scope = history.scopeOf({ metric, text, start: line.lastIndexOf(text) }, line);
    if (scope === undefined) return [];
    const isFirst = isEvaluationScope(scope) && history.withdrawsEarlier(metric);
    return [`${text} ${scope}${isFirst ? ", withdraws those before" : ""}`];
  });
  return { accepted, findings: history.findings() };
}

describe("EvaluationHistory", () => {
  test("counts a value once that a progress bar repeats", () => {
    const bar = (percent: number, value: string) =>
      [`Epoch 1: ${percent}%|██  | 8/16 [00:00<00:00, val_acc=${value}]`, value] as const;
    const lines = [bar(50, "0.5"), bar(75, "0.5"), bar(100, "0.5"), bar(10, "0.7")];
    expect(evaluations("val_acc", lines).accepted).toEqual(["0.5 whole", "0.7 whole"]);
  });

  test("counts values of batches until the metric was printed for a whole pass", () => {
    const lines = [
      ["epoch 1 batch 1/9 acc 1.0", "1.0"],
      ["epoch 1 done, acc 0.6", "0.6"],
      ["epoch 2 batch 1/9 acc 0.9", "0.9"],
      ["epoch 2 done, acc 0.7", "0.7"],
    ] as const;
    expect(evaluations("acc", lines).accepted).toEqual([
      "1.0 part-of-pass",
      "0.6 whole, withdraws those before",
      "0.7 whole",
    ]);
  });

  test("counts a pass over evaluation data at its end", () => {
    const lines = [
      ["Test: [ 0/78]  acc 0.9", "0.9"],
      ["Test: [50/78]  acc 0.8", "0.8"],
      ["Test: [78/78]  acc 0.8", "0.8"],
      ["Test: [ 0/78]  acc 0.95", "0.95"],
      [" * acc 0.85", "0.85"],
    ] as const;
    expect(evaluations("acc", lines).accepted.filter((each) => !each.includes("part"))).toEqual([
      "0.8 end-of-pass",
      "0.85 whole",
    ]);
  });

  test("counts parts of passes over evaluation data if no pass ends with a value", () => {
    const lines = [
      ["Test: [ 0/78]  acc 0.9", "0.9"],
      ["Test: [50/78]  acc 0.8", "0.8"],
      ["Test: [ 0/78]  acc 0.95", "0.95"],
      ["Test: [50/78]  acc 0.7", "0.7"],
    ] as const;
    expect(evaluations("acc", lines).accepted).toEqual([
      "0.9 part-of-evaluation",
      "0.8 part-of-evaluation",
      "0.95 part-of-pass",
      "0.7 part-of-pass",
    ]);
  });

  test.each([
    { lines: ["model A: acc 0.9", "model B: acc 0.8"], labels: ["model A", "model B"] },
    { lines: ["  u  acc=0.9", "  v  acc=0.8", "  u  acc=0.7"], labels: ["u", "v"] },
    { lines: ["model A: acc 0.9", "model A: acc 0.8"], labels: undefined },
    { lines: ["Improved: acc 0.9", "Not better: acc 0.8"], labels: undefined },
  ])("says that $lines are of $labels", ({ lines, labels }) => {
    const printed = lines.map((line) => [line, line.slice(-3)] as const);
    const { accepted, findings } = evaluations("acc", printed);
    expect(accepted).toHaveLength(lines.length);
    const rule = "metric-under-several-labels";
    expect(findings).toEqual(labels === undefined ? [] : [{ rule, metric: "acc", labels }]);
  });

  test("leaves out training data, also before the first evaluation", () => {
    const lines = [
      ["[train] acc 0.9", "0.9"],
      ["[valid] acc 0.6", "0.6"],
      ["[train] acc 0.97", "0.97"],
    ] as const;
    const { accepted, findings } = evaluations("acc", lines);
    expect(accepted).toEqual(["0.9 training-data", "0.6 whole", "0.97 training-data"]);
    expect(findings).toEqual([
      { rule: "metric-in-several-sections", metric: "acc", training: "train", evaluation: "valid" },
    ]);
  });

  test.each([
    {
      name: "a word on its lines",
      training: "epoch=1 train loss=0.1 acc=0.97",
      evaluation: "epoch=1 val loss=0.3 acc=0.60",
    },
    {
      name: "a field of its lines",
      training: '{"event": "train_step", "acc": 0.97}',
      evaluation: '{"event": "validation", "acc": 0.60}',
    },
    {
      name: "quantities of training steps",
      training: "step: 10  acc:  0.97  grad_norm:  2.0  tps: 1,234",
      evaluation: "validate step: 10  acc:  0.60",
    },
  ])(
    "takes lines for training data by $name once evaluations were named, and withdraws what counted before",
    ({ training, evaluation }) => {
      const lines = [
        [training, "0.97"],
        [evaluation, "0.60"],
        [training, "0.97"],
      ] as const;
      const { accepted, findings } = evaluations("acc", lines);
      expect(accepted).toEqual([
        "0.97 whole",
        "0.60 whole, withdraws those before",
        "0.97 training-data",
      ]);
      expect(findings).toEqual([
        { rule: "training-values-withdrawn", metric: "acc", training, evaluation },
      ]);
    },
  );

  test("counts no goals below a heading of goals", () => {
    const lines = [
      ["threshold:", ""],
      ["  acc: 0.97", "0.97"],
      ["model: resnet", ""],
      ["acc: 0.90", "0.90"],
    ] as const;
    expect(evaluations("acc", lines).accepted).toEqual(["0.97 other-result", "0.90 whole"]);
  });

  test("counts no values of parts that are indented below those of all", () => {
    const lines = [
      ["epoch 1: acc 0.85", "0.85"],
      ["  cat: acc 0.99", "0.99"],
      ["  - dog: acc 0.97", "0.97"],
      ["  overall: acc 0.86", "0.86"],
      ["    eval: acc 0.87", "0.87"],
    ] as const;
    expect(evaluations("acc", lines).accepted).toEqual([
      "0.85 whole",
      "0.99 other-result",
      "0.97 other-result",
      "0.86 whole",
      "0.87 whole",
    ]);
  });

  test("does not take a line that says what begins for a heading", () => {
    const lines = [
      ["training ...", ""],
      [" iteration 100 | lm loss: 3.4", "3.4"],
    ] as const;
    expect(evaluations("lm loss", lines).accepted).toEqual(["3.4 whole"]);
  });

  test("takes the lines below a banner for its data once evaluations were named", () => {
    const lines = [
      ["======== TRAIN ========", ""],
      ["acc: 0.97", "0.97"],
      ["======== EVAL ========", ""],
      ["acc: 0.60", "0.60"],
      ["======== TRAIN ========", ""],
      ["acc: 0.98", "0.98"],
      ["======== Summary ========", ""],
      ["acc: 0.61", "0.61"],
    ] as const;
    expect(evaluations("acc", lines).accepted).toEqual([
      "0.97 whole",
      "0.60 whole, withdraws those before",
      "0.98 training-data",
      "0.61 whole",
    ]);
  });

  test("counts lines that look like training if no evaluation is named", () => {
    const lines = [
      ["epoch=1 train loss=0.1 acc=0.97", "0.97"],
      ["epoch=2 train loss=0.1 acc=0.98", "0.98"],
    ] as const;
    expect(evaluations("acc", lines)).toEqual({
      accepted: ["0.97 whole", "0.98 whole"],
      findings: [],
    });
  });

  test("counts a best result that repeats an earlier one once, and no goal", () => {
    const lines = [
      ["Target: acc 0.99", "0.99"],
      ["epoch 1 acc 0.91", "0.91"],
      ["Best: {'acc': 0.91}", "0.91"],
    ] as const;
    expect(evaluations("acc", lines).accepted).toEqual(["0.99 other-result", "0.91 whole"]);
  });

  test("never counts batches of training data, unless the metric names its data", () => {
    const lines = (name: string) =>
      [
        [`Epoch: [0][10/20]  ${name} 0.9 (0.5)`, "0.9"],
        [`Epoch: [0][19/20]  ${name} 0.8 (0.6)`, "0.8"],
      ] as const;
    expect(evaluations("acc", lines("acc"))).toEqual({
      accepted: ["0.9 training-data", "0.8 training-data"],
      findings: [],
    });
    expect(evaluations("train_acc", lines("train_acc")).accepted).toEqual([
      "0.9 part-of-pass",
      "0.8 end-of-pass",
    ]);
  });

  test.each([
    { name: "indented lines", heading: "", line: "  ", other: "" },
    { name: "items of a list", heading: "", line: "- ", other: "" },
    { name: "a logger's lines", heading: "INFO - ", line: "INFO -   ", other: "WARNING - " },
    { name: "a message of several lines", heading: "INFO - ", line: "  ", other: "INFO - " },
  ])("takes the section of $name from the heading before them", ({ heading, line, other }) => {
    const lines = [
      [`${heading}Training:`, ""],
      [`${line}acc 0.9`, "0.9"],
      [`${heading}Validation:`, ""],
      [`${line}acc 0.6`, "0.6"],
      [`${other}acc 0.7`, "0.7"],
    ] as const;
    expect(evaluations("acc", lines).accepted).toEqual([
      "0.9 training-data",
      "0.6 whole",
      "0.7 whole",
    ]);
  });

  test("takes the section of nested lines from the heading around them", () => {
    const lines = [
      ["{", ""],
      ['  "train": {', ""],
      ['    "acc": 0.9', "0.9"],
      ["  },", ""],
      ['  "acc": 0.8,', "0.8"],
      ['  "val": {', ""],
      ['    "acc": 0.6', "0.6"],
    ] as const;
    expect(evaluations("acc", lines).accepted).toEqual([
      "0.9 training-data",
      "0.8 whole",
      "0.6 whole",
    ]);
  });

  test("leaves out values that a summary repeats, and counts new ones in it", () => {
    const lines = [
      ["acc 0.8833", "0.8833"],
      ["***** eval metrics *****", ""],
      ["  acc = 0.883", "0.883"],
      ["***** eval metrics *****", ""],
      ["  acc = 0.9133", "0.9133"],
    ] as const;
    expect(evaluations("acc", lines).accepted).toEqual(["0.8833 whole", "0.9133 whole"]);
  });

  test("does not look for sections if the metric names its own", () => {
    const lines = [
      ["[valid] val_acc 0.6", "0.6"],
      ["[train] val_acc 0.7", "0.7"],
    ] as const;
    expect(evaluations("val_acc", lines)).toEqual({
      accepted: ["0.6 whole", "0.7 whole"],
      findings: [],
    });
  });

  test("leaves out a final summary, unless it has the only values", () => {
    const summary = [
      ["***** eval metrics *****", ""],
      ["  eval_accuracy = 0.8", "0.8"],
      ["next: eval_accuracy = 0.9", "0.9"],
    ] as const;
    const before = ["{'eval_accuracy': 0.7}", "0.7"] as const;
    const values = (lines: readonly (readonly [string, string])[]) =>
      evaluations("eval_accuracy", lines).accepted.filter((each) => /\d/u.test(each));
    expect(values([before, ...summary.slice(1)])).toEqual(["0.7 whole", "0.8 whole", "0.9 whole"]);
    expect(values(summary.slice(1))).toEqual(["0.8 whole", "0.9 whole"]);
    expect(
      evaluations("acc", [
        ["acc 0.9", "0.9"],
        ["wandb: acc 0.9", "0.9"],
      ]).accepted,
    ).toEqual(["0.9 whole"]);
  });
});
