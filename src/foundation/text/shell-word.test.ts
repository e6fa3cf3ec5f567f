import { describe, expect, test } from "vitest";
import { quotedWord, shellWord } from "./shell-word.ts";

describe("shellWord", () => {
  test.each([
    { name: "leaves plain paths unchanged", word: "runs/a-1_b.csv", expected: "runs/a-1_b.csv" },
    { name: "quotes spaces", word: "my runs", expected: "'my runs'" },
    { name: "escapes single quotes", word: "it's", expected: "'it'\\''s'" },
    { name: "quotes the empty word", word: "", expected: "''" },
  ])("$name", ({ word, expected }) => {
    expect(shellWord(word)).toBe(expected);
  });
});

describe("quotedWord", () => {
  test.each([
    { name: "quotes each word", word: "acc>=0.9", expected: "'acc>=0.9'" },
    { name: "quotes an apostrophe", word: "valid_0's auc", expected: `"valid_0's auc"` },
    { name: "escapes what double quotes do not", word: "it's $1", expected: "'it'\\''s $1'" },
  ])("$name", ({ word, expected }) => {
    expect(quotedWord(word)).toBe(expected);
  });
});
