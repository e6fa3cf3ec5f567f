import { describe, expect, test } from "vitest";
import { shellWord } from "./shell-word.ts";

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
