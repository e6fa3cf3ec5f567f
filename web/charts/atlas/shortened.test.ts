import { expect, test } from "vitest";
import { shortened } from "./shortened.ts";

test.each([
  { name: "keeps a short text", text: "v5.0/Dell", maxLength: 9, expected: "v5.0/Dell" },
  { name: "keeps both ends", text: "v5.0/NVIDIA/eos_n64", maxLength: 9, expected: "v5.0…_n64" },
  {
    name: "keeps at least one character of each end",
    text: "abcdef",
    maxLength: 1,
    expected: "a…f",
  },
])("$name", ({ text, maxLength, expected }) => {
  expect(shortened(text, maxLength)).toBe(expected);
});
