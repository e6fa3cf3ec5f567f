import { expect, test } from "vitest";
import { shortened } from "./shortened.ts";

test.each([
  { name: "a short text stays", text: "v5.0/Dell", most: 9, expected: "v5.0/Dell" },
  { name: "both ends stay", text: "v5.0/NVIDIA/eos_n64", most: 9, expected: "v5.0…_n64" },
  { name: "at least an end", text: "abcdef", most: 1, expected: "a…f" },
])("$name", ({ text, most, expected }) => {
  expect(shortened(text, most)).toBe(expected);
});
