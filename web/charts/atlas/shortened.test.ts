import { expect, test } from "vitest";
import { inTwoLines, shortened } from "./shortened.ts";

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

test.each([
  { text: "throughput per accelerator", expected: "throughput per\naccelerator" },
  { text: "accelerators", expected: "accelerators" },
  { text: "v3.1/NVIDIA/eos_n64_ngc23.09_nemo", expected: "v3.1/NV…09_nemo" },
])("$text is broken at a space, if it has one", ({ text, expected }) => {
  expect(inTwoLines(text, 15)).toBe(expected);
});
