import { describe, expect, test } from "vitest";
import { shellWords } from "./shell-words.ts";

describe("shellWords", () => {
  test.each([
    ["python train.py --lr 0.1", ["python", "train.py", "--lr", "0.1"]],
    ["  node\ta.mjs  ", ["node", "a.mjs"]],
    ["node 'a file.mjs' \"b c\"", ["node", "a file.mjs", "b c"]],
    ["echo a'b'\"c\"d", ["echo", "abcd"]],
    ["echo '' \"\"", ["echo", "", ""]],
    [String.raw`echo a\ b "q\"\\x\n"`, ["echo", "a b", String.raw`q"\x\n`]],
    ["train.py --seed {seed} --lr {lr}", ["train.py", "--seed", "{seed}", "--lr", "{lr}"]],
    ["train.py '$HOME' '*' a~b", ["train.py", "$HOME", "*", "a~b"]],
    ["train.py lr=0.1", ["train.py", "lr=0.1"]],
    ["", []],
  ])("splits %j without a shell", (text, words) => {
    expect(shellWords(text)).toEqual({ kind: "words", words });
  });

  test.each(["a | b", "a && b", "a > f", "a $HOME", 'a "$HOME"', "a `b`", "a *", "~/a", "LR=1 a"])(
    "leaves %j to a shell",
    (text) => {
      expect(shellWords(text)).toEqual({ kind: "needs-shell" });
    },
  );

  test.each([
    ["a 'b", "'"],
    ['a "b', '"'],
    ["a \\", "\\"],
  ])("reports the quote that %j leaves open", (text, quote) => {
    expect(shellWords(text)).toEqual({ kind: "unclosed-quote", quote });
  });
});
