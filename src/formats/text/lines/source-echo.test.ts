import { describe, expect, test } from "vitest";
import { SourceEcho } from "./source-echo.ts";

describe("SourceEcho", () => {
  test("tells a source that is printed first from the output after a rule", () => {
    const echo = new SourceEcho();
    const lines = [
      "import os",
      "val_acc = 0.95  # the target",
      "def main():",
      '    print(f"val_acc={val_acc}")',
      "    val_acc=0.99",
      "",
      "main()",
      "====================================",
      "Running Python 3.12",
      "val_acc=0.5",
    ];
    expect(lines.map((line) => echo.kindOf(line))).toEqual([
      ...Array.from({ length: 8 }, () => "source"),
      "output",
      "output",
    ]);
  });

  test("finds the end of a source without a rule", () => {
    const echo = new SourceEcho();
    const lines = ["from torch import nn", "x = 3", "epoch 1 val_acc=0.5", "val_acc=0.6"];
    expect(lines.map((line) => echo.kindOf(line))).toEqual([
      "source",
      "source",
      "output",
      "output",
    ]);
  });

  test("takes a traceback for no output", () => {
    const echo = new SourceEcho();
    const lines = [
      "acc=0.5",
      "Traceback (most recent call last):",
      '  File "train.py", line 3, in <module>',
      "    acc=0.99",
      "ValueError: acc=0.99 is wrong",
      "acc=0.6",
    ];
    expect(lines.map((line) => echo.kindOf(line))).toEqual([
      "output",
      "traceback",
      "traceback",
      "traceback",
      "traceback",
      "output",
    ]);
  });

  test.each([
    {
      tool: "rich, in a frame",
      lines: [
        "╭──────── Traceback (most recent call last) ────────╮",
        "│ /work/train.py:12 in main                         │",
        '│ ❱ 12     print("val_acc=1.0")                     │',
        "╰───────────────────────────────────────────────────╯",
        "RuntimeError: val_acc=0.99 is wrong",
      ],
    },
    {
      tool: "IPython, with numbers of lines",
      lines: [
        "ValueError                                Traceback (most recent call last)",
        "Cell In[3], line 2",
        "      1 val_acc=1.0",
        '----> 2 print("val_acc=1.0")',
        "",
        "ValueError: val_acc=0.99 is wrong",
      ],
    },
  ])("takes a traceback of $tool for no output", ({ lines }) => {
    const echo = new SourceEcho();
    expect([...lines, "val_acc=0.6"].map((line) => echo.kindOf(line))).toEqual([
      ...lines.map(() => "traceback"),
      "output",
    ]);
  });

  test("leaves ordinary output alone", () => {
    const echo = new SourceEcho();
    for (const line of [
      "importing data",
      "class 3: acc 0.5",
      "if you see this, all is well",
      "print done",
    ])
      expect(echo.kindOf(line)).toBe("output");
  });
});
