import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { visibleWidth } from "../tables/text-table.ts";
import { wrapText } from "./wrap-text.ts";

describe("wrapText", () => {
  test.each([
    { name: "leaves what fits", text: "one two", width: 7, wrapped: "one two" },
    {
      name: "breaks between words",
      text: "one two three",
      width: 8,
      wrapped: "one two\n    three",
    },
    {
      name: "hangs under the text behind a label",
      text: "  cost   one two three",
      width: 20,
      wrapped: "  cost   one two\n         three",
    },
    {
      name: "keeps a word that is wider than the terminal",
      text: "a https://example.org/long",
      width: 10,
      wrapped: "a\n    https://example.org/long",
    },
    {
      name: "counts no color codes",
      text: "\u001B[36mone\u001B[39m two",
      width: 7,
      wrapped: "\u001B[36mone\u001B[39m two",
    },
  ])("$name", ({ text, width, wrapped }) => {
    expect(wrapText(text, width)).toBe(wrapped);
  });

  test("keeps every word, and exceeds the width only for longer words", () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/u), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(words, fc.integer({ min: 30, max: 80 }), (words, width) => {
        const wrapped = wrapText(words.join(" "), width);
        expect(wrapped.split(/\s+/u).filter((word) => word !== "")).toEqual(words);
        expect(Math.max(...wrapped.split("\n").map(visibleWidth))).toBeLessThanOrEqual(width);
      }),
    );
  });
});
