import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { editDistance, nearestWord } from "./nearest-word.ts";

const known = ["digits", "digits-mlp", "addition", "clicks", "burgers"];

describe("nearestWord", () => {
  test("prefers a name that begins with the word to one with other letters", () => {
    const benchmarks = ["llama31_405b", "llama2_70b_lora", "llama31_8b"];
    expect(nearestWord("llama2_70b", benchmarks)).toBe("llama2_70b_lora");
  });

  test.each([
    { word: "digts", nearest: "digits" },
    { word: "digitsmlp", nearest: "digits-mlp" },
    { word: "Burger", nearest: "burgers" },
    { word: "clikcs", nearest: "clicks" },
    { word: "add", nearest: "addition" },
    { word: "resnet", nearest: undefined },
    { word: "", nearest: undefined },
  ])("suggests $nearest for `$word`", ({ word, nearest }) => {
    expect(nearestWord(word, known)).toBe(nearest);
  });
});

describe("editDistance", () => {
  test("counts a swap of neighbors as one", () => {
    expect(editDistance("clikcs", "clicks")).toBe(1);
  });

  test("is zero only for equal words, symmetric, and at most the length of the longer word", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        const distance = editDistance(a, b);
        expect(distance === 0).toBe(a === b);
        expect(editDistance(b, a)).toBe(distance);
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});
